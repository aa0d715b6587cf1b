-- Loss reasons that are not a competitor's win. One row per reason.
create table raw.loss_kinds (
    loss_reason varchar not null, -- reason in lower case
    loss_kind varchar not null -- no decision, or disqualified
);
