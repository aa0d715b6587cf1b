-- Deals as the CRM last told of them, typed. One row per deal of any load; none is forgotten because a later export lacks it.
create table raw.deals (
    deal_key bigint not null, -- number of the deal within this file; joins every relation
    source varchar not null, -- where it comes from: the mapping that read it, such as salesforce, or the name that the load was given
    deal_id varchar not null, -- the CRM's id; "row 17" where the export has none
    deal_name varchar, -- the CRM's name for it
    account_name varchar, -- customer or prospect
    owner_id varchar, -- the CRM's id of the owner on the export date
    owner varchar, -- name of that owner, else the id; null where the CRM names nobody
    team varchar, -- the owner's team
    segment varchar, -- market segment
    deal_type varchar, -- such as new business or renewal
    lead_source varchar, -- where the deal came from
    pipeline varchar, -- sales pipeline or record type
    stage varchar, -- stage on the export date
    outcome varchar not null, -- won, lost or open on the export date
    outcome_from varchar not null, -- what told the outcome: flags, a column such as status, stage, or no stage
    loss_reason varchar, -- the CRM's reason, as written
    amount decimal(18, 2), -- in `currency`; null where missing or unreadable
    currency varchar, -- ISO code, told by a code or a name, else by the amount's text, else the organisation's; a name that nobody knows in capitals
    created_at timestamp, -- UTC; null where missing or unreadable
    created_date date, -- calendar day of created_at in the organisation's zone
    close_date date, -- as the CRM has it: a forecast until the deal is closed
    is_icp_fit boolean, -- whether the deal fits the ideal customer profile; null where not told
    first_seen_on date, -- day of the first export that held it; never null once the load is done
    last_seen_on date, -- day of the last export that held it: open deals are known until then; never null once the load is done
    owner_email varchar -- e-mail that the CRM has of that owner, which tells whose deals they are when they sign in; null where it tells none
);
