-- Signs of friction: forecasts put off, steps back and time without progress, up to closing or the last export that held it. One row per deal.
-- A step back leads to a stage that most deals which held both entered first; leaving a closed stage is one too.
with first_entries as (
    select deal_key, stage, min(position) as first_position
    from intermediate.stage_entries
    group by deal_key, stage
),

successions as (
    select earlier.stage as earlier_stage, later.stage as later_stage, count(*) as deals
    from first_entries as earlier
    join first_entries as later on later.deal_key = earlier.deal_key and later.first_position > earlier.first_position
    group by earlier.stage, later.stage
),

steps_back as (
    select forwards.later_stage as left_stage, forwards.earlier_stage as entered_stage
    from successions as forwards
    left join successions as backwards
        on backwards.earlier_stage = forwards.later_stage and backwards.later_stage = forwards.earlier_stage
    where forwards.deals > coalesce(backwards.deals, 0)
),

lives as (
    select
        deals.deal_key,
        deals.source,
        deals.created_date,
        case
            when deals.outcome = 'open' then date_diff('day', deals.created_date, deals.last_seen_on)
            else closings.closed_day
        end as last_day
    from staging.deals as deals
    left join intermediate.closings as closings on closings.deal_key = deals.deal_key
),

entries as (
    select
        entries.deal_key,
        lives.last_day,
        greatest(0, date_diff('day', lives.created_date, entries.entered_date)) as entered_day,
        date_diff('day', lives.created_date, entries.left_date) as left_day,
        entries.position = 1 as is_first,
        steps_back.left_stage is not null as is_step_back
    from intermediate.stage_entries as entries
    join lives on lives.deal_key = entries.deal_key
    left join steps_back on steps_back.left_stage = entries.previous_stage and steps_back.entered_stage = entries.stage
    where lives.created_date is not null
),

stages_seen as (
    select
        deal_key,
        list_sort(array_agg(entered_day)) as stage_change_days,
        list_sort(array_agg(entered_day) filter (where is_step_back)) as step_back_days,
        max(
            greatest(
                coalesce(left_day, last_day) - entered_day,
                case when is_first then entered_day else 0 end
            )
        ) as longest_stay_days
    from entries
    group by deal_key
),

forecasts as (
    select
        changes.deal_key,
        greatest(0, date_diff('day', lives.created_date, changes.changed_date)) as told_day,
        changes.close_date > changes.previous_close_date and stages.stage_outcome = 'open' as is_push
    from intermediate.stage_steps as changes
    join lives on lives.deal_key = changes.deal_key
    join raw.stages as stages on stages.stage = changes.stage and stages.source = lives.source
    where changes.close_date is not null and lives.created_date is not null
),

forecasts_seen as (
    select deal_key, list_sort(array_agg(told_day) filter (where is_push)) as push_days
    from forecasts
    group by deal_key
)

select
    deals.deal_key, -- the deal, see marts.deals
    case when forecasts_seen.deal_key is not null then coalesce(len(forecasts_seen.push_days), 0) end as close_date_pushes, -- times that the expected close date was put off while open; null where the history tells none
    case when stages_seen.deal_key is not null then coalesce(len(stages_seen.step_back_days), 0) end as steps_back, -- times that the deal went back; null without stage history
    stages_seen.longest_stay_days, -- longest time without a change of stage, in days, from creation to closing or the last export that held it; null without stage history
    case when forecasts_seen.deal_key is not null then coalesce(forecasts_seen.push_days, []) end as push_days, -- days after creation on which it was put off, in order; null as above
    case when stages_seen.deal_key is not null then coalesce(stages_seen.step_back_days, []) end as step_back_days, -- days after creation on which it went back, in order; null as above
    stages_seen.stage_change_days -- days after creation on which it entered a stage, in order; null as above
from staging.deals as deals
left join stages_seen on stages_seen.deal_key = deals.deal_key
left join forecasts_seen on forecasts_seen.deal_key = deals.deal_key
