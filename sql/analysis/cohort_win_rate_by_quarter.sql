-- How does the win rate develop by quarter of creation, at equal deal age?
-- Every deal is followed for the same time, so young quarters are left out rather than looking worse.
select
    by_value as created_quarter,
    focus,
    won,
    deals,
    round(100 * win_rate, 1) as win_rate_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.win_rate(dimension := 'created_quarter')
order by created_quarter[4:], created_quarter, focus;
