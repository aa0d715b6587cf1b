-- Answers to the buyer's questions, and the neutral controls beside them. One row per deal and mapped question or neutral field.
with fields as (
    select field_no, question_no, count(*) over (partition by source, question_no) as siblings
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
    where not changes.is_recorded or changes.is_told_by_exports
),

known as (
    select
        deals.deal_key,
        deals.created_date,
        closings.closed_day,
        questions.question_no,
        questions.topic,
        questions.is_neutral,
        -- Exports of the deal's source never held the question, keep no history of it, or ceased to hold it while the deal was open.
        coalesce(tracking.is_untracked, true)
            or (deals.last_seen_on > tracking.held_on and coalesce(closings.closed_date > tracking.held_on, true)) as is_unknown,
        case
            when deals.first_seen_on > tracking.exports_from and deals.first_seen_on <= tracking.exports_to
                then greatest(deals.first_seen_on, tracking.tracked_since)
            else tracking.tracked_since
        end as known_since
    from staging.deals as deals
    left join intermediate.closings as closings on closings.deal_key = deals.deal_key
    cross join raw.questions as questions
    left join intermediate.question_tracking as tracking
        on tracking.source = deals.source and tracking.question_no = questions.question_no
    where questions.is_mapped
)

select
    known.deal_key, -- the deal, see marts.deals
    known.topic as question, -- key of the question, or name of the neutral field
    known.is_neutral, -- true for a neutral field: a control that says nothing about the buyer
    case
        when today.is_answered then 'answered'
        when today.junk_reason is not null then 'junk'
        else 'blank'
    end as state_today, -- answered, junk or blank on the export date
    case when today.is_answered then null else today.junk_reason end as junk_reason, -- why the text is no answer, as in raw.field_values; null unless junk
    case when today.is_answered then null else today.junk_text end as junk_text, -- the text that is no answer; null unless junk, and where it was imported
    spells.start_days[1] as first_answered_day, -- days after creation; null where never, or where the timing is unknown
    spells.start_days, -- every day on which it came to be answered, in order
    spells.end_days, -- every day on which the answer was cleared, in order; null where none
    case
        when known.is_unknown then 1000000
        when known.known_since > known.created_date then date_diff('day', known.created_date, known.known_since)
    end as unknown_until_day, -- until then it is unknown whether it was answered; 1000000 for ever; null where all is known
    coalesce(edits.is_approximate, false) as is_approximate, -- dated by the first edit of a text that the CRM does not record, or by the export that first showed it
    case
        when known.closed_day is null then null
        when spells.end_days is null and spells.start_days[1] < known.closed_day then true
        when spells.end_days is not null
            and len(list_filter(spells.start_days, lambda day: day < known.closed_day))
                > len(list_filter(spells.end_days, lambda day: day < known.closed_day)) then true
        when known.is_unknown or date_diff('day', known.created_date, known.known_since) >= known.closed_day then null
        else false
    end as is_answered_before_close -- stood answered at the end of the day before closing; null for open deals and unknown timing
from known
left join today
    on today.deal_key = known.deal_key and today.question_no = known.question_no
left join edits
    on edits.deal_key = known.deal_key and edits.question_no = known.question_no
left join intermediate.answer_spells as spells
    on spells.deal_key = known.deal_key and spells.question_no = known.question_no
