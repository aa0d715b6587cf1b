-- Like-for-like differences: customer-focused deals against deals that are alike in stage, owner, fit and so on as of the landmark.
-- One row per value of the dimension, comparison, measure and contrast:
--   by_value: as in metrics.landmark_cells; of the dimension question the two groups are answered and not answered
--   comparison: as observed, or like for like
--   measure: win_rate (won by the horizon, 0 to 1) or days_open (days open after the landmark, up to the horizon)
--   contrast: buyer: customer-focused less seller-focused; neutral: the same of an equal tag made of the neutral fields; buyer minus
--              neutral: what buyer fields go with beyond neutral ones, from one model that holds both tags
--   difference: the Mantel-Haenszel difference over strata, which is least squares with an effect for each stratum; null without a
--              stratum that holds both groups
--   low, high: 95% interval, delete-one-owner jackknife (CV3) with t at owners - 1; null with fewer than 5 owners
--   standard_error, owners: of that interval
--   lowest_without_one, highest_without_one: the range of the difference when any one owner is left out
--   deals, deals_compared, share_compared: deals in the comparison, those in strata that hold both groups (of neutral: tidy and untidy
--              deals), and their share
--   strata, strata_asked: what alike deals share here, and what was asked for. Where fewer than 60 in 100 deals have a partner, the last
--              entries are let go until they have, or one is left; macros.strata_levels. Only the tags decide this, never outcomes
-- strata: a list of stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline; else raw.settings.strata. The rows
-- neutral and buyer minus neutral use deals whose neutral tag is known, and are empty without neutral fields. A comparison, not proof:
-- what is not recorded may explain it.
-- Source: Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748; Greenland and Robins (1985), Biometrics 41, 55-68; MacKinnon,
-- Nielsen and Webb (2023), J. Appl. Econom. 38, 671-694 (CV3); negative controls: Lipsitch, Tchetgen and Cohen (2010), Epidemiology 21, 383-388.
create or replace macro metrics.like_for_like(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null, strata := null
) as table
with cells as materialized (
    from metrics.landmark_cells(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, landmark_stage := landmark_stage
    )
),

levels as (
    select asked, 0 as level, []::varchar[] as factors
    from (select coalesce(strata, settings.strata) as asked from raw.settings as settings)
    union all
    select asked, generate_subscripts(macros.strata_levels(asked), 1), unnest(macros.strata_levels(asked))
    from (select coalesce(strata, settings.strata) as asked from raw.settings as settings)
),

keyed as (
    select
        levels.level,
        cells.*,
        macros.stratum_of(
            levels.factors, cells.stage, cells.owner, cells.team, cells.icp_fit, cells.segment, cells.amount_band, cells.deal_type,
            cells.lead_source, cells.pipeline
        ) as stratum
    from cells
    cross join levels
),

partners as (
    select level, sum(deals) filter (where is_shared) / sum(deals) as share_compared
    from (
        select level, sum(deals) as deals, bool_or(is_customer) and not bool_and(is_customer) as is_shared
        from keyed
        where level > 0
        group by level, by_value, stratum
    )
    group by level
),

chosen as (
    select
        levels.*,
        case when level = 0 then 'as observed' else 'like for like' end as comparison
    from levels
    where level in (0, (select coalesce(min(level) filter (where share_compared >= 0.6), max(level)) from partners))
),

