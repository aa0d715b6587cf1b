-- How long do deals stay in each stage, customer-focused and seller-focused?
-- Median days; stays that have not ended count as at least so long. Empty where fewer than half of the stays were seen to end.
select
    stage,
    focus,
    stays,
    stays_ended,
    median_days,
    round(low, 1) as low,
    round(high, 1) as high
from metrics.stage_times()
order by stage_order, focus;
