-- Do forecasts of customer-focused deals hold better?
-- Up to the landmark both groups had the same time to slip; up to the horizon, long deals had more of it.
select
    sign,
    until,
    focus,
    deals,
    round(mean, 2) as mean_per_deal,
    round(100 * share_with_any, 1) as with_any_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.friction()
where sign in ('close_date_pushes', 'steps_back')
order by sign, until desc, focus;
