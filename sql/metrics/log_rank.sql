-- Whether deals of the two groups close at a different pace, among deals that are alike: the log-rank test of time to any close, over all
-- deals that were open at the landmark. One row per value of the dimension:
--   by_value: value of the dimension; 'all' without one
--   observed, expected: closed customer-focused deals, and as many as there would be if in each stratum both groups closed at one pace
--   variance: of observed - expected, as if deals were independent
--   chi_squared: (observed - expected)² / variance, with one degree of freedom; null where no stratum holds both groups
--   p_value: chance of so much or more if both groups closed at one pace and deals were independent
--   clustered_chi_squared: chi_squared with the variance between owners, as of the landmark; null with fewer than 6 in either group
--   clustered_p_value: its chance, by t at owners - 1
--   owners: owners of the deals
--   strata: what alike deals share; null where observations bring their own
-- strata: as in metrics.like_for_like, [] for none; else raw.settings.strata. Not for how much they
-- differ: metrics.curve_at has the size.
-- seen_from and observations: as in metrics.time_to_close.
-- Source: Mantel (1966), Cancer Chemother. Rep. 50, 163-170; by owner: Lee, Wei and Amato (1992), in Klein and Goel (eds), Survival
-- Analysis: State of the Art, 237-247.
create or replace macro metrics.log_rank(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null, strata := null, seen_from := null, observations := null
) as table
with watched as materialized (
    select *, (focus = 'customer-focused')::integer as is_customer, (outcome <> 'open')::integer as is_closed
    from metrics.time_to_close(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, landmark_stage := landmark_stage, seen_from := seen_from, observations := observations,
        strata := coalesce(strata, (select settings.strata from raw.settings as settings))
    )
),

moves as (
    select
        by_value,
        stratum,
        entry_day as day,
        deals as entering,
        deals * is_customer as customers_entering,
        0 as closed,
        0 as customers_closed
    from watched
    union all
    select by_value, stratum, exit_day, -deals, -deals * is_customer, deals * is_closed, deals * is_closed * is_customer
    from watched
),

counted as (
    select
        by_value,
        stratum,
        day,
        sum(entering)::double as entering,
        sum(customers_entering)::double as customers_entering,
        sum(closed)::double as closed,
        sum(customers_closed)::double as customers_closed
    from moves
    group by by_value, stratum, day
),

exposed as (
    select
        *,
        coalesce(sum(entering) over days_before, 0) as at_risk,
        coalesce(sum(customers_entering) over days_before, 0) as customers_at_risk
    from counted
    window days_before as (partition by by_value, stratum order by day rows between unbounded preceding and 1 preceding)
),

risk as materialized (
    select
        *,
        coalesce(customers_at_risk / nullif(at_risk, 0), 0) as customer_share,
        coalesce(closed / nullif(at_risk, 0), 0) as hazard,
        sum(coalesce(closed / nullif(at_risk, 0), 0)) over days_so_far as hazard_so_far,
        sum(coalesce(closed * customers_at_risk / nullif(pow(at_risk, 2), 0), 0)) over days_so_far as customer_hazard_so_far
    from exposed
    window days_so_far as (partition by by_value, stratum order by day)
),

tested as (
    select
        by_value,
        sum(customers_closed) as observed,
        sum((closed * customer_share)::decimal(38, 12))::double as expected,
        sum(
            coalesce(closed * customer_share * (1 - customer_share) * (at_risk - closed) / nullif(at_risk - 1, 0), 0)::decimal(38, 12)
        )::double as variance
    from risk
    group by by_value
),

-- How far each owner's deals move observed - expected: by what was to be expected until they left, less what was before they came. Nothing
-- was before day 0. Sums of decimals are exact, and the same in any order.
moved as (
    select by_value, owner, sum(part)::double as influence
    from (
        select
            watched.by_value,
            watched.owner,
            (watched.deals * (
                watched.is_closed * (watched.is_customer - leaving.customer_share)
                - watched.is_customer * leaving.hazard_so_far
                + leaving.customer_hazard_so_far
            ))::decimal(38, 12) as part
        from watched
        join risk as leaving
            on leaving.by_value = watched.by_value and leaving.stratum = watched.stratum and leaving.day = watched.exit_day
        union all
        select
            watched.by_value,
            watched.owner,
            (watched.deals * (watched.is_customer * entering.hazard_so_far - entering.customer_hazard_so_far))::decimal(38, 12)
        from watched
        join risk as entering
            on entering.by_value = watched.by_value and entering.stratum = watched.stratum and entering.day = watched.entry_day
        where watched.entry_day > 0
    )
    group by by_value, owner
),

clusters as (
    select
        by_value,
        count(distinct owner) filter (where is_customer = 1) >= 6 and count(distinct owner) filter (where is_customer = 0) >= 6
            as is_clustered
    from watched
    group by by_value
),

scored as (
    select
        tested.by_value,
        any_value(tested.observed) as observed,
        any_value(tested.expected) as expected,
        any_value(tested.variance) as variance,
        any_value(clusters.is_clustered) as is_clustered,
        nullif(sum(pow(moved.influence, 2) order by moved.owner), 0) as clustered_variance,
        count(*) as owners
    from tested
    join moved on moved.by_value = tested.by_value
    join clusters on clusters.by_value = tested.by_value
    group by tested.by_value
)

select
    by_value,
    observed::bigint as observed,
    expected,
    variance,
    pow(observed - expected, 2) / nullif(variance, 0) as chi_squared,
    macros.chi_squared_p(pow(observed - expected, 2) / nullif(variance, 0), 1) as p_value,
    case when is_clustered then pow(observed - expected, 2) / clustered_variance end as clustered_chi_squared,
    case
        when is_clustered then macros.t_p((observed - expected) / sqrt(clustered_variance * owners / (owners - 1)), owners - 1)
    end as clustered_p_value,
    owners,
    case when observations is null then coalesce(strata, (select settings.strata from raw.settings as settings)) end as strata
from scored
order by by_value;
