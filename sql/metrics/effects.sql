-- The like-for-like difference in each value of a dimension: in each segment, or for each question. One row per value and measure:
--   by_value, measure: as in metrics.like_for_like; of the dimension question the groups are answered and not answered
--   is_control: a neutral field among the questions: no finding is looked for in it
--   customer_won, customer_deals, customer_rate and seller_won, seller_deals, seller_rate: as observed at equal age
--   observed: difference as observed; difference, low, high, standard_error, owners, deals, deals_compared, share_compared: like for like
--   p: two-sided, t at owners - 1; null without a standard error
--   q: the false discovery rate at which it would be called a finding, over the values that are no control
--   shrunken: the difference pulled towards that of all values, for ranking; null for controls
--   heterogeneity, heterogeneity_p: Cochran's Q over the values that are no control, and its p value; the same in every row of a measure
-- Null where a value holds one group only. For one look at many values. Not for proof: a single finding is a hint to be tested with
-- deals to come.
-- Source: metrics.like_for_like; macros.benjamini_hochberg, macros.shrunken, macros.cochran_q.
create or replace macro metrics.effects(
    dimension := 'question', landmark_day := null, answers_needed := null, horizon_days := null,
    scope := map([]::varchar[], []::varchar[][]), strata := null
) as table
with differences as (
    select
        by_value,
        measure,
        any_value(difference) filter (where comparison = 'as observed') as observed,
        any_value(difference) filter (where comparison = 'like for like') as difference,
        any_value(low) filter (where comparison = 'like for like') as low,
        any_value(high) filter (where comparison = 'like for like') as high,
        any_value(standard_error) filter (where comparison = 'like for like') as standard_error,
        any_value(owners) filter (where comparison = 'like for like') as owners,
        any_value(deals) filter (where comparison = 'like for like') as deals,
        any_value(deals_compared) filter (where comparison = 'like for like') as deals_compared,
        any_value(share_compared) filter (where comparison = 'like for like') as share_compared
    from metrics.like_for_like(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, strata := strata
    )
    where contrast = 'buyer'
    group by by_value, measure
),

counts as (
    select
        by_value,
        coalesce(sum(won) filter (where is_customer), 0)::bigint as customer_won,
        coalesce(sum(deals) filter (where is_customer), 0)::bigint as customer_deals,
        coalesce(sum(won) filter (where not is_customer), 0)::bigint as seller_won,
        coalesce(sum(deals) filter (where not is_customer), 0)::bigint as seller_deals
    from metrics.landmark_cells(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    group by by_value
),

tested as (
    select
        differences.*,
        counts.* exclude (by_value),
        coalesce(dimension = 'question' and topics.is_neutral, false) as is_control,
        case when differences.standard_error > 0 then macros.t_p(differences.difference / differences.standard_error, differences.owners - 1)
            end as p
    from differences
    join counts on counts.by_value = differences.by_value
    left join raw.questions as topics on topics.topic = differences.by_value
),

gathered as (
    select
        measure,
        list(p order by by_value) as p_values,
        list(difference order by by_value) as estimates,
        list(standard_error order by by_value) as standard_errors
    from tested
    where p is not null and not is_control
    group by measure
)

select
    tested.by_value,
    tested.measure,
    tested.is_control,
    tested.customer_won,
    tested.customer_deals,
    tested.customer_won / nullif(tested.customer_deals, 0) as customer_rate,
    tested.seller_won,
    tested.seller_deals,
    tested.seller_won / nullif(tested.seller_deals, 0) as seller_rate,
    tested.observed,
    tested.difference,
    tested.low,
    tested.high,
    tested.standard_error,
    tested.owners,
    tested.deals,
    tested.deals_compared,
    tested.share_compared,
    tested.p,
    case when not tested.is_control and tested.p is not null then macros.benjamini_hochberg(tested.p, gathered.p_values) end as q,
    case when not tested.is_control and tested.p is not null
        then macros.shrunken(tested.difference, tested.standard_error, gathered.estimates, gathered.standard_errors) end as shrunken,
    case when len(gathered.estimates) > 1 then macros.cochran_q(gathered.estimates, gathered.standard_errors) end as heterogeneity,
    macros.chi_squared_p(macros.cochran_q(gathered.estimates, gathered.standard_errors), len(gathered.estimates) - 1) as heterogeneity_p
from tested
left join gathered on gathered.measure = tested.measure
order by tested.measure desc, tested.is_control, tested.by_value;
