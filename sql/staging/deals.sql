-- Deals with what follows from their own row alone. One row per deal.
select
    deal_key, -- number of the deal within this file
    source, -- where it comes from
    deal_id, -- the CRM's id
    deal_name, -- the CRM's name for it
    account_name, -- customer or prospect
    owner_id, -- the CRM's id of the owner
    owner, -- the owner's name on the export date; null where unknown
    team, -- the owner's team
    segment, -- market segment
    deal_type, -- such as new business or renewal
    lead_source, -- where the deal came from
    pipeline, -- sales pipeline or record type
    stage, -- stage on the export date
    outcome, -- won, lost or open on the export date
    loss_reason, -- the CRM's reason, as written
    amount, -- in `currency`
    currency, -- ISO code
    created_at, -- UTC
    created_date, -- calendar day in the organisation's zone
    close_date, -- as the CRM has it: a forecast until the deal is closed
    is_icp_fit, -- fits the ideal customer profile; null where not told
    first_seen_on, -- day of the first export that held it
    last_seen_on -- day of the last export that held it
from raw.deals
