-- Time in stage. One row per deal and stay in a stage; empty where the export holds no stage history.
select
    entries.deal_key, -- the deal, see marts.deals
    entries.position, -- 1 for the first stay
    entries.stage, -- the stage
    entries.stage_outcome, -- won, lost or open: what the stage says
    entries.entered_date, -- calendar day in the organisation's zone
    entries.left_date, -- null for the last stay
    date_diff('day', deals.created_date, entries.entered_date) as entered_day, -- days after creation
    date_diff('day', deals.created_date, entries.left_date) as left_day -- days after creation; null for the last stay
from intermediate.stage_entries as entries
join staging.deals as deals on deals.deal_key = entries.deal_key
