-- The fields that questions and neutral controls ask for. One row per source and field.
create table raw.fields (
    field_no integer not null, -- number of the field within this file
    field varchar not null, -- name in the CRM
    question_no integer not null, -- number of what it answers, see raw.questions
    topic varchar not null, -- the question it answers, or its own name for a neutral field
    is_neutral boolean not null, -- a control that says nothing about the buyer
    kind varchar not null, -- text, choice or flag
    is_in_export boolean not null, -- whether any export of the source held the field
    tracked_since date, -- first day whose changes are known; null where no history is kept, and but one export held the field
    records_first_value boolean not null, -- whether the history tells the value set at creation
    source varchar not null, -- where the deals come from that hold it, as in raw.deals
    is_column boolean not null, -- whether the deals of the last export that held it had a column of it
    held_on date, -- day of the last export that held it; null where none did
    exports_from date, -- day of the export from which on differences between exports tell its changes, the first that held it; null as held_on
    exports_to date -- day of the last export that did so; exports_from where the CRM's own history told all
);
