-- Asked fields that exports hold. One row per source and field.
select
    field_no, -- number of the field within this file
    field, -- name in the CRM
    question_no, -- number of the question that it answers, see raw.questions
    tracked_since, -- first day whose changes are known for sure; null where no history is kept
    records_first_value, -- whether the history tells the value set at creation
    source, -- where the deals come from that hold it
    held_on, -- day of the last export that held it
    exports_from, -- day from which on differences between exports tell its changes
    exports_to -- day until which they did; exports_from where the CRM's own history told all
from raw.fields
where is_in_export
