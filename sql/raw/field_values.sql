-- What the asked fields hold on the export date, where they hold anything. One row per deal and field that is not blank.
create table raw.field_values (
    deal_key bigint not null, -- the deal
    field_no integer not null, -- the field, see raw.fields
    state answer_state not null, -- what it holds
    junk_text varchar, -- the text, where it is no answer
    text_key uinteger -- equal for equal texts, to tell the next export's apart; null where the CRM's own history does
);
