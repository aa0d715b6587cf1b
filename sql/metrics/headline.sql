-- The headline figures of both groups side by side, at equal deal age. One row per figure:
--   figure: win_rate (share, 0 to 1), sales_cycle (median days to win), average_won_deal (amount), sales_velocity (amount per deal-day)
--   customer_value, customer_low, customer_high, customer_count, customer_deals: value, 95% interval, deals behind the numerator, deals
--              compared; the value is null without any, the interval below 6 owners for money and 6 wins for the cycle
--   seller_value, seller_low, seller_high, seller_count, seller_deals: the same of seller-focused deals
--   difference, low, high: customer_value - seller_value with its 95% interval: of the win rate by deals that of step 4 of the evidence
--              ladder, which knows that the same owners stand behind both groups; of the others from the intervals of both (MOVER)
--   counted_by: of the win rate, deals or value, as the scope asks; null for the other figures
-- Of the figures in money, deals are those in the organisation's currency or one with a rate. Average won deal is won amount / won deals with an amount;
-- velocity is won amount / days that all deals were open after the landmark, up to the horizon: see metrics.value_weighted.
-- Not for effects: the groups are not made alike.
-- Source: metrics.win_rate, metrics.sales_cycle, metrics.value_weighted; macros.mover_low.
create or replace macro metrics.headline(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with figures as (
    select 'win_rate' as figure, focus, win_rate as figure_value, low, high, won as behind, deals
    from metrics.win_rate(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    union all
    select 'sales_cycle' as figure, focus, median_days, low, high, won, deals
    from metrics.sales_cycle(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    union all
    select figure, focus, figure_value, low, high, won_with_amount, deals
    from metrics.won_amounts(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

names(position, figure) as (
    values (1, 'win_rate'), (2, 'sales_cycle'), (3, 'average_won_deal'), (4, 'sales_velocity')
)

select
    names.figure,
    customer.figure_value as customer_value,
    customer.low as customer_low,
    customer.high as customer_high,
    coalesce(customer.behind, 0) as customer_count,
    coalesce(customer.deals, 0) as customer_deals,
    seller.figure_value as seller_value,
    seller.low as seller_low,
    seller.high as seller_high,
    coalesce(seller.behind, 0) as seller_count,
    coalesce(seller.deals, 0) as seller_deals,
    customer.figure_value - seller.figure_value as difference,
    case when names.figure = 'win_rate' and figures_by.counted_by = 'deals' then step.low
        else macros.mover_low(customer.figure_value, customer.low, seller.figure_value, seller.high) end as low,
    case when names.figure = 'win_rate' and figures_by.counted_by = 'deals' then step.high
        else macros.mover_high(customer.figure_value, customer.high, seller.figure_value, seller.low) end as high,
    case when names.figure = 'win_rate' then figures_by.counted_by end as counted_by
from names
cross join (select macros.definition(scope, 'count_by', 'deals') as counted_by) as figures_by
left join figures as customer on customer.figure = names.figure and customer.focus = 'customer-focused'
left join figures as seller on seller.figure = names.figure and seller.focus = 'seller-focused'
left join metrics.evidence_ladder(
    landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
) as step on step.step = 4
order by names.position;
