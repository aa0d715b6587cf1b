-- How long do deals take when those still open are not forgotten?
-- any close: days after the landmark by which half of all deals were decided. Empty where fewer than half were.
select
    measure,
    focus,
    days,
    round(low, 1) as low,
    round(high, 1) as high
from metrics.cycle_quantiles()
where quantile = 0.5
order by measure, focus;
