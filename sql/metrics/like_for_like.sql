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

-- Deals counted by all that any level asks for; levels add these up.
finest as materialized (
    select
        by_value,
        case when asked.has_stage then cells.stage end as stage,
        case when asked.has_owner then cells.owner end as owner,
        case when asked.has_team then cells.team end as team,
        case when asked.has_icp_fit then cells.icp_fit end as icp_fit,
        case when asked.has_segment then cells.segment end as segment,
        case when asked.has_amount_band then cells.amount_band end as amount_band,
        case when asked.has_deal_type then cells.deal_type end as deal_type,
        case when asked.has_lead_source then cells.lead_source end as lead_source,
        case when asked.has_pipeline then cells.pipeline end as pipeline,
        sum(deals) as deals,
        bool_or(is_customer) as has_customer,
        bool_or(not is_customer) as has_seller
    from cells
    cross join (
        select
            bool_or(has_stage) as has_stage,
            bool_or(has_owner) as has_owner,
            bool_or(has_team) as has_team,
            bool_or(has_icp_fit) as has_icp_fit,
            bool_or(has_segment) as has_segment,
            bool_or(has_amount_band) as has_amount_band,
            bool_or(has_deal_type) as has_deal_type,
            bool_or(has_lead_source) as has_lead_source,
            bool_or(has_pipeline) as has_pipeline
        from flags
        where level > 0
    ) as asked
    group by all
),

first_level as (
    select coalesce(sum(deals) filter (where has_both) / sum(deals), 0) as share_compared
    from (
        select sum(deals) as deals, bool_or(has_customer) and bool_or(has_seller) as has_both
        from finest
        join flags on flags.level = 1
        group by by_value, macros.stratum_by(
            flags, finest.stage, finest.owner, finest.team, finest.icp_fit, finest.segment, finest.amount_band, finest.deal_type, finest.lead_source,
            finest.pipeline
        )
    )
),

