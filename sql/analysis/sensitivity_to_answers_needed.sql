-- Would it change anything if more or fewer answers made a deal customer-focused?
-- The win rate alone, like for like. The middle thresholds compare groups of useful size.
select 1 as answers_needed, state, round(100 * difference, 1) as points, round(100 * low, 1) as low, round(100 * high, 1) as high, deals
from metrics.findings(answers_needed := 1)
where measure = 'win_rate'
union all
select 2, state, round(100 * difference, 1), round(100 * low, 1), round(100 * high, 1), deals
from metrics.findings(answers_needed := 2)
where measure = 'win_rate'
union all
select 3, state, round(100 * difference, 1), round(100 * low, 1), round(100 * high, 1), deals
from metrics.findings(answers_needed := 3)
where measure = 'win_rate'
union all
select 4, state, round(100 * difference, 1), round(100 * low, 1), round(100 * high, 1), deals
from metrics.findings(answers_needed := 4)
where measure = 'win_rate'
order by answers_needed;
