-- How high is the win rate in each segment, customer-focused and seller-focused?
-- Where the intervals overlap widely, the data do not tell the two apart.
select
    by_value as segment,
    focus,
    won,
    deals,
    round(100 * win_rate, 1) as win_rate_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.win_rate(dimension := 'segment')
order by segment, focus;
