-- Average won deal and sales velocity, in money. One row per figure and focus: figure, focus, figure_value, low, high, won_with_amount, deals,
-- owners and largest_share of metrics.value_weighted, with units and nulls as there. Not for effects: the groups are not made alike, and a few
-- large deals may decide.
-- Source: ratios of sums, Cochran (1977), Sampling Techniques, 3rd ed., 6.4.
create or replace macro metrics.won_amounts(
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
)

select
    figure,
    focus,
    ratio as figure_value,
    case when ratio < half_width then 0 else ratio - half_width end as low,
    ratio + half_width as high,
    won_with_amount,
    deals,
    owners,
    largest_share
from measured
order by figure, focus;
