-- Whether the gap in win rate between customer-focused and seller-focused deals turns round when deals are looked at by one dimension.
-- One row per dimension:
--   dimension: stage, owner, amount_band (as of the landmark), team, segment, deal_type, lead_source, pipeline or icp_fit
--   observed: difference of the win rates of all deals compared; null where a group is empty
--   within: mean of the differences within the values, Mantel-Haenszel weights; null where no value holds both groups
--   values_told: values of the dimension with at least 10 deals in either group: below, chance decides
--   values_against: those of them whose difference has the other sign
--   share_against: their deals, of the deals in values_told; null without any
--   is_warning: two values told or more, and most of them against
-- A warning says that the observed gap comes from where the deals sit. Not for giving the all-clear: without a warning, several
-- dimensions together may still turn it.
-- Source: Simpson (1951), J. R. Stat. Soc. B 13, 238-241; weights, Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748.
create or replace macro metrics.simpson(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with placed as (
    select
        focus = 'customer-focused' as is_customer,
        is_won_by_horizon as is_won,
        unnest(
            macros.factors_of(
                landmark_stage_name, landmark_owner, team, icp_fit, segment, landmark_band, deal_type, lead_source, pipeline
            ),
            recursive := true
        )
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

counted as (
    select
        factor,
        factor_value,
        count(*) filter (where is_customer and is_won)::double as customer_won,
        count(*) filter (where is_customer)::double as customer_deals,
        count(*) filter (where not is_customer and is_won)::double as seller_won,
        count(*) filter (where not is_customer)::double as seller_deals
    from placed
    group by factor, factor_value
),

compared as (
    select
        *,
        customer_deals + seller_deals as deals,
        customer_won / nullif(customer_deals, 0) - seller_won / nullif(seller_deals, 0) as difference,
        sum(customer_won) over same_factor / nullif(sum(customer_deals) over same_factor, 0)
            - sum(seller_won) over same_factor / nullif(sum(seller_deals) over same_factor, 0) as observed,
        least(customer_deals, seller_deals) >= 10 as is_told
    from counted
    window same_factor as (partition by factor)
),

judged as (
    select
        factor as dimension,
        any_value(observed) as observed,
        sum(difference * customer_deals * seller_deals / deals order by factor_value)
            / nullif(sum(customer_deals * seller_deals / deals order by factor_value), 0) as within,
        count(*) filter (where is_told) as values_told,
        count(*) filter (where is_told and difference * observed < 0) as values_against,
        coalesce(sum(deals) filter (where is_told and difference * observed < 0), 0) / sum(deals) filter (where is_told) as share_against
    from compared
    group by factor
)

select *, values_told >= 2 and values_against > values_told / 2 as is_warning
from judged
order by is_warning desc, dimension;
