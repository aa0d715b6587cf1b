-- Answers to the buyer's questions, and the neutral controls beside them. One row per deal and mapped question or neutral field.
with fields as (
    select field_no, question_no, count(*) over (partition by question_no) as siblings
    from staging.fields
),

today as (
    select held.deal_key, fields.question_no, held.is_answered, held.junk_reason, held.junk_text
    from staging.field_values as held
    join fields on fields.field_no = held.field_no
    where fields.siblings = 1
    union all
    select
        held.deal_key,
        fields.question_no,
        bool_or(held.is_answered),
        max(case when not held.is_answered then held.junk_reason end),
        max(case when not held.is_answered then held.junk_text end)
    from staging.field_values as held
    join fields on fields.field_no = held.field_no
    where fields.siblings > 1
    group by held.deal_key, fields.question_no
),

edits as (
    select distinct changes.deal_key, fields.question_no, true as is_approximate
    from staging.field_changes as changes
    join staging.fields as fields on fields.field_no = changes.field_no
    where not changes.is_recorded
)

select
    deals.deal_key, -- the deal, see marts.deals
    questions.topic as question, -- key of the question, or name of the neutral field
    questions.is_neutral, -- true for a neutral field: a control that says nothing about the buyer
    case
        when today.is_answered then 'answered'
        when today.junk_reason is not null then 'junk'
        else 'blank'
    end as state_today, -- answered, junk or blank on the export date
    case when today.is_answered then null else today.junk_reason end as junk_reason, -- why the text is no answer; null unless junk
    case when today.is_answered then null else today.junk_text end as junk_text, -- the text that is no answer; null unless junk
    spells.start_days[1] as first_answered_day, -- days after creation; null where never, or where the timing is unknown
    spells.start_days, -- every day on which it came to be answered, in order
    spells.end_days, -- every day on which the answer was cleared, in order; null where none
    case
        when tracking.is_untracked then 1000000
        when tracking.tracked_since > deals.created_date then date_diff('day', deals.created_date, tracking.tracked_since)
    end as unknown_until_day, -- until then it is unknown whether it was answered; 1000000 for ever; null where all is known
    coalesce(edits.is_approximate, false) as is_approximate, -- dated by the first edit of a text that the CRM does not record
    case
        when closings.closed_day is null then null
        when coalesce(len(list_filter(spells.start_days, lambda day: day < closings.closed_day)), 0)
            > coalesce(len(list_filter(spells.end_days, lambda day: day < closings.closed_day)), 0) then true
        when tracking.is_untracked or date_diff('day', deals.created_date, tracking.tracked_since) >= closings.closed_day then null
        else false
    end as is_answered_before_close -- stood answered at the end of the day before closing; null for open deals and unknown timing
from staging.deals as deals
cross join raw.questions as questions
left join today
    on today.deal_key = deals.deal_key and today.question_no = questions.question_no
left join edits
    on edits.deal_key = deals.deal_key and edits.question_no = questions.question_no
left join intermediate.answer_spells as spells
    on spells.deal_key = deals.deal_key and spells.question_no = questions.question_no
join intermediate.question_tracking as tracking on tracking.question_no = questions.question_no
left join intermediate.closings as closings on closings.deal_key = deals.deal_key
where questions.is_mapped