-- Sums over the deals of one owner in one stratum: n deals, a customer-focused, b tidy, y the outcome; k_ where tidiness is known.
sums as (
    select
        chosen.comparison,
        by_value,
        stratum,
        owner,
        sum(deals)::double as n,
        coalesce(sum(deals) filter (where is_customer), 0)::double as a,
        coalesce(sum(deals) filter (where is_tidy is not null), 0)::double as k_n,
        coalesce(sum(deals) filter (where is_tidy is not null and is_customer), 0)::double as k_a,
        coalesce(sum(deals) filter (where is_tidy), 0)::double as k_b,
        coalesce(sum(deals) filter (where is_tidy and is_customer), 0)::double as k_ab,
        unnest(
            [
                {
                    measure: 'win_rate',
                    y: sum(won)::double,
                    ay: coalesce(sum(won) filter (where is_customer), 0)::double,
                    k_y: coalesce(sum(won) filter (where is_tidy is not null), 0)::double,
                    k_ay: coalesce(sum(won) filter (where is_tidy is not null and is_customer), 0)::double,
                    k_by: coalesce(sum(won) filter (where is_tidy), 0)::double
                },
                {
                    measure: 'days_open',
                    y: sum(days_open)::double,
                    ay: coalesce(sum(days_open) filter (where is_customer), 0)::double,
                    k_y: coalesce(sum(days_open) filter (where is_tidy is not null), 0)::double,
                    k_ay: coalesce(sum(days_open) filter (where is_tidy is not null and is_customer), 0)::double,
                    k_by: coalesce(sum(days_open) filter (where is_tidy), 0)::double
                }
            ],
            recursive := true
        )
    from keyed
    join chosen on chosen.level = keyed.level
    group by chosen.comparison, by_value, stratum, owner
),

-- The same sums of the whole stratum, and of what is left of it without the owner.
strata_sums as (
    select
        *,
        sum(n) over stratum_rows as s_n,
        sum(a) over stratum_rows as s_a,
        sum(y) over stratum_rows as s_y,
        sum(ay) over stratum_rows as s_ay,
        sum(k_n) over stratum_rows as s_k_n,
        sum(k_a) over stratum_rows as s_k_a,
        sum(k_b) over stratum_rows as s_k_b,
        sum(k_ab) over stratum_rows as s_k_ab,
        sum(k_y) over stratum_rows as s_k_y,
        sum(k_ay) over stratum_rows as s_k_ay,
        sum(k_by) over stratum_rows as s_k_by,
        row_number() over (partition by comparison, by_value, measure, stratum order by owner) = 1 as is_first
    from sums
    window stratum_rows as (partition by comparison, by_value, measure, stratum)
),

-- Cross products about the stratum's means: of the whole stratum, and of it without the owner.
products as (
    select
        comparison,
        by_value,
        measure,
        stratum,
        owner,
        is_first,
        s_n,
        s_k_n,
        s_a * (s_n - s_a) > 0 as is_shared,
        s_k_a * (s_k_n - s_k_a) > 0 as is_shared_where_known,
        s_k_b * (s_k_n - s_k_b) > 0 as is_tidiness_shared,
        macros.centred(s_a, s_a, s_a, s_n) as aa,
        macros.centred(s_ay, s_a, s_y, s_n) as ay,
        macros.centred(s_k_a, s_k_a, s_k_a, s_k_n) as k_aa,
        macros.centred(s_k_ab, s_k_a, s_k_b, s_k_n) as k_ab,
        macros.centred(s_k_b, s_k_b, s_k_b, s_k_n) as k_bb,
        macros.centred(s_k_ay, s_k_a, s_k_y, s_k_n) as k_ay,
        macros.centred(s_k_by, s_k_b, s_k_y, s_k_n) as k_by,
        macros.centred(s_a - a, s_a - a, s_a - a, s_n - n) as left_aa,
        macros.centred(s_ay - ay, s_a - a, s_y - y, s_n - n) as left_ay,
        macros.centred(s_k_a - k_a, s_k_a - k_a, s_k_a - k_a, s_k_n - k_n) as left_k_aa,
        macros.centred(s_k_ab - k_ab, s_k_a - k_a, s_k_b - k_b, s_k_n - k_n) as left_k_ab,
        macros.centred(s_k_b - k_b, s_k_b - k_b, s_k_b - k_b, s_k_n - k_n) as left_k_bb,
        macros.centred(s_k_ay - k_ay, s_k_a - k_a, s_k_y - k_y, s_k_n - k_n) as left_k_ay,
        macros.centred(s_k_by - k_by, s_k_b - k_b, s_k_y - k_y, s_k_n - k_n) as left_k_by
    from strata_sums
),

