-- Win rate by number: deals won by the horizon / deals that were open at the landmark and are old enough to tell. One row per value of the
-- dimension and focus: by_value, focus, won, deals, win_rate, low, high, owners and effective_deals of metrics.win_rate, whatever a scope
-- says of count_by; no value is null. Not for effects: groups are not made alike, and a gap between them is a description.
-- Source: macros.wilson_low, macros.effective_number.
create or replace macro metrics.win_rate_by_deals(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with compared as (
    select
        focus,
        coalesce(landmark_owner, '(none)') as owner,
        is_won_by_horizon,
        by_value
    from metrics.compared_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

by_owner as (
    select by_value, focus, owner, count(*) as deals, count(*) filter (where is_won_by_horizon) as won
    from compared
    group by by_value, focus, owner
),

counted as (
    select
        by_value,
        focus,
        sum(won)::bigint as won,
        sum(deals)::bigint as deals,
        count(*) as owners,
        macros.effective_number(list(won order by owner), list(deals order by owner)) as effective_deals
    from by_owner
    group by by_value, focus
)

select
    by_value,
    focus::varchar as focus,
    won,
    deals,
    won / deals as win_rate,
    macros.wilson_low(won / deals * effective_deals, effective_deals, macros.z()) as low,
    macros.wilson_high(won / deals * effective_deals, effective_deals, macros.z()) as high,
    owners,
    effective_deals
from counted
order by by_value, focus;
