-- What should we ask next, and in which deals?
-- Open deals past the landmark day with answers missing, most at stake first. junk_texts stand where an answer should.
select
    position,
    deal_id,
    deal_name,
    owner,
    stage,
    amount,
    age_days,
    answers_today,
    next_question,
    junk_texts
from metrics.coaching(row_limit := 15)
order by position;
