-- One deal: what the CRM tells of it, its tag at the landmark, and its signs of friction. One row; none where no deal has the id:
--   deal_id, deal_name, account_name, owner, team, segment, deal_type, lead_source, pipeline, stage, outcome, loss_reason, amount, currency,
--              own_amount, created_date, close_date, closed_date, cycle_days: as in marts.deals, on the export date; null where the export has none
--   icp_fit: fits, does not fit, unknown
--   day_l: day after creation at whose end it is tagged
--   answers_known, answers_unknown, focus, part, is_won_by_horizon: as in metrics.tagged_deals
--   age_days: days from creation to closing, or to the export date while open; null without a creation date, or where closing is undated
--   close_date_pushes, steps_back, longest_stay_days, push_days, step_back_days: as in marts.deal_friction; null where the history tells none
-- Where several exports give one id, the first. Not for comparing: one deal says nothing about a group; metrics.win_rate counts groups.
-- Source: marts.deals, marts.deal_friction, metrics.tagged_deals.
create or replace macro metrics.deal_facts(
    deal_id := null, landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with asked as (
    select min(deals.deal_key) as deal_key
    from marts.deals as deals
    cross join (select deal_id as wanted_id) as wanted
    where deals.deal_id = wanted.wanted_id
)

select
    deals.deal_id,
    deals.deal_name,
    deals.account_name,
    deals.owner,
    deals.team,
    deals.segment,
    deals.deal_type,
    deals.lead_source,
    deals.pipeline,
    deals.stage,
    deals.outcome,
    deals.loss_reason,
    deals.amount,
    deals.currency,
    deals.own_amount,
    deals.created_date,
    deals.close_date,
    deals.closed_date,
    deals.cycle_days,
    tagged.icp_fit::varchar as icp_fit,
    tagged.day_l,
    tagged.answers_known,
    tagged.answers_unknown,
    tagged.focus::varchar as focus,
    tagged.part::varchar as part,
    tagged.is_won_by_horizon,
    case
        when deals.outcome = 'open' then date_diff('day', deals.created_date, deals.last_seen_on)
        else deals.cycle_days
    end as age_days,
    friction.close_date_pushes,
    friction.steps_back,
    friction.longest_stay_days,
    friction.push_days,
    friction.step_back_days
from asked
join marts.deals as deals on deals.deal_key = asked.deal_key
join metrics.tagged_deals(
    landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
) as tagged on tagged.deal_key = deals.deal_key
join marts.deal_friction as friction on friction.deal_key = deals.deal_key;
