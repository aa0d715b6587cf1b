-- When a question stood answered: the days on which it came to be, and ceased to be. One row per deal and question that ever was.
with flips as (
    select deal_key, question_no, flip_day, change
    from intermediate.answer_flips
),

counted as (
    select
        deal_key,
        question_no,
        min(flip_day) as first_day,
        count(*) = 1 and min(change) > 0 as is_single
    from flips
    group by deal_key, question_no
),

-- Most questions came to be answered once and stayed so; only the others are followed from day to day.
days as (
    select flips.deal_key, flips.question_no, flips.flip_day, sum(flips.change) as change
    from flips
    join counted on counted.deal_key = flips.deal_key and counted.question_no = flips.question_no
    where not counted.is_single
    group by flips.deal_key, flips.question_no, flips.flip_day
    having sum(flips.change) <> 0
),

running as (
    select
        deal_key,
        question_no,
        flip_day,
        change,
        sum(change) over (partition by deal_key, question_no order by flip_day) as fields_answered
    from days
)

select
    deal_key,
    question_no,
    list_sort(array_agg(flip_day) filter (where fields_answered > 0 and fields_answered - change <= 0)) as start_days,
    list_sort(array_agg(flip_day) filter (where fields_answered <= 0 and fields_answered - change > 0)) as end_days
from running
group by deal_key, question_no
union all
select
    deal_key, -- the deal
    question_no, -- number of the question or neutral field, see raw.questions
    [first_day] as start_days, -- days after creation
    null as end_days -- days after creation; null where none
from counted
where is_single
