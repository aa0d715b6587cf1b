-- Won, lost and still open by deal age: all deals that were open at the landmark, the young ones for as long as they were seen. One row
-- per value of the dimension, focus, day and state:
--   by_value, focus: as in metrics.win_rate
--   day: days after the landmark; a row for each day on which something changed, and day 0
--   state: won, lost or open
--   share: share of deals in the state at the end of the day, 0 to 1; won, lost and open add up to 1
--   standard_error, low, high: of the share, and its pointwise 95% interval on the scale of log(-log); as if deals were independent.
--              Limits are null where the share is 0 or 1
--   at_risk: deals seen open at the start of the day
-- For charts. Not for comparing the groups, or for how sure a share is: metrics.curve_at has errors clustered by owner.
-- dimension: as in metrics.win_rate; seen_from and observations: as in metrics.time_to_close.
-- Source: Aalen and Johansen (1978), Scand. J. Stat. 5, 141-150; variances of Greenwood's type, Andersen, Borgan, Gill and Keiding (1993),
-- Statistical Models Based on Counting Processes, 4.4.
create or replace macro metrics.curves(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null, seen_from := null, observations := null
) as table
with watched as (
    from metrics.time_to_close(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, landmark_stage := landmark_stage, seen_from := seen_from, observations := observations
    )
),

risk as (
    select *, coalesce((won + lost) / nullif(at_risk * (at_risk - won - lost), 0), 0) as greenwood
    from metrics.risk_table((select list(watched) from watched))
),

incidences as (
    select
        by_value,
        focus,
        day,
        at_risk,
        open_before,
        greenwood,
        unnest([{state: 'won', closed: won, share: share_won}, {state: 'lost', closed: lost, share: share_lost}], recursive := true)
    from risk
),

shares as (
    select
        by_value,
        focus,
        day,
        at_risk,
        state,
        share,
        pow(share, 2) * sum(greenwood) over days_so_far
        - 2 * share * sum(share * greenwood) over days_so_far
        + sum(pow(share, 2) * greenwood) over days_so_far
        + coalesce(sum(pow(open_before, 2) * closed * (at_risk - closed) / nullif(pow(at_risk, 3), 0)) over days_so_far, 0)
        - 2 * share * coalesce(sum(open_before * closed / nullif(pow(at_risk, 2), 0)) over days_so_far, 0)
        + 2 * coalesce(sum(share * open_before * closed / nullif(pow(at_risk, 2), 0)) over days_so_far, 0) as variance
    from incidences
    window days_so_far as (partition by by_value, focus, state order by day)
    union all
    select by_value, focus, day, at_risk, 'open', share_open, pow(open_error, 2)
    from risk
)

select
    by_value,
    focus,
    day,
    state,
    share,
    sqrt(greatest(0, variance)) as standard_error,
    macros.log_log_low(share, macros.z() * sqrt(greatest(0, variance))) as low,
    macros.log_log_high(share, macros.z() * sqrt(greatest(0, variance))) as high,
    at_risk::bigint as at_risk
from shares
order by by_value, focus, day, state;
