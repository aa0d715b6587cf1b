-- The buyer-focused questions and the neutral controls. One row per topic.
create table raw.questions (
    question_no integer not null, -- number of the question within this file, in the order of the configuration
    topic varchar not null, -- key in the configuration
    label varchar not null, -- as people read it
    ask varchar not null, -- what a seller may ask the buyer
    is_neutral boolean not null, -- a control that says nothing about the buyer
    is_mapped boolean not null -- whether any of its fields is in the export
);
