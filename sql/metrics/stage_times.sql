-- Time in each stage: how long customer-focused and seller-focused deals stay in a stage before they move on or are closed. One row per
-- open stage and focus:
--   stage, stage_order: the stage, and its place among those of the deals compared: 1 is the one that deals enter earliest, by mean position
--   focus: customer-focused, seller-focused, or difference, the first less the second; no difference where a group is missing
--   stays: stays in the stage that began by the end of the horizon, of deals compared; a deal that comes back counts again. Of both groups
--              together for the difference
--   stays_ended: those seen to their end by then
--   median_days: days after entering by which half of the stays have ended; null where fewer than half were seen to
--   low, high: 95% interval, as of metrics.cycle_quantiles: clustered by owner where each group has 6 owners or more; null where the curve
--              does not tell
-- A stay ends with the next stage or the close. One that lasts beyond the horizon counts as at least so long (it is censored there), so it is
-- neither left out nor taken for short. Empty without stage history. Not for effects: groups are not made alike, and a stay before the
-- landmark lies before the tag, so that deals may have been tagged for having moved on.
-- Source: Kaplan and Meier (1958), J. Am. Stat. Assoc. 53, 457-481; otherwise metrics.cycle_quantiles.
create or replace macro metrics.stage_times(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with lives as (
    select
        tagged.deal_key,
        tagged.focus,
        coalesce(tagged.landmark_owner, '(none)') as owner,
        tagged.cycle_days,
        tagged.day_l + coalesce(horizon_days, settings.horizon_days) as last_day
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    cross join raw.settings as settings
),

stays as (
    select
        spells.stage,
        lives.focus,
        lives.owner,
        spells.position,
        coalesce(spells.left_day, lives.cycle_days) <= lives.last_day as has_ended,
        least(coalesce(spells.left_day, lives.cycle_days, lives.last_day), lives.last_day) - spells.entered_day as days
    from lives
    join marts.stage_spells as spells on spells.deal_key = lives.deal_key
    where spells.stage_outcome = 'open' and spells.entered_day <= lives.last_day
),

counted as materialized (
    select
        stage,
        focus,
        owner,
        greatest(0, days) as days,
        coalesce(has_ended, false) as has_ended,
        count(*) as stays,
        sum(position) as positions
    from stays
    group by all
),

stages as (
    select stage, row_number() over (order by sum(positions) / sum(stays), stage) as stage_order
    from counted
    group by stage
),

medians as (
    from metrics.cycle_quantiles(
        quantiles := [0.5],
        observations := (
            select list({
                by_value: stage,
                focus: focus,
                owner: owner,
                stratum: 0,
                entry_day: 0,
                -- A day more than it was, as curves know no exit on the day of entry; taken off again below.
                exit_day: days + 1,
                outcome: case when has_ended then 'lost' else 'open' end, -- to a curve of any close, an end like any other
                deals: stays
            })
            from counted
        )
    )
),

totals as (
    select stage, focus, sum(stays)::bigint as stays, coalesce(sum(stays) filter (where has_ended), 0)::bigint as stays_ended
    from counted
    group by stage, focus
    union all
    select stage, 'difference', sum(stays)::bigint, coalesce(sum(stays) filter (where has_ended), 0)::bigint
    from counted
    group by stage
    having count(distinct focus) = 2
)

select
    totals.stage,
    stages.stage_order,
    totals.focus,
    totals.stays,
    totals.stays_ended,
    medians.days - case when totals.focus = 'difference' then 0 else 1 end as median_days,
    medians.low - case when totals.focus = 'difference' then 0 else 1 end as low,
    medians.high - case when totals.focus = 'difference' then 0 else 1 end as high
from totals
join stages on stages.stage = totals.stage
left join medians on medians.by_value = totals.stage and medians.focus = totals.focus and medians.measure = 'any close'
order by stages.stage_order, totals.focus;
