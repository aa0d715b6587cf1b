-- How long deals were seen open after the landmark, and how that ended: what every curve is made of. One row per combination that occurs:
--   by_value: value of the dimension; 'all' without one
--   focus: customer-focused or seller-focused
--   owner: as of the landmark; '(none)' where unknown
--   stratum: what alike deals share, as a number; macros.stratum_of
--   entry_day: day after the landmark at whose end a deal came under observation; 0 unless seen_from says otherwise
--   exit_day: day after the landmark on which the deal closed, or else the last day on which it was seen open; above entry_day
--   outcome: won or lost on that day; open where the deal is not closed on the last export date that held it
--   deals: number of them; no column is ever null
-- Deals of any age that were open at the landmark and whose focus is known: those in metrics.win_rate, and the too young. Deals that are
-- still open have a state of their own, so a scope with denominator decided leaves none out here; with no_decision out, no deal lost to
-- no decision to date is among them.
-- landmark_stage: the landmark is the day on which a deal first entered that stage, in place of landmark_day.
-- seen_from: the first day on which closings were recorded, such as that of a move to this CRM. Deals closed before it are nowhere in the
-- export, so older ones count from that day on only (delayed entry). observations: a list of such rows to use in place of the file's deals.
-- Not for means of exit_day: open deals were seen for a while only. metrics.curve_at and metrics.cycle_quantiles know that.
-- Source: delayed entry, Klein and Moeschberger (2003), Survival Analysis, 2nd ed., 3.4 and 4.6.
create or replace macro metrics.time_to_close(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null, strata := []::varchar[], seen_from := null, observations := null
) as table
with watched as (
    select
        tagged.by_value,
        tagged.focus,
        coalesce(tagged.landmark_owner, '(none)') as owner,
        macros.stratum_of(
            strata, tagged.landmark_stage_name, tagged.landmark_owner, tagged.team, tagged.icp_fit, tagged.segment, tagged.landmark_band,
            tagged.deal_type, tagged.lead_source, tagged.pipeline
        ) as stratum,
        -- The day itself is seen, so observation starts at the end of the day before, as it does at the end of the landmark day.
        greatest(0, coalesce(date_diff('day', tagged.created_date, seen_from::date) - 1 - tagged.day_l, 0)) as entry_day,
        coalesce(tagged.cycle_days, date_diff('day', tagged.created_date, tagged.last_seen_on)) - tagged.day_l as exit_day,
        tagged.outcome
    from metrics.tagged_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, landmark_stage := landmark_stage
    ) as tagged
    where observations is null and tagged.part in ('compared', 'too young', 'still open at the horizon') and tagged.focus <> 'unclassified'
        and not (macros.definition(scope, 'no_decision', 'in') = 'out' and coalesce(tagged.loss_kind = 'no decision', false))
)

select by_value, focus, owner, stratum, entry_day, exit_day, outcome, count(*) as deals
from watched
where exit_day > entry_day
group by by_value, focus, owner, stratum, entry_day, exit_day, outcome
union all
select unnest(
    observations::struct(
        by_value varchar, focus varchar, owner varchar, stratum ubigint, entry_day bigint, exit_day bigint, outcome varchar, deals bigint
    )[],
    recursive := true
);
