-- Does the win rate rise with every further answer?
-- Look for the step, not for a straight line: few deals with many answers have wide intervals.
select
    answers,
    deals,
    round(100 * win_rate, 1) as win_rate_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.win_rate_by_answers()
order by answers;
