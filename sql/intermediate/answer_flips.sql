-- Moments at which a field of a question came to be answered, or ceased to be. One row per deal, field and such moment.
select
    deal_key, -- the deal
    question_no, -- number of the question or neutral field, see raw.questions
    answered_day as flip_day, -- days after creation
    1 as change -- 1 where it came to be answered, -1 where it ceased to be
from intermediate.field_starts
where answered_day is not null
union all
select
    changes.deal_key, -- the deal
    fields.question_no, -- number of the question or neutral field, see raw.questions
    greatest(0, date_diff('day', deals.created_date, changes.changed_date)) as flip_day, -- days after creation
    case when changes.is_answered then 1 else -1 end as change -- 1 where it came to be answered, -1 where it ceased to be
from staging.field_changes as changes
join staging.fields as fields on fields.field_no = changes.field_no
join staging.deals as deals on deals.deal_key = changes.deal_key
where changes.is_recorded and changes.was_answered <> changes.is_answered and deals.created_date is not null
