-- What may be said of the like-for-like comparison, as data. One row per measure, win_rate and days_open:
--   measure: as in metrics.like_for_like
--   state: more, less: the interval lies above, below 0; no meaningful difference: it lies inside the margin (win_rate only); cannot tell:
--              none of these; or why there is nothing to say: no questions mapped, no field history, no deals, one group only, too few, not
--              comparable, fewer than 5 owners
--   is_toned_down: more or less may only be said as a tendency
--   reasons: why: neutral fields explain it (the interval of buyer minus neutral is not on the same side of 0), few partners
--              (fewer than 60 in 100 deals compared), few owners (fewer than 10), owners not held equal (coarsening let the owner go), groups
--              still differ (coarsening let go of something else in which a standardised difference of more than 0.25 is left, see
--              metrics.balance), stage unknown (the export holds no stage history); an empty list where there is none. A difference that
--              one owner turns round needs no reason of its own: the jackknife's interval then holds 0
--   difference, low, high, standard_error: of the like-for-like comparison; null where the state says that there is nothing to compare
--   beyond_tidiness, beyond_low, beyond_high: of buyer minus neutral; null without neutral fields
--   explained_by_mix: observed difference less the like-for-like one
--   customer_deals, seller_deals, customer_won, seller_won: deals compared at equal age
--   deals, deals_compared, share_compared, owners, strata: as in metrics.like_for_like
--   margin: difference that does not matter, 0 to 1; null for days_open
--   detectable_difference: difference that would have been seen, macros.detectable_difference
--   deals_needed: more deals until a difference of the margin would be seen; null for days_open
-- Too few: a group with fewer than 30 deals, 5 won or 5 not won. Not for saying that customer focus causes anything, nor for looking
-- every week until it says more: metrics.robustness has an interval for that.
-- Source: rules of interval inclusion, Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680; 0.25, Rubin (2001), Health Serv.
-- Outcomes Res. Methodol. 2, 169-188; otherwise metrics.like_for_like.
create or replace macro metrics.verdict(
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

-- What was asked for, could not be held equal, and still sets the groups apart.
unequal as (
    select factor
    from metrics.balance(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, strata := strata
    )
    where not is_stratum and factor <> 'owner' and coalesce(abs(difference_alike) > 0.25, customer_share_alike <> seller_share_alike)
        and list_contains((select coalesce(strata, settings.strata) from raw.settings as settings), factor)
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
        exists (select * from raw.stage_changes) as has_stage_history
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
        end as state,
        list_filter(
            [
                case when (low > 0 and beyond_low <= 0) or (high < 0 and beyond_high >= 0) then 'neutral fields explain it' end,
                case when share_compared < 0.6 then 'few partners' end,
                case when owners < 10 then 'few owners' end,
                case when list_contains(gathered.strata_asked, 'owner') and not list_contains(gathered.strata, 'owner') then 'owners not held equal' end,
                case when exists (select * from unequal) then 'groups still differ' end,
                case when list_contains(gathered.strata_asked, 'stage') and not has_stage_history then 'stage unknown' end
            ],
            lambda reason: reason is not null
        ) as doubts
    from gathered
)

select
    measure,
    state,
    state in ('more', 'less') and len(doubts) > 0 as is_toned_down,
    case when state in ('more', 'less') then doubts else []::varchar[] end as reasons,
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
    margin,
    macros.detectable_difference(standard_error) as detectable_difference,
    macros.deals_needed(deals, standard_error, margin) as deals_needed
from judged
order by measure desc;
