-- Whether the win rate rises with the number of questions that stood answered at the landmark. One row:
--   deals, owners: deals compared whose answers are all known, and their owners
--   slope: rise of the win rate per answer more, by least squares; null where all deals have as many answers
--   low, high, standard_error: 95% interval, clustered by owner, t at owners - 1; null with fewer than 5 owners
--   chi_squared, z, p: Cochran-Armitage test of the trend, and its two-sided p-value, which takes deals as independent; null where all
--              or no deals are won
-- Not for a cause: stage, segment and owner may drive both. Nor for a rise that is not straight: see the rates in
-- metrics.win_rate_by_answers.
-- Source: Armitage (1955), Biometrics 11, 375-386; macros.slope_standard_error.
create or replace macro metrics.answers_trend(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with by_owner as (
    select
        coalesce(landmark_owner, '(none)') as owner,
        count(*)::double as n,
        sum(answers_known)::double as x,
        count(*) filter (where is_won_by_horizon)::double as y,
        sum(answers_known * answers_known)::double as xx,
        coalesce(sum(answers_known) filter (where is_won_by_horizon), 0)::double as xy
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where answers_unknown = 0
    group by all
),

sums as (
    select
        coalesce(sum(n), 0) as n,
        count(*) as owners,
        sum(x) / sum(n) as x_mean,
        sum(y) / sum(n) as y_mean,
        macros.centred(sum(xx), sum(x), sum(x), sum(n))::double as xx,
        macros.centred(sum(xy), sum(x), sum(y), sum(n))::double as xy,
        list({n: n, x: x, y: y, xx: xx, xy: xy} order by owner) as clusters
    from by_owner
),

fitted as (
    select *, case when xx > 1e-9 then xy / xx end as slope, xx * y_mean * (1 - y_mean) as score_variance
    from sums
),

tested as (
    select
        *,
        case when owners >= 5 then macros.slope_standard_error(clusters, x_mean, y_mean, slope) end as standard_error,
        case when score_variance > 1e-9 then xy / sqrt(score_variance) end as z
    from fitted
)

select
    n::bigint as deals,
    owners,
    slope,
    slope - macros.t_quantile(owners - 1) * standard_error as low,
    slope + macros.t_quantile(owners - 1) * standard_error as high,
    standard_error,
    z * z as chi_squared,
    z,
    macros.normal_p(z) as p
from tested;
