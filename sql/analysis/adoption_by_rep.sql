-- Which reps make their deals customer-focused, and how do those deals go?
-- Adoption is a choice of the rep, the win rate is also one of territory: do not rank people by it.
select
    by_value as rep,
    deals,
    round(100 * share_customer_focused, 1) as customer_focused_pct,
    round(100 * win_rate, 1) as win_rate_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high,
    median_days
from metrics.group_rates(dimension := 'owner')
where deals >= 20
order by customer_focused_pct desc, rep;
