-- What the tag of a deal hangs on, beside its answers. One row.
select
    settings.answers_needed, -- answers from which on a deal is customer-focused
    settings.has_field_history, -- the export tells when fields were filled
    count(*) filter (where topics.is_mapped and not topics.is_neutral) as questions, -- questions that the export can answer
    count(*) filter (where topics.is_mapped and topics.is_neutral) as controls -- neutral fields in the export
from raw.settings as settings
left join raw.questions as topics on true
group by all
