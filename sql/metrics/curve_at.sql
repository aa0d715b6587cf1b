-- Won, lost, still open and mean days open at marked deal ages, of both groups and their difference: all deals that were open at the
-- landmark, the young ones for as long as they were seen. One row per value of the dimension, marked day, figure and focus:
--   by_value: value of the dimension; 'all' without one
--   day: days after the landmark; a day up to which a group was not seen has no row of it
--   figure: won, lost, open: share of deals by the end of the day, 0 to 1; days_open: mean days open up to that day, won, lost or open
--   focus: customer-focused, seller-focused, or difference, the first less the second; no difference where a group is missing
--   estimate: the figure
--   standard_error: clustered by owner as of the landmark; as if deals were independent where either group has fewer than 6 owners
--   low, high: 95% interval: on the scale of log(-log) for shares, null where one is 0 or 1; symmetric for days and differences, null
--              where nothing varies. With t at owners - 1 where clustered
--   at_risk: deals seen open at the start of the day; of both groups together for the difference
--   owners: owners behind the standard error; null where it is not clustered
-- days: the marked days. dimension: as in metrics.win_rate; seen_from and observations: as in metrics.time_to_close. Not for effects:
-- groups are not made alike.
-- Source: metrics.curve_influence; restricted mean, Irwin (1949), J. Hyg. 47, 188-189; macros.log_log_low, macros.clustered_multiple.
create or replace macro metrics.curve_at(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null, days := [30, 60, 90, 180], seen_from := null, observations := null
) as table
with watched as materialized (
    from metrics.time_to_close(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, landmark_stage := landmark_stage, seen_from := seen_from, observations := observations
    )
),

influences as materialized (
    from metrics.curve_influence(
        (select list(watched) from watched),
        (
            select list({by_value: groups.by_value, focus: groups.focus, day: marks.day})
            from (select distinct by_value, focus from watched) as groups
            cross join (select distinct day from (select unnest(days)::bigint as day)) as marks
        )
    )
),

estimates as (
    select by_value, day, figure, focus, any_value(estimate) as estimate, any_value(at_risk) as at_risk
    from influences
    group by by_value, day, figure, focus
),

figures as (
    from estimates
    union all
    select
        customer.by_value,
        customer.day,
        customer.figure,
        'difference',
        customer.estimate - seller.estimate,
        customer.at_risk + seller.at_risk
    from estimates as customer
    join estimates as seller on seller.by_value = customer.by_value and seller.day = customer.day and seller.figure = customer.figure
    where customer.focus = 'customer-focused' and seller.focus = 'seller-focused'
),

moved as (
    select by_value, day, figure, focus, is_clustered, unit, influence, copies
    from influences
    union all
    -- An owner with deals in both groups moves both, so the difference by what is left.
    select
        by_value,
        day,
        figure,
        'difference',
        is_clustered,
        unit,
        sum(case when focus = 'customer-focused' then influence else -influence end),
        any_value(copies)
    from influences
    group by by_value, day, figure, is_clustered, unit
),

spreads as (
    select
        by_value,
        day,
        figure,
        focus,
        sqrt(sum(pow(influence, 2) / copies order by unit)) as standard_error,
        case when any_value(is_clustered) then count(*) end as owners
    from moved
    group by by_value, day, figure, focus
),

reaches as (
    select
        figures.*,
        spreads.standard_error,
        spreads.owners,
        coalesce(macros.clustered_multiple(spreads.owners), macros.z()) * nullif(spreads.standard_error, 0) as reach,
        figures.focus <> 'difference' and figures.figure <> 'days_open' as is_share
    from figures
    join spreads
        on spreads.by_value = figures.by_value and spreads.day = figures.day and spreads.figure = figures.figure
        and spreads.focus = figures.focus
)

select
    by_value,
    day,
    figure,
    focus,
    estimate,
    standard_error,
    case when is_share then macros.log_log_low(estimate, reach) else estimate - reach end as low,
    case when is_share then macros.log_log_high(estimate, reach) else estimate + reach end as high,
    at_risk,
    owners
from reaches
order by by_value, day, figure, focus;
