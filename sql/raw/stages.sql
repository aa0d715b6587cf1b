-- The stages that deals are or were in, and what each says of the outcome. One row per source and stage.
create table raw.stages (
    stage varchar not null, -- as the CRM writes it
    stage_outcome varchar not null, -- won, lost or open
    outcome_from varchar not null, -- what told it: the configuration, the deals' flags, or the mapping's default
    source varchar not null -- where its deals come from, as in raw.deals
);
