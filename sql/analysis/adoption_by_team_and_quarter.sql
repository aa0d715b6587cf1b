-- Do reps ask more than a year ago?
-- Share of deals that are customer-focused at the landmark, by quarter of creation. Quarters that are not over may still move.
select
    by_value as team,
    quarter,
    customer_deals,
    deals,
    round(100 * share, 1) as share_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high,
    is_over
from metrics.adoption(dimension := 'team')
where quarter_start >= (select as_of - interval 15 months from raw.settings)
order by team, quarter_start;
