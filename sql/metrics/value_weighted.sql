-- Figures in money of both groups at equal deal age. One row per figure and focus:
--   figure: value_weighted_win_rate: amount won / amount of all deals, amounts as of amount_from, 0 to 1
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
-- Source: ratios of sums, Cochran (1977), Sampling Techniques, 3rd ed., 6.4 and 9.3; macros.weighted_effective_number.
create or replace macro metrics.value_weighted(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with compared as (
    select
        deal_key,
        focus,
        coalesce(landmark_owner, '(none)') as owner,
        case when is_won_by_horizon then amount end::double as won_amount,
        days_open::double as days_open,
        is_won_by_horizon,
        case when (select count(*) from marts.amount_spells) = 0 then amount else landmark_amount end::double as weight
    from metrics.tagged_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where part = 'compared' and is_own_currency
),

observations as (
    select
        'value_weighted_win_rate' as figure,
        deal_key,
        focus,
        owner,
        case when is_won_by_horizon then weight else 0 end as numerator,
        weight as denominator,
        weight as size,
        is_won_by_horizon as is_won
    from compared
    where weight > 0
    union all
    select
        'average_won_deal', deal_key, focus, owner, coalesce(won_amount, 0), (won_amount is not null)::double, won_amount,
        won_amount is not null
    from compared
    union all
    select 'sales_velocity', deal_key, focus, owner, coalesce(won_amount, 0), days_open, won_amount, won_amount is not null
    from compared
),

ratios as (
    select
        figure,
        focus,
        sum(numerator order by deal_key) / nullif(sum(denominator order by deal_key), 0) as ratio,
        sum(denominator order by deal_key) as denominator,
        count(distinct owner) as owners,
        count(*) filter (where is_won) as won_with_amount,
        count(*) as deals,
        list_sum(max(size, 3)) / nullif(sum(size order by deal_key), 0) as largest_share
    from observations
    group by figure, focus
),

by_cluster as (
    select
        ratios.figure,
        ratios.focus,
        any_value(ratios.ratio) as ratio,
        case when ratios.owners >= 6 then observations.owner else observations.deal_key::varchar end as cluster,
        sum(observations.numerator order by observations.deal_key) as numerator,
        sum(observations.denominator order by observations.deal_key) as denominator,
        sum(observations.size * observations.size order by observations.deal_key) as squares
    from observations
    join ratios on ratios.figure = observations.figure and ratios.focus = observations.focus
    group by all
),

spreads as (
    select
        figure,
        focus,
        sqrt(count(*) / nullif(count(*) - 1, 0) * sum(pow(numerator - ratio * denominator, 2) order by cluster)) as spread,
        macros.weighted_effective_number(
            list(numerator order by cluster), list(denominator order by cluster), list(squares order by cluster)
        ) as effective_number
    from by_cluster
    group by figure, focus
),

measured as (
    select
        ratios.*,
        case when owners >= 6 then macros.t_quantile(owners - 1) * spreads.spread / denominator end as half_width,
        case when ratios.figure = 'value_weighted_win_rate'
            then spreads.effective_number * case when owners >= 6 then pow(macros.z() / macros.t_quantile(owners - 1), 2) else 1 end end
            as effective_deals
    from ratios
    join spreads on spreads.figure = ratios.figure and spreads.focus = ratios.focus
)

select
    figure,
    focus,
    ratio as figure_value,
    case when effective_deals is null then case when ratio < half_width then 0 else ratio - half_width end
        else macros.wilson_low(ratio * effective_deals, effective_deals, macros.z()) end as low,
    case when effective_deals is null then ratio + half_width
        else macros.wilson_high(ratio * effective_deals, effective_deals, macros.z()) end as high,
    won_with_amount,
    deals,
    owners,
    effective_deals,
    largest_share,
    case when figure <> 'value_weighted_win_rate' or (select count(*) from marts.amount_spells) = 0 then 'the export date'
        else 'the landmark' end as amount_from
from measured
order by figure = 'value_weighted_win_rate' desc, figure, focus;
