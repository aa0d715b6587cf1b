-- Does customer focus go with more wins and shorter cycles, among deals that are alike?
-- "more" or "less" only where the 95% interval leaves 0 out; is_toned_down and reasons say why even that is but a tendency.
select
    measure,
    state,
    is_toned_down,
    reasons,
    round(difference, 3) as difference,
    round(low, 3) as low,
    round(high, 3) as high,
    deals_compared,
    deals
from metrics.verdict()
order by measure desc;
