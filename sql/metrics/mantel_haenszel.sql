-- Customer-focused against seller-focused deals as odds ratio, risk ratio and risk difference of winning by the horizon: as observed, and
-- in common across the values of a dimension. One row per measure:
--   measure: odds_ratio, risk_ratio or risk_difference
--   observed: of all deals together; null where a rate that divides is 0
--   estimate, low, high: Mantel-Haenszel estimate across the strata with its 95% interval; null where none holds both groups
--   standard_error: of the logarithm for the two ratios, of the difference itself
--   p: two-sided, of estimate against no difference
--   heterogeneity, heterogeneity_df, heterogeneity_p: whether strata differ in it: Breslow-Day for the odds ratio, Cochran's Q for the
--              others, of strata in which it can be told
--   association, association_p: Cochran-Mantel-Haenszel chi-squared without continuity correction, and its p-value; the same in each row
--   strata, strata_used, deals, deals_used: values of the dimension, those that hold both groups, and the deals in them
-- dimension: as in metrics.tagged_deals. Not for the verdict: deals are taken as independent, so intervals are too narrow
-- where owners differ; metrics.like_for_like is the comparison to rely on.
-- Source: Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748; Robins, Breslow and Greenland (1986), Biometrics 42, 311-323;
-- Greenland and Robins (1985), Biometrics 41, 55-68; Sato (1989), Biometrics 45, 1323-1324; Breslow and Day (1980), Statistical Methods in
-- Cancer Research I, 4.4.
create or replace macro metrics.mantel_haenszel(
    dimension := 'segment', landmark_day := null, answers_needed := null, horizon_days := null,
    scope := map([]::varchar[], []::varchar[][])
) as table
-- Of each stratum: x1 of n1 customer-focused and x0 of n0 seller-focused deals won, n together.
with strata as (
    select
        by_value,
        count(*) filter (where focus = 'customer-focused' and is_won_by_horizon)::double as x1,
        count(*) filter (where focus = 'customer-focused')::double as n1,
        count(*) filter (where focus = 'seller-focused' and is_won_by_horizon)::double as x0,
        count(*) filter (where focus = 'seller-focused')::double as n0,
        count(*)::double as n
    from metrics.compared_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    group by by_value
),

whole as (
    select
        count(*) as strata,
        coalesce(sum(n), 0)::bigint as deals,
        sum(x1) / nullif(sum(n1), 0) as p1,
        sum(x0) / nullif(sum(n0), 0) as p0
    from strata
),

-- for_ and against_: the products of agreeing and of crossing cells that each ratio divides.
shared as (
    select
        *,
        x1 * (n0 - x0) / n as for_odds,
        (n1 - x1) * x0 / n as against_odds,
        (x1 + n0 - x0) / n as agreeing,
        (n1 - x1 + x0) / n as crossing,
        x1 * n0 / n as for_risk,
        x0 * n1 / n as against_risk,
        n1 * n0 / n as weight
    from strata
    where n1 > 0 and n0 > 0
),

sums as (
    select
        count(*) as strata_used,
        coalesce(sum(n), 0)::bigint as deals_used,
        sum(for_odds order by by_value) / nullif(sum(against_odds order by by_value), 0) as odds_ratio,
        sqrt(
            sum(agreeing * for_odds order by by_value) / (2 * pow(sum(for_odds order by by_value), 2))
            + sum(agreeing * against_odds + crossing * for_odds order by by_value)
            / (2 * sum(for_odds order by by_value) * sum(against_odds order by by_value))
            + sum(crossing * against_odds order by by_value) / (2 * pow(sum(against_odds order by by_value), 2))
        ) as log_odds_error,
        sum(for_risk order by by_value) / nullif(sum(against_risk order by by_value), 0) as risk_ratio,
        sqrt(
            sum((n1 * n0 * (x1 + x0) / n - x1 * x0) / n order by by_value)
            / (sum(for_risk order by by_value) * sum(against_risk order by by_value))
        ) as log_risk_error,
        sum(for_risk - against_risk order by by_value) / sum(weight order by by_value) as risk_difference,
        sqrt(
            sum(for_risk - against_risk order by by_value) / sum(weight order by by_value)
            * sum((n1 * n1 * x0 - n0 * n0 * x1 + n1 * n0 * (n0 - n1) / 2) / (n * n) order by by_value)
            + sum((x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n) order by by_value)
        ) / sum(weight order by by_value) as difference_error,
        pow(sum(x1 - n1 * (x1 + x0) / n order by by_value), 2)
        / nullif(sum(n1 * n0 * (x1 + x0) * (n - x1 - x0) / (n * n * nullif(n - 1, 0)) order by by_value), 0) as association
    from shared
),

