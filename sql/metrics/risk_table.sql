-- What became of deals day by day, from how long each was seen open. One row per value of the dimension, focus and day after the
-- landmark on which a deal came under observation, closed or was last seen:
--   by_value, focus: as in metrics.time_to_close
--   day: days after the landmark
--   at_risk: deals seen open at the start of the day
--   won, lost: deals closed on the day
--   open_before, share_open: share of deals still open at the start and at the end of the day, 0 to 1 (Kaplan-Meier)
--   open_error: standard error of share_open, as if deals were independent (Greenwood)
--   share_won, share_lost: share of deals won and lost by the end of the day, 0 to 1 (Aalen-Johansen); these add up to 1 with
--              share_open
--   days_open: mean days open up to that day, won, lost or open: the area under share_open; no column is ever null
-- observations: a list of rows of metrics.time_to_close. Deals last seen open count until then (censored). Not for how sure a
-- share is: metrics.curves, metrics.curve_at and metrics.cycle_quantiles start from these rows and have intervals.
-- Source: Kaplan and Meier (1958), J. Am. Stat. Assoc. 53, 457-481; Greenwood (1926), The Natural Duration of Cancer; Aalen and
-- Johansen (1978), Scand. J. Stat. 5, 141-150.
create or replace macro metrics.risk_table(observations) as table
with watched as (
    select unnest(observations, recursive := true)
),

moves as (
    select by_value, focus, entry_day as day, deals as entering, 0 as leaving, 0 as won, 0 as lost
    from watched
    union all
    select by_value, focus, exit_day, 0, deals, deals * (outcome = 'won')::integer, deals * (outcome = 'lost')::integer
    from watched
),

counted as (
    select
        by_value,
        focus,
        day,
        sum(entering)::double as entering,
        sum(leaving)::double as leaving,
        sum(won)::double as won,
        sum(lost)::double as lost
    from moves
    group by by_value, focus, day
),

exposed as (
    select
        *,
        coalesce(
            sum(entering - leaving) over (partition by by_value, focus order by day rows between unbounded preceding and 1 preceding), 0
        ) as at_risk
    from counted
),

kept as (
    select
        *,
        coalesce(won / nullif(at_risk, 0), 0) as hazard_won,
        coalesce(lost / nullif(at_risk, 0), 0) as hazard_lost,
        product(coalesce((at_risk - won - lost) / nullif(at_risk, 0), 1)) over (partition by by_value, focus order by day) as share_open
    from exposed
),

stepped as (
    select
        *,
        coalesce(lag(share_open) over days_before, 1) as open_before,
        day - coalesce(lag(day) over days_before, 0) as days_since
    from kept
    window days_before as (partition by by_value, focus order by day)
)

select
    by_value,
    focus,
    day,
    at_risk,
    won,
    lost,
    open_before,
    share_open,
    share_open * sqrt(sum(coalesce((won + lost) / nullif(at_risk * (at_risk - won - lost), 0), 0)) over days_so_far) as open_error,
    sum(open_before * hazard_won) over days_so_far as share_won,
    sum(open_before * hazard_lost) over days_so_far as share_lost,
    sum(open_before * days_since) over days_so_far as days_open
from stepped
window days_so_far as (partition by by_value, focus order by day);
