-- Friction in customer-focused and seller-focused deals: forecasts put off, steps back and stalls. One row per sign, day until which it is
-- counted, and focus:
--   sign: close_date_pushes (times that the expected close date was put off), steps_back (times that the deal went back in stage), or
--              longest_stay_days (longest time without a change of stage)
--   until: landmark: up to the end of the landmark day, which the deals have in common; horizon: on to closing or horizon_days later
--   focus: customer-focused or seller-focused
--   deals: deals compared whose history tells the sign
--   mean: per deal, times or days; null without deals
--   deals_with_any, share_with_any: deals with at least one, or with a stay of at least stall_days, and their share, 0 to 1
--   low, high: 95% Wilson interval of that share at the effective number of deals, clustered by owner; plain with fewer than 6 owners
-- Until the landmark it describes deals as they were when tagged; until the horizon it is also a consequence, and long deals have had more
-- time for it. No stay is longer than the time it is counted in. Not for effects: groups are not made alike.
-- Source: marts.deal_friction; macros.wilson_low, macros.effective_number.
create or replace macro metrics.friction(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), stall_days := 30
) as table
with compared as (
    select
        tagged.focus,
        coalesce(tagged.landmark_owner, '(none)') as owner,
        friction.push_days,
        friction.step_back_days,
        friction.stage_change_days,
        unnest(
            [{until: 'landmark', last_day: tagged.day_l}, {until: 'horizon', last_day: tagged.day_l + tagged.days_open}], recursive := true
        )
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    join marts.deal_friction as friction on friction.deal_key = tagged.deal_key
),

signs as (
    select
        focus,
        owner,
        until,
        unnest(
            [
                {
                    sign_order: 1,
                    sign: 'close_date_pushes',
                    amount: len(list_filter(push_days, lambda day: day <= last_day)),
                    enough: 1
                },
                {
                    sign_order: 2,
                    sign: 'steps_back',
                    amount: len(list_filter(step_back_days, lambda day: day <= last_day)),
                    enough: 1
                },
                {
                    sign_order: 3,
                    sign: 'longest_stay_days',
                    amount: macros.longest_gap(stage_change_days, last_day),
                    enough: stall_days
                }
            ],
            recursive := true
        )
    from compared
),

by_owner as (
    select
        sign_order,
        sign,
        until,
        focus,
        owner,
        count(*) as deals,
        sum(amount)::bigint as amount,
        count(*) filter (where amount >= enough) as deals_with_any
    from signs
    where amount is not null
    group by all
),

counted as (
    select
        sign_order,
        sign,
        until,
        focus,
        sum(deals)::bigint as deals,
        sum(amount) / sum(deals) as mean,
        sum(deals_with_any)::bigint as deals_with_any,
        macros.effective_number(list(deals_with_any order by owner), list(deals order by owner)) as effective_deals
    from by_owner
    group by sign_order, sign, until, focus
)

select
    sign,
    until,
    focus::varchar as focus,
    deals,
    mean,
    deals_with_any,
    deals_with_any / deals as share_with_any,
    macros.wilson_low(deals_with_any / deals * effective_deals, effective_deals, macros.z()) as low,
    macros.wilson_high(deals_with_any / deals * effective_deals, effective_deals, macros.z()) as high
from counted
order by sign_order, until desc, focus;
