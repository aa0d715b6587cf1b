-- What the like-for-like comparison shows, without the doubts that metrics.verdict adds, for looking at many settings. One row per measure,
-- win_rate and days_open: the columns of metrics.verdict but for is_toned_down and reasons, with units and nulls as there, and strata_asked,
-- what alike deals were asked to share. Not for a headline: what tones it down is not in it.
-- Source: rules of interval inclusion, Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680; metrics.like_for_like.
create or replace macro metrics.findings(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), strata := null
) as table
with groups as (
    select
        coalesce(sum(deals) filter (where is_customer), 0)::bigint as customer_deals,
        coalesce(sum(deals) filter (where not is_customer), 0)::bigint as seller_deals,
        coalesce(sum(won) filter (where is_customer), 0)::bigint as customer_won,
        coalesce(sum(won) filter (where not is_customer), 0)::bigint as seller_won
    from metrics.landmark_cells(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
),

comparisons as (
    from metrics.like_for_like(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, strata := strata
    )
),

measures(measure, margin) as (
    select 'win_rate', margin_points / 100 from raw.settings
    union all
    select 'days_open', null
),

gathered as (
    select
        measures.measure,
        measures.margin,
        groups.*,
        buyer.difference,
        buyer.low,
        buyer.high,
        buyer.standard_error,
        buyer.deals,
        buyer.deals_compared,
        buyer.share_compared,
        buyer.owners,
        buyer.strata,
        buyer.strata_asked,
        beyond.difference as beyond_tidiness,
        beyond.low as beyond_low,
        beyond.high as beyond_high,
        observed.difference - buyer.difference as explained_by_mix,
        exists (select * from raw.questions where is_mapped and not is_neutral) as has_questions,
        (select has_field_history from raw.settings) as has_field_history,
        (select has_stages from prepared.tagging) as has_stage_history
    from measures
    cross join groups
    left join comparisons as buyer
        on buyer.measure = measures.measure and buyer.comparison = 'like for like' and buyer.contrast = 'buyer'
    left join comparisons as beyond
        on beyond.measure = measures.measure and beyond.comparison = 'like for like' and beyond.contrast = 'buyer minus neutral'
    left join comparisons as observed
        on observed.measure = measures.measure and observed.comparison = 'as observed' and observed.contrast = 'buyer'
),

judged as (
    select
        *,
        case
            when not has_questions then 'no questions mapped'
            when not has_field_history then 'no field history'
            when customer_deals + seller_deals = 0 then 'no deals'
            when customer_deals = 0 or seller_deals = 0 then 'one group only'
            when least(
                customer_deals, seller_deals, 6 * customer_won, 6 * seller_won, 6 * (customer_deals - customer_won),
                6 * (seller_deals - seller_won)
            ) < 30 then 'too few'
            when share_compared < 0.5 then 'not comparable'
            when low is null then 'fewer than 5 owners'
            when low > 0 then 'more'
            when high < 0 then 'less'
            when low > -margin and high < margin then 'no meaningful difference'
            else 'cannot tell'
        end as state
    from gathered
)

select
    measure,
    state,
    case when has_field_history and share_compared >= 0.5 then difference end as difference,
    case when has_field_history and share_compared >= 0.5 then low end as low,
    case when has_field_history and share_compared >= 0.5 then high end as high,
    case when has_field_history and share_compared >= 0.5 then standard_error end as standard_error,
    case when share_compared >= 0.5 then beyond_tidiness end as beyond_tidiness,
    case when share_compared >= 0.5 then beyond_low end as beyond_low,
    case when share_compared >= 0.5 then beyond_high end as beyond_high,
    case when share_compared >= 0.5 then explained_by_mix end as explained_by_mix,
    customer_deals,
    seller_deals,
    customer_won,
    seller_won,
    coalesce(deals, 0) as deals,
    coalesce(deals_compared, 0) as deals_compared,
    share_compared,
    coalesce(owners, 0) as owners,
    judged.strata as strata,
    judged.strata_asked as strata_asked,
    margin,
    macros.detectable_difference(standard_error) as detectable_difference,
    macros.deals_needed(deals, standard_error, margin) as deals_needed
from judged
order by measure desc;
