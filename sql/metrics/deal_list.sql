-- The deals behind a value of a dimension and a group, as metrics.win_rate counts them: those that are compared. One row per deal, the
-- largest amounts first, `most` of them; focus null asks for both groups:
--   deal_id, deal_name, account_name: as in marts.deals; names null where the export has none
--   owner, stage, outcome, created_date: on the export date; owner and stage null where unknown
--   amount: in the organisation's currency, own_amount of marts.deals; null without a rate, or without one
--   focus, answers_known: group, and questions that stood answered at the landmark
--   is_won_by_horizon: won by landmark_day + horizon_days
--   cycle_days: days from creation to closing; null for open deals
--   deals: how many deals there are behind it in all, listed or not
-- dimension: as in metrics.win_rate. Not for rates: the list ends after `most` deals; metrics.win_rate counts all of them.
-- Source: metrics.tagged_deals.
create or replace macro metrics.deal_list(
    dimension := 'all', by_value := 'all', focus := null, most := 200, landmark_day := null, answers_needed := null,
    horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with asked as (
    select by_value as wanted_value, focus as wanted_focus
),

listed as (
    select
        tagged.*,
        count(*) over () as deals,
        row_number() over (order by tagged.amount desc nulls last, tagged.deal_key) as position
    from metrics.tagged_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    cross join asked
    where
        tagged.part = 'compared'
        and tagged.by_value = asked.wanted_value
        and (asked.wanted_focus is null or tagged.focus = asked.wanted_focus)
)

select
    deals.deal_id,
    deals.deal_name,
    deals.account_name,
    listed.owner::varchar as owner,
    listed.amount,
    deals.stage,
    listed.outcome::varchar as outcome,
    listed.created_date,
    listed.focus::varchar as focus,
    listed.answers_known,
    listed.is_won_by_horizon,
    listed.cycle_days,
    listed.deals
from listed
join marts.deals as deals on deals.deal_key = listed.deal_key
where listed.position <= most
order by listed.position;
