-- Entries into a stage, from the stage history. One row per deal and entry; changes within a stage are left out.
select
    changes.deal_key, -- the deal
    changes.changed_at as entered_at, -- UTC
    changes.changed_date as entered_date, -- calendar day in the organisation's zone
    changes.stage, -- the stage entered
    changes.previous_stage, -- the stage left; null at the first entry
    stages.stage_outcome, -- won, lost or open: what the stage says
    row_number() over entries as position, -- 1 for the first entry
    lead(changes.changed_date) over entries as left_date -- calendar day of the next entry; null for the last
from intermediate.stage_steps as changes
join staging.deals as deals on deals.deal_key = changes.deal_key
join raw.stages as stages on stages.stage = changes.stage and stages.source = deals.source
where changes.previous_stage is distinct from changes.stage
window entries as (partition by changes.deal_key order by changes.changed_at, changes.stage)
