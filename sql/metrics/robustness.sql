-- How much the like-for-like difference in win rate can bear. One row:
--   difference, low, high, standard_error, margin, deals: as in metrics.verdict; all else is null where the difference is
--   observed_ratio, observed_low, observed_high: win rate of customer-focused over that of seller-focused deals, as observed at equal age,
--              with its 95% interval from those of metrics.win_rate by deals (MOVER); the ratio is null where what divides is
--              0, the limits where either rate is
--   risk_ratio, ratio_low, ratio_high: (seller_rate + difference) / seller_rate, and the same of its limits; seller_rate is the win rate of
--              all seller-focused deals compared. Null where that is 0, or a limit would be no rate
--   e_value: how many times as likely something that is not recorded would have to make both the answers and the win, to explain the
--              difference away; e_value_of_limit: to move its interval to 0; 1 where it is there
--   equivalence_p: p-value of the two being further apart than the margin; small where they are as good as equal
--   always_valid_low, always_valid_high: 95% interval that holds however often it is looked at; null without standard_error
--   tightest_at: deals at which that interval is narrowest; to be chosen before looking
-- Not for telling whether there is an effect, which metrics.verdict does, but how far to trust it.
-- Source: macros.mover_ratio_low, macros.e_value, macros.e_value_of_limits, macros.equivalence_p, macros.always_valid_half_width.
create or replace macro metrics.robustness(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), strata := null,
    tightest_at := 1000
) as table
with verdicts as (
    select *, seller_won / nullif(seller_deals, 0) as seller_rate
    from metrics.verdict(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, strata := strata
    )
    where measure = 'win_rate'
),

observed as (
    select
        any_value(win_rate) filter (where focus = 'customer-focused') as rate,
        any_value(low) filter (where focus = 'customer-focused') as rate_low,
        any_value(high) filter (where focus = 'customer-focused') as rate_high,
        any_value(win_rate) filter (where focus = 'seller-focused') as other_rate,
        any_value(low) filter (where focus = 'seller-focused') as other_low,
        any_value(high) filter (where focus = 'seller-focused') as other_high
    from metrics.win_rate(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := macros.by_count(scope)
    )
),

ratios as (
    select
        *,
        rate / nullif(other_rate, 0) as observed_ratio,
        case when rate > 0 and other_rate > 0 then macros.mover_ratio_low(rate, rate_low, other_rate, other_high) end as observed_low,
        case when rate > 0 and other_rate > 0 then macros.mover_ratio_high(rate, rate_high, other_rate, other_low) end as observed_high,
        case when seller_rate + difference > 0 then (seller_rate + difference) / nullif(seller_rate, 0) end as risk_ratio,
        case when seller_rate + low > 0 then (seller_rate + low) / nullif(seller_rate, 0) end as ratio_low,
        case when seller_rate + high > 0 then (seller_rate + high) / nullif(seller_rate, 0) end as ratio_high
    from verdicts
    cross join observed
)

select
    difference,
    low,
    high,
    standard_error,
    margin,
    deals,
    observed_ratio,
    observed_low,
    observed_high,
    risk_ratio,
    ratio_low,
    ratio_high,
    macros.e_value(risk_ratio) as e_value,
    macros.e_value_of_limits(ratio_low, ratio_high) as e_value_of_limit,
    macros.equivalence_p(difference, standard_error, margin) as equivalence_p,
    difference - macros.always_valid_half_width(standard_error, deals, tightest_at) as always_valid_low,
    difference + macros.always_valid_half_width(standard_error, deals, tightest_at) as always_valid_high,
    tightest_at as tightest_at
from ratios;
