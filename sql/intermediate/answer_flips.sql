-- Days on which a question came to be answered in one more or one less of its fields. One row per deal, question and day.
with flips as (
    select deal_key, question_no, answered_day as flip_day, 1 as change
    from intermediate.field_starts
    where answered_day is not null
    union all
    select
        changes.deal_key,
        fields.question_no,
        greatest(0, date_diff('day', deals.created_date, changes.changed_date)) as flip_day,
        case when changes.is_answered then 1 else -1 end as change
    from staging.field_changes as changes
    join staging.fields as fields on fields.field_no = changes.field_no
    join staging.deals as deals on deals.deal_key = changes.deal_key
    where changes.is_recorded and changes.was_answered <> changes.is_answered and deals.created_date is not null
)

select
    deal_key, -- the deal
    question_no, -- number of the question or neutral field, see raw.questions
    flip_day, -- days after creation
    cast(sum(change) as integer) as change -- fields answered at the end of that day, less those at the end of the day before
from flips
group by deal_key, question_no, flip_day
having sum(change) <> 0
