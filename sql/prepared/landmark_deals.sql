-- Every deal as it stood at the landmark of raw.settings and at the others that people ask for, macros.kept_days: what the metrics read
-- unless they are asked for yet another, or for another horizon. One row per landmark day and deal, those that can be compared first.
-- Texts are of one enumerated type, which reads like text, and takes little room and time.
select
    landmark_day, -- days after creation at whose end deals are looked at
    deal_key, -- number of the deal within this file; joins marts.deals
    owner, -- on the export date
    team, -- the owner's team
    segment, -- market segment
    deal_type, -- such as new business or renewal
    lead_source, -- where the deal came from
    pipeline, -- sales pipeline or record type
    icp_fit, -- fits, does not fit, unknown
    source, -- where the deal comes from
    amount_band, -- band of the amount on the export date
    created_date, -- calendar day in the organisation's zone
    created_quarter, -- fiscal quarter of that day, such as Q1 2025 or Q1 FY2026
    last_seen_on, -- day of the last export that held it
    outcome, -- won, lost or open on the export date
    loss_kind, -- competitive, no decision or disqualified; null unless lost
    cycle_days, -- days from creation to closing; null for open deals and below zero
    currency, -- as the CRM has it, ISO code
    is_own_currency, -- amounts are in the organisation's currency, or converted to it
    amount, -- own_amount of marts.deals, in the organisation's currency; null without a rate
    day_l, -- landmark_day, or the day on which the deal first entered a landmark stage
    landmark_stage_name, -- stage at the end of that day; null where the history does not tell
    landmark_owner, -- owner at the end of that day
    landmark_amount, -- amount at the end of that day, in the organisation's currency at that day's rate; null without a rate, or where the history does not tell
    landmark_band, -- band of that amount; '(none)' without one
    answers_known, -- questions that stood answered at the end of that day
    answers_unknown, -- questions of which that cannot be known
    controls_known, -- neutral fields that stood filled at the end of that day
    controls_unknown, -- neutral fields of which that cannot be known
    part_by_age, -- compared: open at the landmark, and old enough to tell what came of it; or why not
    is_won_by_horizon, -- won by the horizon; null unless old enough to tell
    is_closed_by_horizon, -- won or lost by the horizon; null unless old enough to tell
    days_open -- days open after that day, up to the horizon; null unless compared by age
from metrics.deals_at_landmark(
    landmark_days := (select list_sort(list_distinct(list_append(macros.kept_days(), landmark_day))) from raw.settings)
)
order by landmark_day, part_by_age <> 'compared', created_date, deal_key
