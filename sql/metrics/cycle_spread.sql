-- Spread of the days from creation to the close, of customer-focused and seller-focused deals that were open at the landmark and closed by
-- the horizon. One row per focus and outcome:
--   focus: customer-focused or seller-focused
--   outcome: won or lost
--   closed, deals: deals closed so by the horizon, of the deals compared
--   days_10, days_25, days_50, days_75, days_90: days by which that many in 100 of them were closed, between two days where none is met
--              exactly; null without any
--   low, high: 95% interval of days_50: the days at Wilson's limits of half of them; null below 6. Of wins as in metrics.sales_cycle
-- No day is below that of the landmark, and none beyond the end of the horizon. Not for how long deals take: those that close otherwise,
-- and the open ones, have no part in a row; metrics.cycle_quantiles has all.
-- Source: quantiles of type 7, Hyndman and Fan (1996), Am. Stat. 50, 361-365; limits as of metrics.sales_cycle.
create or replace macro metrics.cycle_spread(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with compared as (
    select
        tagged.focus,
        case when tagged.cycle_days <= tagged.day_l + coalesce(horizon_days, settings.horizon_days) then tagged.outcome end as outcome,
        tagged.cycle_days
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    cross join raw.settings as settings
),

outcomes(outcome_order, outcome) as (
    values (1, 'won'), (2, 'lost')
),

counted as (
    select
        compared.focus,
        outcomes.outcome_order,
        outcomes.outcome,
        count(*) filter (where compared.outcome = outcomes.outcome) as closed,
        count(*) as deals,
        quantile_cont(cycle_days, [0.1, 0.25, 0.5, 0.75, 0.9]) filter (where compared.outcome = outcomes.outcome) as days,
        list_sort(list(cycle_days) filter (where compared.outcome = outcomes.outcome)) as each_day
    from compared
    cross join outcomes
    group by compared.focus, outcomes.outcome_order, outcomes.outcome
)

select
    focus::varchar as focus,
    outcome,
    closed,
    deals,
    days[1]::double as days_10,
    days[2]::double as days_25,
    days[3]::double as days_50,
    days[4]::double as days_75,
    days[5]::double as days_90,
    case when closed >= 6 then each_day[greatest(1, floor(macros.wilson_low(closed / 2, closed, macros.z()) * closed)::bigint)] end::double
        as low,
    case when closed >= 6 then each_day[least(closed, ceil(macros.wilson_high(closed / 2, closed, macros.z()) * closed)::bigint + 1)] end::double
        as high
from counted
order by outcome_order, focus;
