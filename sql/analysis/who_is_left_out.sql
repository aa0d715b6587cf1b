-- Which deals have no part in the comparison, and why?
-- All parts add up to the deals in scope. "decided by the landmark" closed too early to be tagged, "too young" cannot be told yet.
select part, deals, round(100.0 * deals / sum(deals) over (), 1) as share_pct, won
from metrics.left_out()
order by deals desc, part;
