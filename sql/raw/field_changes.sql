-- Changes of the fields that questions and neutral controls ask for; the texts themselves are not kept. One row per change.
create table raw.field_changes (
    deal_key bigint not null, -- the deal
    field_no integer not null, -- the field, see raw.fields
    changed_at timestamp not null, -- UTC
    changed_date date not null, -- calendar day in the organisation's zone
    old_state answer_state not null, -- what the field held before
    new_state answer_state not null, -- what the field held from then on
    told_by varchar not null -- history: the CRM's own; exports: two exports differ, and the later one dates it
);