-- Coarser levels are looked at only where the first leaves too many deals without a partner.
partners as (
    select 1 as level, share_compared from first_level
    union all
    select level, sum(deals) filter (where has_both) / sum(deals)
    from (
        select flags.level, sum(deals) as deals, bool_or(has_customer) and bool_or(has_seller) as has_both
        from finest
        join flags on flags.level > 1 and (select share_compared from first_level) < 0.6
        group by flags.level, by_value, macros.stratum_by(
            flags, finest.stage, finest.owner, finest.team, finest.icp_fit, finest.segment, finest.amount_band, finest.deal_type, finest.lead_source,
            finest.pipeline
        )
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

keyed as (
    select
        flags.level,
        cells.by_value,
        cells.owner,
        cells.is_customer,
        cells.is_tidy,
        cells.deals::double as deals, -- sums of whole numbers are exact in this type, and quicker
        cells.won::double as won,
        cells.days_open::double as days_open,
        macros.stratum_by(
            flags, cells.stage, cells.owner, cells.team, cells.icp_fit, cells.segment, cells.amount_band, cells.deal_type, cells.lead_source,
            cells.pipeline
        ) as stratum
    from cells
    join flags on flags.level = (select max(level) from chosen)
),

-- Sums over the deals of one owner in one stratum: n deals, a customer-focused, b tidy; won and days the two outcomes, a_won and so on
-- those of the deals so tagged; k_ where tidiness is known.
alike as (
    select
        keyed.level,
        by_value,
        stratum,
        owner,
        sum(deals) as n,
        coalesce(sum(deals) filter (where is_customer), 0) as a,
        coalesce(sum(deals) filter (where is_tidy is not null), 0) as k_n,
        coalesce(sum(deals) filter (where is_tidy is not null and is_customer), 0) as k_a,
        coalesce(sum(deals) filter (where is_tidy), 0) as k_b,
        coalesce(sum(deals) filter (where is_tidy and is_customer), 0) as k_ab,
        sum(won) as won,
        coalesce(sum(won) filter (where is_customer), 0) as a_won,
        coalesce(sum(won) filter (where is_tidy is not null), 0) as k_won,
        coalesce(sum(won) filter (where is_tidy is not null and is_customer), 0) as k_a_won,
        coalesce(sum(won) filter (where is_tidy), 0) as k_b_won,
        sum(days_open) as days,
        coalesce(sum(days_open) filter (where is_customer), 0) as a_days,
        coalesce(sum(days_open) filter (where is_tidy is not null), 0) as k_days,
        coalesce(sum(days_open) filter (where is_tidy is not null and is_customer), 0) as k_a_days,
        coalesce(sum(days_open) filter (where is_tidy), 0) as k_b_days
    from keyed
    group by keyed.level, by_value, stratum, owner
),

-- And over all the deals of an owner, as if they were one stratum.
sums as (
    from alike
    union all
    select
        0 as level,
        by_value,
        0 as stratum,
        owner,
        sum(n) as n,
        sum(a) as a,
        sum(k_n) as k_n,
        sum(k_a) as k_a,
        sum(k_b) as k_b,
        sum(k_ab) as k_ab,
        sum(won) as won,
        sum(a_won) as a_won,
        sum(k_won) as k_won,
        sum(k_a_won) as k_a_won,
        sum(k_b_won) as k_b_won,
        sum(days) as days,
        sum(a_days) as a_days,
        sum(k_days) as k_days,
        sum(k_a_days) as k_a_days,
        sum(k_b_days) as k_b_days
    from alike
    where level > 0
    group by by_value, owner
),

-- The same sums of each whole stratum.
strata_sums as (
    select
        level,
        by_value,
        stratum,
        sum(n) as n,
        sum(a) as a,
        sum(k_n) as k_n,
        sum(k_a) as k_a,
        sum(k_b) as k_b,
        sum(k_ab) as k_ab,
        sum(won) as won,
        sum(a_won) as a_won,
        sum(k_won) as k_won,
        sum(k_a_won) as k_a_won,
        sum(k_b_won) as k_b_won,
        sum(days) as days,
        sum(a_days) as a_days,
        sum(k_days) as k_days,
        sum(k_a_days) as k_a_days,
        sum(k_b_days) as k_b_days
    from sums
    group by level, by_value, stratum
),

-- Cross products about the stratum's means.
products as (
    select
        *,
        macros.centred(a, a, a, n) as c_aa,
        macros.centred(k_a, k_a, k_a, k_n) as c_k_aa,
        macros.centred(k_ab, k_a, k_b, k_n) as c_k_ab,
        macros.centred(k_b, k_b, k_b, k_n) as c_k_bb,
        macros.centred(a_won, a, won, n) as c_a_won,
        macros.centred(k_a_won, k_a, k_won, k_n) as c_k_a_won,
        macros.centred(k_b_won, k_b, k_won, k_n) as c_k_b_won,
        macros.centred(a_days, a, days, n) as c_a_days,
        macros.centred(k_a_days, k_a, k_days, k_n) as c_k_a_days,
        macros.centred(k_b_days, k_b, k_days, k_n) as c_k_b_days
    from strata_sums
),

totals as (
    select
        level,
        by_value,
        sum(n) as n,
        coalesce(sum(n) filter (where a * (n - a) > 0), 0) as n_shared,
        sum(k_n) as k_n,
        coalesce(sum(k_n) filter (where k_a * (k_n - k_a) > 0), 0) as k_n_shared,
        coalesce(sum(k_n) filter (where k_b * (k_n - k_b) > 0), 0) as k_n_tidiness_shared,
        sum(c_aa) as c_aa,
        sum(c_k_aa) as c_k_aa,
        sum(c_k_ab) as c_k_ab,
        sum(c_k_bb) as c_k_bb,
        sum(c_a_won) as c_a_won,
        sum(c_k_a_won) as c_k_a_won,
        sum(c_k_b_won) as c_k_b_won,
        sum(c_a_days) as c_a_days,
        sum(c_k_a_days) as c_k_a_days,
        sum(c_k_b_days) as c_k_b_days
    from products
    group by level, by_value
),

-- What goes from the totals with one owner: in that owner's strata, the cross products less those of what is left of the sums.
taken as (
    select
        own.level,
        own.by_value,
        own.owner,
        sum(
            whole.c_aa - macros.centred(whole.a - own.a, whole.a - own.a, whole.a - own.a, whole.n - own.n)
        ) as c_aa,
        sum(
            whole.c_k_aa - macros.centred(whole.k_a - own.k_a, whole.k_a - own.k_a, whole.k_a - own.k_a, whole.k_n - own.k_n)
        ) as c_k_aa,
        sum(
            whole.c_k_ab - macros.centred(whole.k_ab - own.k_ab, whole.k_a - own.k_a, whole.k_b - own.k_b, whole.k_n - own.k_n)
        ) as c_k_ab,
        sum(
            whole.c_k_bb - macros.centred(whole.k_b - own.k_b, whole.k_b - own.k_b, whole.k_b - own.k_b, whole.k_n - own.k_n)
        ) as c_k_bb,
        sum(
            whole.c_a_won - macros.centred(whole.a_won - own.a_won, whole.a - own.a, whole.won - own.won, whole.n - own.n)
        ) as c_a_won,
        sum(
            whole.c_k_a_won - macros.centred(whole.k_a_won - own.k_a_won, whole.k_a - own.k_a, whole.k_won - own.k_won, whole.k_n - own.k_n)
        ) as c_k_a_won,
        sum(
            whole.c_k_b_won - macros.centred(whole.k_b_won - own.k_b_won, whole.k_b - own.k_b, whole.k_won - own.k_won, whole.k_n - own.k_n)
        ) as c_k_b_won,
        sum(
            whole.c_a_days - macros.centred(whole.a_days - own.a_days, whole.a - own.a, whole.days - own.days, whole.n - own.n)
        ) as c_a_days,
        sum(
            whole.c_k_a_days - macros.centred(whole.k_a_days - own.k_a_days, whole.k_a - own.k_a, whole.k_days - own.k_days, whole.k_n - own.k_n)
        ) as c_k_a_days,
        sum(
            whole.c_k_b_days - macros.centred(whole.k_b_days - own.k_b_days, whole.k_b - own.k_b, whole.k_days - own.k_days, whole.k_n - own.k_n)
        ) as c_k_b_days
    from sums as own
    join products as whole on whole.level = own.level and whole.by_value = own.by_value and whole.stratum = own.stratum
    group by own.level, own.by_value, own.owner
),

-- The totals, and those without each owner.
left_over as (
    select level, by_value, null as owner, columns('c_.*') from totals
    union all
    select
        totals.level,
        totals.by_value,
        taken.owner,
        totals.c_aa - taken.c_aa,
        totals.c_k_aa - taken.c_k_aa,
        totals.c_k_ab - taken.c_k_ab,
        totals.c_k_bb - taken.c_k_bb,
        totals.c_a_won - taken.c_a_won,
        totals.c_k_a_won - taken.c_k_a_won,
        totals.c_k_b_won - taken.c_k_b_won,
        totals.c_a_days - taken.c_a_days,
        totals.c_k_a_days - taken.c_k_a_days,
        totals.c_k_b_days - taken.c_k_b_days
    from totals
    join taken on taken.level = totals.level and taken.by_value = totals.by_value
),

measured as (
    select
        *,
        unnest(
            [
                {measure: 'win_rate', c_ay: c_a_won, c_k_ay: c_k_a_won, c_k_by: c_k_b_won},
                {measure: 'days_open', c_ay: c_a_days, c_k_ay: c_k_a_days, c_k_by: c_k_b_days}
            ],
            recursive := true
        )
    from left_over
),

estimates as (
    select
        chosen.comparison,
        measured.by_value,
        measured.measure,
        measured.owner,
        unnest(
            macros.contrasts(
                c_aa::double, c_ay::double, c_k_aa::double, c_k_ab::double, c_k_bb::double, c_k_ay::double, c_k_by::double
            ),
            recursive := true
        )
    from measured
    join chosen on chosen.level = measured.level
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
    select level, by_value, unnest(
        [
            {contrast: 'buyer', deals: n, deals_compared: n_shared},
            {contrast: 'neutral', deals: k_n, deals_compared: k_n_tidiness_shared},
            {contrast: 'buyer minus neutral', deals: k_n, deals_compared: k_n_shared}
        ],
        recursive := true
    )
    from totals
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
join chosen on chosen.comparison = spreads.comparison
join counts on counts.level = chosen.level and counts.by_value = spreads.by_value and counts.contrast = spreads.contrast
order by spreads.by_value, spreads.comparison, spreads.measure desc, spreads.contrast;
