-- The fields that questions and neutral controls ask for. One row per field.
create table raw.fields (
    field_no integer not null, -- number of the field within this file
    field varchar not null, -- name in the CRM
    question_no integer not null, -- number of what it answers, see raw.questions
    topic varchar not null, -- the question it answers, or its own name for a neutral field
    is_neutral boolean not null, -- a control that says nothing about the buyer
    kind varchar not null, -- text, choice or flag
    is_in_export boolean not null, -- whether the export holds the field at all
    tracked_since date, -- first day whose changes are known for sure; null where the CRM keeps no history of it
    records_first_value boolean not null -- whether the history tells the value set at creation
);
