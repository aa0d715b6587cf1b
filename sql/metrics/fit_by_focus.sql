-- Win rate of customer-focused and seller-focused deals by how the prospect fits the ideal customer profile. One row per fit and focus,
-- all six whether they occur or not:
--   icp_fit: fits, does not fit, unknown
--   focus: customer-focused or seller-focused
--   won, deals, win_rate, low, high, owners, effective_deals, counted_by, won_amount, amount: as in metrics.win_rate; null or 0 without
--              deals
--   share_of_deals: deals of this row, of the deals compared; null without any
-- Not for effects: deals are alike in nothing but fit.
-- Source: metrics.win_rate.
create or replace macro metrics.fit_by_focus(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with fits(fit_order, icp_fit) as (
    values (1, 'fits'), (2, 'does not fit'), (3, 'unknown')
),

groups(focus) as (
    values ('customer-focused'), ('seller-focused')
)

select
    fits.icp_fit,
    groups.focus,
    coalesce(rates.won, 0) as won,
    coalesce(rates.deals, 0) as deals,
    rates.win_rate,
    rates.low,
    rates.high,
    coalesce(rates.owners, 0) as owners,
    rates.effective_deals,
    coalesce(rates.deals, 0) / nullif(sum(rates.deals) over (), 0) as share_of_deals,
    macros.definition(scope, 'count_by', 'deals') as counted_by,
    rates.won_amount,
    rates.amount
from fits
cross join groups
left join metrics.win_rate(
    dimension := 'icp_fit', landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
) as rates on rates.by_value = fits.icp_fit and rates.focus = groups.focus
order by fits.fit_order, groups.focus;
