-- The work list of a coach: open deals past the landmark day with answers missing, the largest amounts first, then the oldest. One row per
-- deal, with the columns, units and nulls of metrics.coaching_deals, and before them
--   position: 1 for the deal with most at stake; deals without an amount in the organisation's currency come last
--   deals_in_all: deals on the whole list, of which at most row_limit are given; a null row_limit gives all
-- Not for comparing reps: those with more open deals have more to ask, and large deals say nothing of the rep.
-- Source: metrics.coaching_deals.
create or replace macro metrics.coaching(
    landmark_day := null, answers_needed := null, scope := map([]::varchar[], []::varchar[][]), reps := null, row_limit := null
) as table
select *
from (
    select
        row_number() over (order by amount desc nulls last, age_days desc, deal_key) as position,
        count(*) over () as deals_in_all,
        *
    from metrics.coaching_deals(landmark_day := landmark_day, answers_needed := answers_needed, scope := scope, reps := reps)
)
where row_limit is null or position <= row_limit
order by position;
