-- What the stage history says: the stage, amount and close date that a deal had from a moment on. One row per history row.
create table raw.stage_changes (
    deal_key bigint not null, -- the deal
    changed_at timestamp not null, -- UTC
    changed_date date not null, -- calendar day in the organisation's zone
    stage varchar not null, -- stage from then on
    amount decimal(18, 2), -- amount from then on; null where the history does not tell
    close_date date, -- expected close date from then on; null where the history does not tell
    told_by varchar not null -- history: the CRM's own; exports: what an export said that began the record, or differed from the one before
);
