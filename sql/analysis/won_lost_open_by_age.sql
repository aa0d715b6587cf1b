-- What has become of deals 30, 60, 90 and 180 days after the landmark?
-- Shares of all deals that were open at the landmark, also of the young, which count for as long as they were seen.
select
    day,
    figure,
    focus,
    round(100 * estimate, 1) as share_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.curve_at(days := [30, 60, 90, 180])
where figure <> 'days_open'
order by day, figure, focus;
