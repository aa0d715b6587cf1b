-- What the stage history says. One row per history row.
select
    deal_key, -- the deal
    changed_at, -- UTC
    changed_date, -- calendar day in the organisation's zone
    stage, -- stage from then on
    amount, -- amount from then on; null where not told
    close_date -- expected close date from then on; null where not told
from raw.stage_changes
