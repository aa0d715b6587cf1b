-- How the two groups differ in what alike deals may share, before and after they are made alike. One row per factor and value:
--   factor: stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source or pipeline; factor_value: its value at the landmark
--   customer_share, seller_share: share of the group's deals that have the value, as observed, 0 to 1
--   customer_share_alike, seller_share_alike: the same with each stratum weighted as metrics.like_for_like weights it; null without strata
--              that hold both groups
--   difference, difference_alike: standardised differences of these shares: in units of their spread, as observed; above 0.1 is a lot;
--              null where they have no spread, as all deals or all of one group have the value
--   is_stratum: the strata used hold the factor equal, so that difference_alike is 0 but for rounding
-- Not for what is not recorded: groups that are alike here may differ in it.
-- Source: Austin (2011), Multivariate Behav. Res. 46, 399-424.
create or replace macro metrics.balance(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), strata := null
) as table
with cells as materialized (
    from metrics.landmark_cells(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

used as (
    select compared.strata as factors
    from metrics.like_for_like(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, strata := strata
    ) as compared
    where comparison = 'like for like' and measure = 'win_rate' and contrast = 'buyer'
),

keyed as (
    select
        cells.*,
        macros.stratum_of(
            used.factors, cells.stage, cells.owner, cells.team, cells.icp_fit, cells.segment, cells.amount_band, cells.deal_type,
            cells.lead_source, cells.pipeline
        ) as stratum,
        used.factors
    from cells
    cross join used
),

weighted as (
    select
        *,
        -- Each group counts for n1 * n0 / n in its stratum.
        coalesce(sum(deals) filter (where not is_customer) over (partition by stratum), 0)
        / sum(deals) over (partition by stratum) as seller_part
    from keyed
),

long as (
    select
        is_customer,
        deals::double as deals,
        (deals * case when is_customer then seller_part else 1 - seller_part end)::decimal(38, 12) as weight, -- exact in any order
        factors,
        unnest(
            macros.factors_of(stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline),
            recursive := true
        )
    from weighted
),

totals as (
    select
        sum(deals) filter (where is_customer) as customer_deals,
        sum(deals) filter (where not is_customer) as seller_deals,
        sum(weight) filter (where is_customer) as customer_weight,
        sum(weight) filter (where not is_customer) as seller_weight
    from long
    where factor = 'owner'
),

shares as (
    select
        long.factor,
        long.factor_value,
        bool_or(list_contains(long.factors, long.factor)) as is_stratum,
        coalesce(sum(long.deals) filter (where long.is_customer), 0) / any_value(totals.customer_deals) as customer_share,
        coalesce(sum(long.deals) filter (where not long.is_customer), 0) / any_value(totals.seller_deals) as seller_share,
        coalesce(sum(long.weight) filter (where long.is_customer), 0) / nullif(any_value(totals.customer_weight), 0) as customer_share_alike,
        coalesce(sum(long.weight) filter (where not long.is_customer), 0) / nullif(any_value(totals.seller_weight), 0) as seller_share_alike
    from long
    cross join totals
    group by long.factor, long.factor_value
)

select
    factor,
    factor_value::varchar as factor_value,
    customer_share,
    seller_share,
    customer_share_alike,
    seller_share_alike,
    (customer_share - seller_share)
    / nullif(sqrt((customer_share * (1 - customer_share) + seller_share * (1 - seller_share)) / 2), 0) as difference,
    (customer_share_alike - seller_share_alike)
    / nullif(sqrt((customer_share * (1 - customer_share) + seller_share * (1 - seller_share)) / 2), 0) as difference_alike,
    is_stratum
from shares
order by factor, factor_value;
