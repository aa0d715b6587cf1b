-- Which reps write their answers in the last week before closing, or after it?
-- Some questions are only settled then, so compare reps with each other, and mind the intervals.
select
    by_value as rep,
    deals,
    answers,
    late_answers,
    round(100 * share, 1) as late_pct,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high
from metrics.late_answers(dimension := 'owner')
where answers >= 50
order by late_pct desc, rep
limit 15;
