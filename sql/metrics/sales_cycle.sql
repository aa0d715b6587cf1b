-- Sales cycle of customer-focused and seller-focused deals: calendar days from creation to the win, of the deals that were open at the
-- landmark and won by the horizon. One row per value of the dimension and focus:
--   by_value, focus: as in metrics.win_rate
--   won, deals: deals won by the horizon, of the deals compared
--   median_days, mean_days: days to win among those won; null without any
--   low, high: 95% interval of the median: the days at Wilson's limits of half the won deals; null below 6 won deals
-- dimension: as in metrics.win_rate. Not for how long deals take: lost and open ones have no part in it; metrics.cycle_quantiles has all.
-- Source: inversion of the score interval of the distribution at its median; Hahn and Meeker (1991), Statistical Intervals, 5.2.
create or replace macro metrics.sales_cycle(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with compared as (
    select
        focus,
        case when is_won_by_horizon then cycle_days end as days_to_win,
        by_value
    from metrics.compared_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

counted as (
    select
        by_value,
        focus,
        count(days_to_win) as won,
        count(*) as deals,
        median(days_to_win) as median_days,
        avg(days_to_win) as mean_days,
        list_sort(list(days_to_win) filter (days_to_win is not null)) as days
    from compared
    group by by_value, focus
)

select
    by_value,
    focus::varchar as focus,
    won,
    deals,
    median_days::double as median_days,
    mean_days,
    case when won >= 6 then days[greatest(1, floor(macros.wilson_low(won / 2, won, macros.z()) * won)::bigint)] end::double as low,
    case when won >= 6 then days[least(won, ceil(macros.wilson_high(won / 2, won, macros.z()) * won)::bigint + 1)] end::double as high
from counted
order by by_value, focus;
