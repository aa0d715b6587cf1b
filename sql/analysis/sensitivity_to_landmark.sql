-- Would another landmark day tell another story?
-- The same comparison, tagged after 14, 30, 60 or 90 days. A finding that holds on one day only is none.
select 14 as landmark_day, measure, state, round(difference, 3) as difference, round(low, 3) as low, round(high, 3) as high, deals
from metrics.findings(landmark_day := 14)
union all
select 30, measure, state, round(difference, 3), round(low, 3), round(high, 3), deals
from metrics.findings(landmark_day := 30)
union all
select 60, measure, state, round(difference, 3), round(low, 3), round(high, 3), deals
from metrics.findings(landmark_day := 60)
union all
select 90, measure, state, round(difference, 3), round(low, 3), round(high, 3), deals
from metrics.findings(landmark_day := 90)
order by measure desc, landmark_day;
