-- Asked fields that the export holds. One row per field.
select
    field_no, -- number of the field within this file
    field, -- name in the CRM
    question_no, -- number of the question that it answers, see raw.questions
    tracked_since, -- first day whose changes are known for sure; null where no history is kept
    records_first_value -- whether the history tells the value set at creation
from raw.fields
where is_in_export
