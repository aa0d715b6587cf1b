-- Which reps win more or less often than chance alone explains?
-- Of reps who are all alike, about one in twenty still falls outside the 95% limits. shrunk_pct is the rate to rank by, if you must.
select
    owner as rep,
    won,
    deals,
    round(100 * win_rate, 1) as win_rate_pct,
    round(100 * shrunk_rate, 1) as shrunk_pct,
    round(100 * funnel_low_95, 1) as chance_low,
    round(100 * funnel_high_95, 1) as chance_high,
    funnel
from metrics.owner_rates()
where funnel <> 'within'
order by shrunk_pct desc, rep;