-- The customer-focused wins that each stratum would have at the common odds ratio.
expected as (
    select
        shared.*,
        sums.risk_ratio,
        sums.risk_difference,
        2 * odds_ratio * n1 * (x1 + x0) / (
            n0 - x1 - x0 + odds_ratio * (n1 + x1 + x0)
            + sqrt(pow(n0 - x1 - x0 + odds_ratio * (n1 + x1 + x0), 2) + 4 * (1 - odds_ratio) * odds_ratio * n1 * (x1 + x0))
        ) as x1_expected
    from shared
    cross join sums
    where sums.odds_ratio > 0
),

apart as (
    select
        by_value,
        unnest(
            [
                {
                    measure: 'odds_ratio',
                    distance: case when x1 + x0 > 0 and x1 + x0 < n then
                        pow(x1 - x1_expected, 2)
                        * (1 / x1_expected + 1 / (n1 - x1_expected) + 1 / (x1 + x0 - x1_expected) + 1 / (n0 - x1 - x0 + x1_expected))
                    end
                },
                {
                    measure: 'risk_ratio',
                    distance: case when x1 > 0 and x0 > 0 and x1 + x0 < n then
                        pow(ln(x1 / n1 / (x0 / n0)) - ln(risk_ratio), 2) / (1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)
                    end
                },
                {
                    measure: 'risk_difference',
                    distance: pow(x1 / n1 - x0 / n0 - risk_difference, 2)
                    / nullif(x1 * (n1 - x1) / pow(n1, 3) + x0 * (n0 - x0) / pow(n0, 3), 0)
                }
            ],
            recursive := true
        )
    from expected
),

heterogeneities as (
    select measure, sum(distance order by by_value) as heterogeneity, count(distance) - 1 as heterogeneity_df
    from apart
    group by measure
),

measures as (
    select
        whole.strata,
        whole.deals,
        sums.strata_used,
        sums.deals_used,
        sums.association,
        unnest(
            [
                {
                    measure_order: 1,
                    measure: 'odds_ratio',
                    observed: p1 * (1 - p0) / nullif((1 - p1) * p0, 0),
                    estimate: odds_ratio,
                    standard_error: log_odds_error
                },
                {
                    measure_order: 2,
                    measure: 'risk_ratio',
                    observed: p1 / nullif(p0, 0),
                    estimate: risk_ratio,
                    standard_error: log_risk_error
                },
                {
                    measure_order: 3,
                    measure: 'risk_difference',
                    observed: p1 - p0,
                    estimate: risk_difference,
                    standard_error: difference_error
                }
            ],
            recursive := true
        )
    from whole
    cross join sums
)

select
    measures.measure,
    measures.observed,
    measures.estimate,
    case when measures.measure = 'risk_difference' then measures.estimate - macros.z() * measures.standard_error
        else measures.estimate * exp(-macros.z() * measures.standard_error) end as low,
    case when measures.measure = 'risk_difference' then measures.estimate + macros.z() * measures.standard_error
        else measures.estimate * exp(macros.z() * measures.standard_error) end as high,
    measures.standard_error,
    macros.normal_p(
        case when measures.measure = 'risk_difference' then measures.estimate when measures.estimate > 0 then ln(measures.estimate) end
        / nullif(measures.standard_error, 0)
    ) as p,
    apart.heterogeneity,
    apart.heterogeneity_df,
    macros.chi_squared_p(apart.heterogeneity, apart.heterogeneity_df) as heterogeneity_p,
    measures.association,
    macros.chi_squared_p(measures.association, 1) as association_p,
    measures.strata,
    measures.strata_used,
    measures.deals,
    measures.deals_used
from measures
left join heterogeneities as apart on apart.measure = measures.measure
order by measures.measure_order;
