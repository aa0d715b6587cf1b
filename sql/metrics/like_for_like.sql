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
-- neutral and buyer minus neutral use deals whose neutral tag is known, and are empty without neutral fields. Not for proof: what is not
-- recorded may explain it.
-- Source: Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748; Greenland and Robins (1985), Biometrics 41, 55-68; MacKinnon,
-- Nielsen and Webb (2023), J. Appl. Econom. 38, 671-694 (CV3); negative controls: Lipsitch, Tchetgen and Cohen (2010), Epidemiology 21,
-- 383-388.
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

-- What deals of a level share, one flag for each factor; looked up once for a level, not for each row.
flags as (
    select
        level,
        list_contains(factors, 'stage') as has_stage,
        list_contains(factors, 'owner') as has_owner,
        list_contains(factors, 'team') as has_team,
        list_contains(factors, 'icp_fit') as has_icp_fit,
        list_contains(factors, 'segment') as has_segment,
        list_contains(factors, 'amount_band') as has_amount_band,
        list_contains(factors, 'deal_type') as has_deal_type,
        list_contains(factors, 'lead_source') as has_lead_source,
        list_contains(factors, 'pipeline') as has_pipeline
    from levels
    -- Names a stratum that nobody knows, as it does elsewhere.
    where macros.stratum_of(factors, '', '', '', '', '', '', '', '', '') is not null
),

keyed as (
    select
        flags.level,
        cells.by_value,
        cells.owner,
        cells.is_customer,
        cells.is_tidy,
        cells.deals,
        cells.won,
        cells.days_open,
        -- Equal values, equal numbers, which take less room; that two of a million strata collide has a chance of 1 in 10 million.
        hash(
            case when flags.has_stage then cells.stage end,
            case when flags.has_owner then cells.owner end,
            case when flags.has_team then cells.team end,
            case when flags.has_icp_fit then cells.icp_fit end,
            case when flags.has_segment then cells.segment end,
            case when flags.has_amount_band then cells.amount_band end,
            case when flags.has_deal_type then cells.deal_type end,
            case when flags.has_lead_source then cells.lead_source end,
            case when flags.has_pipeline then cells.pipeline end
        ) as stratum
    from cells
    cross join flags
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

-- The same sums of each whole stratum.
strata_sums as (
    select
        comparison,
        by_value,
        measure,
        stratum,
        sum(n) as n,
        sum(a) as a,
        sum(y) as y,
        sum(ay) as ay,
        sum(k_n) as k_n,
        sum(k_a) as k_a,
        sum(k_b) as k_b,
        sum(k_ab) as k_ab,
        sum(k_y) as k_y,
        sum(k_ay) as k_ay,
        sum(k_by) as k_by
    from sums
    group by comparison, by_value, measure, stratum
),

-- Cross products about the stratum's means.
products as (
    select
        *,
        macros.centred(a, a, a, n) as c_aa,
        macros.centred(ay, a, y, n) as c_ay,
        macros.centred(k_a, k_a, k_a, k_n) as c_k_aa,
        macros.centred(k_ab, k_a, k_b, k_n) as c_k_ab,
        macros.centred(k_b, k_b, k_b, k_n) as c_k_bb,
        macros.centred(k_ay, k_a, k_y, k_n) as c_k_ay,
        macros.centred(k_by, k_b, k_y, k_n) as c_k_by
    from strata_sums
),

totals as (
    select
        comparison,
        by_value,
        measure,
        sum(n) as n,
        coalesce(sum(n) filter (where a * (n - a) > 0), 0) as n_shared,
        sum(k_n) as k_n,
        coalesce(sum(k_n) filter (where k_a * (k_n - k_a) > 0), 0) as k_n_shared,
        coalesce(sum(k_n) filter (where k_b * (k_n - k_b) > 0), 0) as k_n_tidiness_shared,
        sum(c_aa) as aa,
        sum(c_ay) as ay,
        sum(c_k_aa) as k_aa,
        sum(c_k_ab) as k_ab,
        sum(c_k_bb) as k_bb,
        sum(c_k_ay) as k_ay,
        sum(c_k_by) as k_by
    from products
    group by comparison, by_value, measure
),

-- The totals without one owner: in that owner's strata, what is left of the sums.
without_owner as (
    select
        own.comparison,
        own.by_value,
        own.measure,
        own.owner,
        any_value(totals.aa) - sum(whole.c_aa - macros.centred(whole.a - own.a, whole.a - own.a, whole.a - own.a, whole.n - own.n)) as aa,
        any_value(totals.ay) - sum(whole.c_ay - macros.centred(whole.ay - own.ay, whole.a - own.a, whole.y - own.y, whole.n - own.n)) as ay,
        any_value(totals.k_aa) - sum(whole.c_k_aa - macros.centred(whole.k_a - own.k_a, whole.k_a - own.k_a, whole.k_a - own.k_a, whole.k_n - own.k_n)) as k_aa,
        any_value(totals.k_ab) - sum(whole.c_k_ab - macros.centred(whole.k_ab - own.k_ab, whole.k_a - own.k_a, whole.k_b - own.k_b, whole.k_n - own.k_n)) as k_ab,
        any_value(totals.k_bb) - sum(whole.c_k_bb - macros.centred(whole.k_b - own.k_b, whole.k_b - own.k_b, whole.k_b - own.k_b, whole.k_n - own.k_n)) as k_bb,
        any_value(totals.k_ay) - sum(whole.c_k_ay - macros.centred(whole.k_ay - own.k_ay, whole.k_a - own.k_a, whole.k_y - own.k_y, whole.k_n - own.k_n)) as k_ay,
        any_value(totals.k_by) - sum(whole.c_k_by - macros.centred(whole.k_by - own.k_by, whole.k_b - own.k_b, whole.k_y - own.k_y, whole.k_n - own.k_n)) as k_by
    from sums as own
    join products as whole
        on whole.comparison = own.comparison and whole.by_value = own.by_value and whole.measure = own.measure and whole.stratum = own.stratum
    join totals on totals.comparison = own.comparison and totals.by_value = own.by_value and totals.measure = own.measure
    group by own.comparison, own.by_value, own.measure, own.owner
),

estimates as (
    select comparison, by_value, measure, null as owner, unnest(
        macros.contrasts(aa::double, ay::double, k_aa::double, k_ab::double, k_bb::double, k_ay::double, k_by::double), recursive := true
    )
    from totals
    union all
    select comparison, by_value, measure, owner, unnest(
        macros.contrasts(aa::double, ay::double, k_aa::double, k_ab::double, k_bb::double, k_ay::double, k_by::double), recursive := true
    )
    from without_owner
),

spreads as (
    select
        whole.comparison,
        whole.by_value,
        whole.measure,
        whole.contrast,
        any_value(whole.difference) as difference,
        count(*) as owners,
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
    select comparison, by_value, measure, 'buyer' as contrast, n as deals, n_shared as deals_compared from totals
    union all
    select comparison, by_value, measure, 'neutral', k_n, k_n_tidiness_shared from totals
    union all
    select comparison, by_value, measure, 'buyer minus neutral', k_n, k_n_shared from totals
)

select
    spreads.by_value,
    spreads.comparison,
    spreads.measure,
    spreads.contrast,
    spreads.difference,
    spreads.difference - macros.t_quantile(spreads.owners - 1) * spreads.standard_error as low,
    spreads.difference + macros.t_quantile(spreads.owners - 1) * spreads.standard_error as high,
    spreads.standard_error,
    spreads.owners,
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
