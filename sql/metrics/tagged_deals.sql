-- Deals in scope with their tag and their part in the comparison. One row per deal: by_value, the value of the dimension asked for (all,
-- segment, deal_type, lead_source, owner, team, pipeline, icp_fit, amount_band, currency, created_year or created_quarter), deal_key, the
-- dimensions, source, amount, then
--   created_date, created_quarter, last_seen_on, outcome, loss_kind, cycle_days: as in marts.deals; the quarter is fiscal
--   day_l: day after creation at whose end the deal is looked at: landmark_day, or the day on which it first entered landmark_stage
--   landmark_stage_name, landmark_owner, landmark_amount, landmark_band: stage, owner, amount and its band at the end of that day; null,
--              and of the band '(none)', where the history does not tell. amount_band as a dimension is this band. Amounts are in
--              the organisation's currency: amount is own_amount of marts.deals, landmark_amount takes the rate of that day; null without
--              a rate, and is_own_currency tells which deals' currency is the organisation's or has one
--   answers_known: questions that stood answered at the end of day_l
--   answers_unknown: questions of which that cannot be known
--   controls_known, controls_unknown: the same of the neutral fields
--   focus: customer-focused from answers_needed answers on, else seller-focused; unclassified where unknown answers decide
--   is_tidy: an equal share of the neutral fields stood filled by then; null where there are none, or where unknown ones decide
--   part: compared, or why not (no questions mapped, no creation date, closed without a date, cycle below zero, never in that stage, too
--              young, decided by the landmark, timing unknown; where the scope asks for it, no decision: lost to none by the horizon, and
--              still open at the horizon)
--   part_by_age: part as far as age and dates decide it, before tag and scope do
--   is_won_by_horizon, is_closed_by_horizon: won, or won or lost, by day_l + horizon_days; null unless old enough to tell
--   days_open: days open after day_l, at most horizon_days; null unless compared, or left out by what the scope asks for
-- Settings that are left out are those of the file. The tag looks at nothing after the landmark. Not for shares over all parts: only deals
-- that are compared have both tag and outcome; and not for what a deal is like today, which is marts.deals. Groups are set at the
-- landmark, before anyone knows how deals end: where a scope leaves deals out for how they ended, as denominator decided and no_decision
-- out do, what is left is a description of them.
-- Source: landmark analysis, Anderson, Cain and Gelber (1983), J. Clin. Oncol. 1, 710-719.
create or replace macro metrics.tagged_deals(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null
) as table
with tagged as (
    select
        deals.*,
        macros.focus_of(deals.answers_known, deals.answers_unknown, answers_needed, tagging) as focus,
        macros.is_tidy_of(deals.controls_known, deals.controls_unknown, answers_needed, tagging) as is_tidy
    from metrics.landmark_deals(landmark_day := landmark_day, horizon_days := horizon_days, landmark_stage := landmark_stage) as deals
    cross join prepared.tagging as tagging
    where macros.is_in_scope(
        scope, deals.owner, deals.team, deals.segment, deals.deal_type, deals.lead_source, deals.pipeline, deals.amount_band, deals.icp_fit,
        deals.source, deals.created_date
    )
)

select
    macros.value_of(
        dimension, segment, deal_type, lead_source, owner, team, pipeline, icp_fit, landmark_band, currency, created_date, created_quarter
    ) as by_value,
    * replace (case when focus <> 'unclassified' then days_open end as days_open),
    case
        when part_by_age = 'compared' and focus = 'unclassified' then 'timing unknown'::known_name
        when part_by_age = 'compared' and is_closed_by_horizon and loss_kind = 'no decision'
            and macros.definition(scope, 'no_decision', 'in') = 'out' then 'no decision'::known_name
        when part_by_age = 'compared' and not is_closed_by_horizon and macros.definition(scope, 'denominator', 'all') = 'decided'
            then 'still open at the horizon'::known_name
        else part_by_age
    end as part
from tagged;
