-- What the stage history says, with the stage told before. One row per history row.
select
    deal_key, -- the deal
    changed_at, -- UTC
    changed_date, -- calendar day in the organisation's zone
    stage, -- stage from then on
    lag(stage) over (partition by deal_key order by changed_at, stage) as previous_stage, -- stage of the row before; null in the first
    amount, -- amount from then on; null where not told
    close_date -- expected close date from then on; null where not told
from raw.stage_changes
