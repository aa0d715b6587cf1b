-- Win rate of customer-focused and seller-focused deals: won by the horizon, of the deals that were open at the landmark and are old
-- enough to tell. Where the scope has count_by value, deals weigh as much as their amount. One row per value of the dimension and focus:
--   by_value: value of the dimension; 'all' without one
--   focus: customer-focused or seller-focused
--   won, deals: deals won, and all of them; numerator and denominator when counted by deals
--   win_rate: won / deals, or by value won_amount / amount; between 0 and 1
--   low, high: 95% Wilson interval at the effective number of deals, clustered by owner; plain with fewer than 6 owners
--   owners, effective_deals: owners, and what the deals are worth for the interval
--   counted_by: deals or value, as the scope asks
--   won_amount, amount: numerator and denominator by value, as in metrics.win_rate_by_value, whose deals all have one; null by deals
-- dimension: all, segment, deal_type, lead_source, owner, team, pipeline, icp_fit, amount_band, currency, created_year or created_quarter,
-- which is fiscal. Not for effects: groups are not made alike, and a gap between them is a description. Deals younger than landmark_day +
-- horizon_days have no part in it.
-- Source: metrics.win_rate_by_deals; by value metrics.win_rate_by_value.
create or replace macro metrics.win_rate(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
select *, 'deals' as counted_by, null::double as won_amount, null::double as amount
from metrics.win_rate_by_deals(
    dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
)
where macros.definition(scope, 'count_by', 'deals') = 'deals'
union all
select by_value, focus, won, deals, win_rate, low, high, owners, effective_deals, 'value', won_amount, amount
from metrics.win_rate_by_value(
    dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
)
where macros.definition(scope, 'count_by', 'deals') = 'value'
order by by_value, focus;
