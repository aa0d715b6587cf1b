-- How many deals of each value of a dimension are customer-focused, and how they went, at equal deal age. One row per value:
--   by_value: value of the dimension, as in metrics.win_rate; of the dimension owner that as of the landmark, as in metrics.owner_rates
--   won, deals, win_rate: deals won by the horizon, of the deals compared, and their quotient, 0 to 1
--   low, high: 95% Wilson interval of win_rate at the effective number of deals, clustered by owner; plain with fewer than 6 owners
--   customer_deals, share_customer_focused: customer-focused deals, and their share of the deals compared, 0 to 1
--   share_low, share_high: 95% interval of that share, made the same way
--   median_days, median_low, median_high: median days from creation to the win, of deals won by the horizon, and its 95% interval, as in
--              metrics.sales_cycle; null without any, and the interval below 6 won deals
--   owners, effective_deals: owners, and what the deals are worth for the interval of win_rate
-- Not for judging people: what a team or an owner is given to sell differs, and is not made alike here.
-- Source: macros.wilson_low, macros.effective_number; median: Hahn and Meeker (1991), Statistical Intervals, 5.2.
create or replace macro metrics.group_rates(
    dimension := 'team', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with compared as materialized (
    select
        case when dimension = 'owner' then coalesce(landmark_owner, '(none)') else by_value end as by_value,
        coalesce(landmark_owner, '(none)') as owner,
        focus = 'customer-focused' as is_customer,
        is_won_by_horizon as is_won,
        case when is_won_by_horizon then cycle_days end as days_to_win
    from metrics.compared_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

by_owner as (
    select
        by_value,
        owner,
        count(*) as deals,
        count(*) filter (where is_won) as won,
        count(*) filter (where is_customer) as customer_deals
    from compared
    group by by_value, owner
),

counted as (
    select
        by_value,
        sum(won)::bigint as won,
        sum(deals)::bigint as deals,
        sum(customer_deals)::bigint as customer_deals,
        count(*) as owners,
        macros.effective_number(list(won order by owner), list(deals order by owner)) as effective_deals,
        macros.effective_number(list(customer_deals order by owner), list(deals order by owner)) as effective_share
    from by_owner
    group by by_value
),

cycles as (
    select
        by_value,
        count(*) as won,
        median(days_to_win)::double as median_days,
        list_sort(list(days_to_win)) as days
    from compared
    where days_to_win is not null
    group by by_value
)

select
    counted.by_value,
    counted.won,
    counted.deals,
    counted.won / counted.deals as win_rate,
    macros.wilson_low(counted.won / counted.deals * counted.effective_deals, counted.effective_deals, macros.z()) as low,
    macros.wilson_high(counted.won / counted.deals * counted.effective_deals, counted.effective_deals, macros.z()) as high,
    counted.customer_deals,
    counted.customer_deals / counted.deals as share_customer_focused,
    macros.wilson_low(counted.customer_deals / counted.deals * counted.effective_share, counted.effective_share, macros.z()) as share_low,
    macros.wilson_high(counted.customer_deals / counted.deals * counted.effective_share, counted.effective_share, macros.z()) as share_high,
    cycles.median_days,
    case when cycles.won >= 6 then cycles.days[greatest(1, floor(macros.wilson_low(cycles.won / 2, cycles.won, macros.z()) * cycles.won)::bigint)]
        end::double as median_low,
    case when cycles.won >= 6
        then cycles.days[least(cycles.won, ceil(macros.wilson_high(cycles.won / 2, cycles.won, macros.z()) * cycles.won)::bigint + 1)]
        end::double as median_high,
    counted.owners,
    counted.effective_deals
from counted
left join cycles on cycles.by_value = counted.by_value
order by counted.deals desc, counted.by_value;
