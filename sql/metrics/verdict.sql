-- What may be said of the like-for-like comparison, as data. One row per measure, win_rate and days_open:
--   measure: as in metrics.like_for_like
--   state: more, less: the interval lies above, below 0; no meaningful difference: it lies inside the margin (win_rate only); cannot tell:
--              none of these; or why there is nothing to say: no questions mapped, no field history, no deals, one group only, too few, not
--              comparable, fewer than 5 owners
--   is_toned_down: more or less may only be said as a tendency
--   reasons: why: neutral fields explain it (the interval of buyer minus neutral is not on the same side of 0), few partners
--              (fewer than 60 in 100 deals compared), few owners (fewer than 10), owners not held equal (coarsening let the owner go), groups
--              still differ (coarsening let go of something else in which a standardised difference of more than 0.25 is left, see
--              metrics.balance), stage unknown (no stage history tells it); an empty list where there is none. A difference that
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
-- Outcomes Res. Methodol. 2, 169-188; otherwise metrics.findings.
create or replace macro metrics.verdict(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), strata := null
) as table
with found as (
    from metrics.findings(
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

doubted as (
    select
        *,
        list_filter(
            [
                case when (low > 0 and beyond_low <= 0) or (high < 0 and beyond_high >= 0) then 'neutral fields explain it' end,
                case when share_compared < 0.6 then 'few partners' end,
                case when owners < 10 then 'few owners' end,
                case when list_contains(found.strata_asked, 'owner') and not list_contains(found.strata, 'owner') then 'owners not held equal' end,
                case when exists (select * from unequal) then 'groups still differ' end,
                case when list_contains(found.strata_asked, 'stage') and not (select has_stages from prepared.tagging) then 'stage unknown' end
            ],
            lambda reason: reason is not null
        ) as doubts
    from found
)

select
    measure,
    state,
    state in ('more', 'less') and len(doubts) > 0 as is_toned_down,
    case when state in ('more', 'less') then doubts else []::varchar[] end as reasons,
    * exclude (measure, state, strata_asked, doubts)
from doubted
order by measure desc;
