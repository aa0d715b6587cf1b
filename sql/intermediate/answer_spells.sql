-- When a question stood answered: the days on which it came to be, and ceased to be. One row per deal and question that ever was.
with running as (
    select
        deal_key,
        question_no,
        flip_day,
        change,
        sum(change) over (partition by deal_key, question_no order by flip_day) as fields_answered
    from intermediate.answer_flips
)

select
    deal_key, -- the deal
    question_no, -- number of the question or neutral field, see raw.questions
    list_sort(array_agg(flip_day) filter (where fields_answered > 0 and fields_answered - change <= 0)) as start_days, -- days after creation
    list_sort(array_agg(flip_day) filter (where fields_answered <= 0 and fields_answered - change > 0)) as end_days -- days after creation; null where none
from running
group by deal_key, question_no
