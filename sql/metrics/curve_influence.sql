-- How far each owner moves the curves at marked days: what clustered standard errors are made of. One row per value of the dimension,
-- focus, marked day, figure and unit:
--   by_value, focus: as in metrics.time_to_close
--   day: a marked day, in days after the landmark; only where deals were seen that long, or none is left open
--   figure: won, lost and open (share of deals by the end of the day, 0 to 1) and days_open (mean days open up to that day)
--   estimate: the figure
--   at_risk: deals seen open at the start of the day
--   is_clustered: whether a unit is an owner: both groups then have 6 owners or more; else it is a set of deals with equal days and outcome
--   unit: the owner, or that set
--   influence: how far the figure would move if the unit's deals weighed more: its derivative by their common weight; adds up to 0
--   copies: 1 for an owner; the number of deals for a set of equal ones, whose influence squared / copies is that of independent deals;
--              no column is ever null
-- observations: a list of rows of metrics.time_to_close; marks: a list of by_value, focus and day, each once.
-- The variance of a figure, and of a sum of figures, is the sum of influence squared / copies over units. Not for looking at:
-- metrics.curve_at and metrics.cycle_quantiles make intervals of it.
-- Source: the infinitesimal jackknife, Efron (1982), The Jackknife, the Bootstrap and Other Resampling Plans, 6; for these curves
-- Andersen, Borgan, Gill and Keiding (1993), Statistical Models Based on Counting Processes, 4.4, and Lin and Wei (1989), J. Am. Stat.
-- Assoc. 84, 1074-1078, for clusters.
create or replace macro metrics.curve_influence(observations, marks) as table
with watched as materialized (
    select unnest(observations, recursive := true)
),

risk as materialized (
    from metrics.risk_table((select list(watched) from watched))
),

asked as (
    select by_value, focus, day as mark
    from (select unnest(marks, recursive := true))
),

marked as (
    select
        risk.by_value,
        risk.focus,
        asked.mark,
        max(risk.day) filter (where risk.day <= asked.mark) as last_day,
        max(risk.share_won) filter (where risk.day <= asked.mark) as share_won,
        max(risk.share_lost) filter (where risk.day <= asked.mark) as share_lost,
        min(risk.share_open) filter (where risk.day <= asked.mark) as share_open,
        max(risk.days_open) filter (where risk.day <= asked.mark) as days_open,
        coalesce(arg_min(risk.at_risk, risk.day) filter (where risk.day >= asked.mark), 0) as at_risk
    from risk
    join asked on asked.by_value = risk.by_value and asked.focus = risk.focus
    group by risk.by_value, risk.focus, asked.mark
    having max(risk.day) >= asked.mark or min(risk.share_open) = 0
),

-- What one more deal of that outcome on that day adds to each figure, and what it takes away by being at risk there.
effects as (
    select
        marked.by_value,
        marked.focus,
        marked.mark,
        marked.at_risk as marked_at_risk,
        risk.day,
        risk.at_risk,
        risk.won,
        risk.lost,
        coalesce(risk.open_before / nullif(risk.at_risk, 0), 0) as own,
        coalesce(1 / nullif(risk.at_risk - risk.won - risk.lost, 0), 0) as lasting,
        unnest(
            [
                {figure: 'won', estimate: marked.share_won, ahead: marked.share_won - risk.share_won, counts_won: 1, counts_lost: 0},
                {figure: 'lost', estimate: marked.share_lost, ahead: marked.share_lost - risk.share_lost, counts_won: 0, counts_lost: 1},
                {figure: 'open', estimate: marked.share_open, ahead: marked.share_open, counts_won: 0, counts_lost: 0},
                {
                    figure: 'days_open',
                    estimate: marked.days_open + marked.share_open * (marked.mark - marked.last_day),
                    ahead: marked.days_open + marked.share_open * (marked.mark - marked.last_day) - risk.days_open,
                    counts_won: 0,
                    counts_lost: 0
                }
            ],
            recursive := true
        )
    from marked
    join risk on risk.by_value = marked.by_value and risk.focus = marked.focus and risk.day <= marked.last_day
),

steps as (
    select
        *,
        counts_won * own - ahead * lasting as if_won,
        counts_lost * own - ahead * lasting as if_lost,
        sum(
            coalesce((won * (counts_won * own - ahead * lasting) + lost * (counts_lost * own - ahead * lasting)) / nullif(at_risk, 0), 0)
        ) over (partition by by_value, focus, mark, figure order by day) as drift
    from effects
),

clustering as (
    select by_value, min(owners) >= 6 as is_clustered
    from (select by_value, focus, count(distinct owner) as owners from watched group by by_value, focus)
    group by by_value
),

units as (
    select
        watched.by_value,
        watched.focus,
        marked.mark,
        clustering.is_clustered,
        case
            when clustering.is_clustered then watched.owner
            else concat_ws(' ', watched.focus, watched.entry_day, watched.exit_day, watched.outcome)
        end as unit,
        least(watched.entry_day, marked.last_day) as entry_day,
        least(watched.exit_day, marked.last_day) as exit_day,
        case when watched.exit_day <= marked.mark then watched.outcome else 'open' end as outcome,
        sum(watched.deals)::double as deals
    from watched
    join clustering on clustering.by_value = watched.by_value
    join marked on marked.by_value = watched.by_value and marked.focus = watched.focus
    group by all
)

select
    units.by_value,
    units.focus,
    units.mark as day,
    leaving.figure,
    any_value(leaving.estimate) as estimate,
    any_value(leaving.marked_at_risk)::bigint as at_risk,
    units.is_clustered,
    units.unit,
    sum(
        units.deals * (
            case units.outcome when 'won' then leaving.if_won when 'lost' then leaving.if_lost else 0 end - leaving.drift + entering.drift
        )
        order by units.exit_day, units.entry_day, units.outcome
    ) as influence,
    case when units.is_clustered then 1 else sum(units.deals) end as copies
from units
join steps as leaving
    on leaving.by_value = units.by_value and leaving.focus = units.focus and leaving.mark = units.mark and leaving.day = units.exit_day
join steps as entering
    on entering.by_value = units.by_value and entering.focus = units.focus and entering.mark = units.mark
    and entering.day = units.entry_day and entering.figure = leaving.figure
group by units.by_value, units.focus, units.mark, leaving.figure, units.is_clustered, units.unit;
