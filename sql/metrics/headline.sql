-- The headline figures of both groups side by side, at equal deal age. One row per figure:
--   figure: win_rate (share, 0 to 1), sales_cycle (median days to win), average_won_deal (amount), sales_velocity (amount per deal-day)
--   customer_value, customer_low, customer_high, customer_count, customer_deals: value, 95% interval, deals behind the numerator, deals compared
--   seller_value, seller_low, seller_high, seller_count, seller_deals: the same of seller-focused deals
--   difference, low, high: customer_value - seller_value with its 95% interval: of the win rate that of step 4 of the evidence ladder,
--              which knows that the same owners stand behind both groups; of the others from the intervals of both (MOVER)
-- Average won deal is won amount / won deals with an amount; velocity is won amount / days that all deals were open after the landmark,
-- up to the horizon. Both are ratios of sums over deals in the organisation's currency, linearised by owner, t at owners - 1; their
-- intervals are null with fewer than 6 owners. The groups are not made alike.
-- Source: Cochran (1977), Sampling Techniques, 3rd ed., 6.4 and 9.3; macros.mover_low.
create or replace macro metrics.headline(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with amounts as (
    select
        focus,
        coalesce(landmark_owner, '(none)') as owner,
        sum(case when is_won_by_horizon then amount end)::double as won_amount,
        count(case when is_won_by_horizon then amount end) as won_with_amount,
        sum(days_open)::double as days_open,
        count(*) as deals
    from metrics.tagged_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where part = 'compared'
    group by focus, landmark_owner
),

parts as (
    select 'average_won_deal' as figure, focus, owner, coalesce(won_amount, 0) as numerator, won_with_amount::double as denominator, won_with_amount, deals
    from amounts
    union all
    select 'sales_velocity' as figure, focus, owner, coalesce(won_amount, 0), days_open, won_with_amount, deals
    from amounts
),

ratios as (
    select
        figure,
        focus,
        sum(numerator order by owner) / nullif(sum(denominator), 0) as ratio,
        sum(denominator) as denominator,
        count(*) as owners,
        sum(won_with_amount)::bigint as won_with_amount,
        sum(deals)::bigint as deals
    from parts
    group by figure, focus
),

spreads as (
    select
        ratios.figure,
        ratios.focus,
        any_value(ratios.ratio) as ratio,
        any_value(ratios.won_with_amount) as won_with_amount,
        any_value(ratios.deals) as deals,
        case when any_value(ratios.owners) >= 6 then
            macros.t_quantile(any_value(ratios.owners) - 1)
            * sqrt(any_value(ratios.owners) / (any_value(ratios.owners) - 1) * sum(pow(parts.numerator - ratios.ratio * parts.denominator, 2) order by parts.owner))
            / any_value(ratios.denominator)
        end as half_width
    from ratios
    join parts on parts.figure = ratios.figure and parts.focus = ratios.focus
    group by ratios.figure, ratios.focus
),

figures as (
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
    select figure, focus, ratio, greatest(0, ratio - half_width), ratio + half_width, won_with_amount, deals
    from spreads
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
    case when names.figure = 'win_rate' then step.low
        else macros.mover_low(customer.figure_value, customer.low, seller.figure_value, seller.high) end as low,
    case when names.figure = 'win_rate' then step.high
        else macros.mover_high(customer.figure_value, customer.high, seller.figure_value, seller.low) end as high
from names
left join figures as customer on customer.figure = names.figure and customer.focus = 'customer-focused'
left join figures as seller on seller.figure = names.figure and seller.focus = 'seller-focused'
left join metrics.evidence_ladder(
    landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
) as step on step.step = 4
order by names.position;
