-- Which questions, once answered by the landmark, go with more wins among alike deals?
-- A small q is a hint to test with deals to come. Controls are neutral fields: a question that gains no more than they do says little.
select
    by_value as question,
    is_control,
    deals_compared,
    round(100 * difference, 1) as points,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high,
    round(q, 3) as q
from metrics.effects(dimension := 'question')
where measure = 'win_rate'
order by is_control, points desc, question;
