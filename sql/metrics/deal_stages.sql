-- The stays of one deal in its stages, in order. One row per stay; none without stage history, or where no deal has the id:
--   position: 1 for the first stay
--   stage, stage_outcome: the stage, and what it says: won, lost or open
--   entered_date, entered_day: calendar day, and days after creation; null day without a creation date
--   until_day: days after creation on which the stay ended: at the next stage, at closing, or on the export date while open
--   is_last: the stay that it is in
-- deal_id: the CRM's id, as in marts.deals.
-- Not for time in stage over many deals: see marts.stage_spells. Source: marts.stage_spells.
create or replace macro metrics.deal_stages(deal_id := null) as table
with asked as (
    select min(deals.deal_key) as deal_key
    from marts.deals as deals
    cross join (select deal_id as wanted_id) as wanted
    where deals.deal_id = wanted.wanted_id
)

select
    spells.position,
    spells.stage,
    spells.stage_outcome,
    spells.entered_date,
    spells.entered_day,
    greatest(
        spells.entered_day,
        coalesce(
            spells.left_day,
            case when deals.outcome = 'open' then date_diff('day', deals.created_date, deals.last_seen_on) else deals.cycle_days end,
            spells.entered_day
        )
    ) as until_day,
    spells.left_day is null as is_last
from asked
join marts.deals as deals on deals.deal_key = asked.deal_key
join marts.stage_spells as spells on spells.deal_key = deals.deal_key
order by spells.position;
