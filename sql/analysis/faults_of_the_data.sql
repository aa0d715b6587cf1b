-- How good is the data, and what is most worth mending?
-- One deal may have several faults. Those that keep deals out of the comparison are counted by the next question.
select problem, unit, found, checked, round(100 * share, 1) as share_pct, deals
from metrics.data_problems()
order by share_pct desc nulls last, problem;
