-- What would a CRM report say about customer focus, and what is left of it?
-- Each step takes one flaw out of the comparison; points are percentage points of win rate. Believe steps 5 and 6, not step 1.
select
    step,
    step_name,
    round(100 * difference, 1) as points,
    round(100 * removed, 1) as points_removed,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high,
    deals_used,
    reason
from metrics.evidence_ladder()
order by step;
