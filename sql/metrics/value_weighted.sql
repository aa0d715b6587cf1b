-- Figures in money of both groups at equal deal age. One row per figure and focus:
--   figure: value_weighted_win_rate: amount won / amount of all deals, amounts as of amount_from, 0 to 1; metrics.win_rate_by_value
--           average_won_deal: amount won / won deals with an amount, amounts on the export date
--           sales_velocity: amount won on the export date / days that all deals were open after the landmark, up to the horizon
--   focus: customer-focused or seller-focused
--   figure_value: the ratio; null where there is nothing to divide by
--   low, high: 95% interval, clustered by owner. Of the win rate Wilson's at effective_deals, which with fewer than 6 owners takes deals as
--              independent; of the others linearised, t at owners - 1, null with fewer than 6 owners
--   won_with_amount, deals, owners: deals won by the horizon with an amount, deals that the figure uses, and their owners
--   effective_deals: how many deals of equal size these are worth, macros.weighted_effective_number; of the win rate only
--   largest_share: share of the three largest deals in the amounts: of all deals for the win rate, of won ones for the others
--   amount_from: of the win rate the landmark, or the export date where the history tells no amounts, so that winning may have moved them
-- Deals in the organisation's currency only; the win rate leaves out deals without an amount above 0. Not for effects: the
-- groups are not made alike, and a few large deals may decide (largest_share).
-- Source: ratios of sums, Cochran (1977), Sampling Techniques, 3rd ed., 6.4 and 9.3; metrics.win_rate_by_value.
create or replace macro metrics.value_weighted(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with by_owner as (
    select
        focus,
        coalesce(landmark_owner, '(none)') as owner,
        count(*) as deals,
        count(amount) filter (where is_won_by_horizon) as won_with_amount,
        coalesce(sum(amount) filter (where is_won_by_horizon), 0)::double as won_amount,
        sum(days_open)::double as days_open,
        max(amount, 3) filter (where is_won_by_horizon) as largest_amounts
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where is_own_currency
    group by all
),

-- What both ratios divide: the amount won, by the won deals or by all days.
observations as (
    select
        by_owner.*,
        unnest(
            [
                {figure: 'average_won_deal', denominator: won_with_amount::double},
                {figure: 'sales_velocity', denominator: days_open}
            ],
            recursive := true
        )
    from by_owner
),

ratios as (
    select
        figure,
        focus,
        sum(won_amount order by owner) / nullif(sum(denominator order by owner), 0) as ratio,
        sum(denominator order by owner) as denominator,
        count(*) as owners,
        sum(won_with_amount)::bigint as won_with_amount,
        sum(deals)::bigint as deals,
        list_sum(list_reverse_sort(flatten(list(largest_amounts)))[1:3])::double / nullif(sum(won_amount order by owner), 0) as largest_share
    from observations
    group by figure, focus
),

spreads as (
    select
        observations.figure,
        observations.focus,
        sqrt(
            count(*) / nullif(count(*) - 1, 0)
            * sum(pow(observations.won_amount - ratios.ratio * observations.denominator, 2) order by observations.owner)
        ) as spread
    from observations
    join ratios on ratios.figure = observations.figure and ratios.focus = observations.focus
    group by observations.figure, observations.focus
),

measured as (
    select
        ratios.*,
        case when ratios.owners >= 6 then macros.t_quantile(ratios.owners - 1) * spreads.spread / ratios.denominator end as half_width
    from ratios
    join spreads on spreads.figure = ratios.figure and spreads.focus = ratios.focus
),

figures as (
    select
        'value_weighted_win_rate' as figure,
        focus,
        win_rate as figure_value,
        low,
        high,
        won as won_with_amount,
        deals,
        owners,
        effective_deals,
        largest_share,
        amount_from
    from metrics.win_rate_by_value(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    union all
    select
        figure,
        focus::varchar,
        ratio,
        case when ratio < half_width then 0 else ratio - half_width end,
        ratio + half_width,
        won_with_amount,
        deals,
        owners,
        null,
        largest_share,
        'the export date'
    from measured
)

from figures
order by figure = 'value_weighted_win_rate' desc, figure, focus;
