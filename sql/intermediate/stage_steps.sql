-- The stage history with what was told before. One row per history row.
select
    deal_key, -- the deal
    changed_at, -- UTC
    changed_date, -- calendar day in the organisation's zone
    stage, -- stage from then on
    amount, -- amount from then on; null where not told
    close_date, -- expected close date from then on; null where not told
    lag(stage) over earlier as previous_stage, -- stage told before; null in the first row
    lag(amount ignore nulls) over earlier as previous_amount, -- amount told before; null where none was
    lag(close_date ignore nulls) over earlier as previous_close_date -- expected close date told before; null where none was
from staging.stage_changes
window earlier as (partition by deal_key order by changed_at, stage, amount, close_date)
