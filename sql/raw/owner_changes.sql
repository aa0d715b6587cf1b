-- Changes of a deal's owner. One row per change; the two rows that Salesforce writes for one are one here.
create table raw.owner_changes (
    deal_key bigint not null, -- the deal
    changed_at timestamp not null, -- UTC
    changed_date date not null, -- calendar day in the organisation's zone
    old_owner varchar, -- name of the owner before, else the id
    new_owner varchar, -- name of the owner from then on, else the id
    told_by varchar not null -- history: the CRM's own; exports: two exports differ, and the later one dates it
);