-- Sums of fractions are taken in a fixed order, so that one load gives one number to the last digit.
totals as (
    select
        comparison,
        by_value,
        measure,
        count(distinct owner) as owners,
        sum(s_n) filter (where is_first) as n,
        coalesce(sum(s_n) filter (where is_first and is_shared), 0) as n_shared,
        sum(s_k_n) filter (where is_first) as k_n,
        coalesce(sum(s_k_n) filter (where is_first and is_shared_where_known), 0) as k_n_shared,
        coalesce(sum(s_k_n) filter (where is_first and is_tidiness_shared), 0) as k_n_tidiness_shared,
        sum(aa order by stratum) filter (where is_first) as aa,
        sum(ay order by stratum) filter (where is_first) as ay,
        sum(k_aa order by stratum) filter (where is_first) as k_aa,
        sum(k_ab order by stratum) filter (where is_first) as k_ab,
        sum(k_bb order by stratum) filter (where is_first) as k_bb,
        sum(k_ay order by stratum) filter (where is_first) as k_ay,
        sum(k_by order by stratum) filter (where is_first) as k_by
    from products
    group by comparison, by_value, measure
),

without_owner as (
    select
        products.comparison,
        products.by_value,
        products.measure,
        products.owner,
        any_value(totals.aa) - sum(products.aa - left_aa order by stratum) as aa,
        any_value(totals.ay) - sum(products.ay - left_ay order by stratum) as ay,
        any_value(totals.k_aa) - sum(products.k_aa - left_k_aa order by stratum) as k_aa,
        any_value(totals.k_ab) - sum(products.k_ab - left_k_ab order by stratum) as k_ab,
        any_value(totals.k_bb) - sum(products.k_bb - left_k_bb order by stratum) as k_bb,
        any_value(totals.k_ay) - sum(products.k_ay - left_k_ay order by stratum) as k_ay,
        any_value(totals.k_by) - sum(products.k_by - left_k_by order by stratum) as k_by
    from products
    join totals
        on totals.comparison = products.comparison and totals.by_value = products.by_value and totals.measure = products.measure
    group by products.comparison, products.by_value, products.measure, products.owner
),

estimates as (
    select comparison, by_value, measure, null as owner, unnest(macros.contrasts(aa, ay, k_aa, k_ab, k_bb, k_ay, k_by), recursive := true)
    from totals
    union all
    select comparison, by_value, measure, owner, unnest(macros.contrasts(aa, ay, k_aa, k_ab, k_bb, k_ay, k_by), recursive := true)
    from without_owner
),

spreads as (
    select
        whole.comparison,
        whole.by_value,
        whole.measure,
        whole.contrast,
        any_value(whole.difference) as difference,
        case when count(*) >= 5 then sqrt((count(*) - 1) / count(*) * sum(pow(each.difference - whole.difference, 2) order by each.owner)) end as standard_error,
        min(each.difference) as lowest_without_one,
        max(each.difference) as highest_without_one
    from estimates as whole
    join estimates as each
        on each.comparison = whole.comparison and each.by_value = whole.by_value and each.measure = whole.measure
        and each.contrast = whole.contrast and each.owner is not null
    where whole.owner is null
    group by whole.comparison, whole.by_value, whole.measure, whole.contrast
),

counts as (
    select comparison, by_value, measure, 'buyer' as contrast, owners, n as deals, n_shared as deals_compared from totals
    union all
    select comparison, by_value, measure, 'neutral', owners, k_n, k_n_tidiness_shared from totals
    union all
    select comparison, by_value, measure, 'buyer minus neutral', owners, k_n, k_n_shared from totals
)

select
    spreads.by_value,
    spreads.comparison,
    spreads.measure,
    spreads.contrast,
    spreads.difference,
    spreads.difference - macros.t_quantile(counts.owners - 1) * spreads.standard_error as low,
    spreads.difference + macros.t_quantile(counts.owners - 1) * spreads.standard_error as high,
    spreads.standard_error,
    counts.owners,
    spreads.lowest_without_one,
    spreads.highest_without_one,
    counts.deals::bigint as deals,
    counts.deals_compared::bigint as deals_compared,
    counts.deals_compared / nullif(counts.deals, 0) as share_compared,
    chosen.factors as strata,
    chosen.asked as strata_asked
from spreads
join counts
    on counts.comparison = spreads.comparison and counts.by_value = spreads.by_value and counts.measure = spreads.measure
    and counts.contrast = spreads.contrast
join chosen on chosen.comparison = spreads.comparison
order by spreads.by_value, spreads.comparison, spreads.measure desc, spreads.contrast;
