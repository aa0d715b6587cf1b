-- How the history of a field of a deal begins: what it held when it is first known. One row per deal and field that was ever filled.
-- The value before the first change is that change's old value; without a change it is today's, present since creation or since
-- tracking began; of several changes in one moment, one that found no answer counts as the first. Edits without texts date an answer by
-- the first of them, approximately. What came before tracking is unknown: intermediate.question_tracking tells until when.
with first_changes as (
    select
        deal_key,
        field_no,
        coalesce(min(changed_date) filter (not is_recorded), min(changed_date)) as first_changed_date,
        coalesce(min(changed_at) filter (not was_answered) > min(changed_at), true) as was_answered,
        bool_and(is_recorded) as is_recorded
    from staging.field_changes
    group by deal_key, field_no
),

known as (
    select
        coalesce(first_changes.deal_key, today.deal_key) as deal_key,
        coalesce(first_changes.field_no, today.field_no) as field_no,
        first_changes.first_changed_date,
        first_changes.was_answered,
        coalesce(first_changes.is_recorded, true) as is_recorded,
        coalesce(today.is_answered, false) as is_answered_today
    from first_changes
    full outer join staging.field_values as today
        on today.deal_key = first_changes.deal_key and today.field_no = first_changes.field_no
),

dated as (
    select
        known.deal_key,
        known.field_no,
        fields.question_no,
        known.is_recorded,
        known.is_answered_today,
        greatest(0, date_diff('day', deals.created_date, known.first_changed_date)) as first_changed_day,
        case when fields.tracked_since is not null then greatest(0, date_diff('day', deals.created_date, fields.tracked_since)) end as tracked_day,
        case
            when not known.is_recorded then false
            when known.first_changed_date is not null then known.was_answered
            when fields.records_first_value then false
            else known.is_answered_today
        end as is_answered_at_start
    from known
    join staging.fields as fields on fields.field_no = known.field_no
    join staging.deals as deals on deals.deal_key = known.deal_key
    where deals.created_date is not null
)

select
    deal_key, -- the deal
    field_no, -- the field
    question_no, -- number of the question that it answers, see raw.questions
    not is_recorded as is_approximate, -- dated by the first edit, whose texts the CRM did not record
    case
        when not is_recorded and is_answered_today then first_changed_day
        when is_answered_at_start then tracked_day
    end as answered_day -- days after creation from which an answer is known to have stood there at first; null where none did
from dated
