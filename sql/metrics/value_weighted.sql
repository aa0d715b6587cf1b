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
-- Deals in the organisation's currency, or converted to it, only; the win rate leaves out deals without an amount above 0. Not for effects: the
-- groups are not made alike, and a few large deals may decide (largest_share).
-- Source: ratios of sums, Cochran (1977), Sampling Techniques, 3rd ed., 6.4 and 9.3; metrics.win_rate_by_value.
create or replace macro metrics.value_weighted(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with figures as (
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
    select figure, focus, figure_value, low, high, won_with_amount, deals, owners, null, largest_share, 'the export date'
    from metrics.won_amounts(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
)

select *
from figures
order by figure = 'value_weighted_win_rate' desc, figure, focus;
