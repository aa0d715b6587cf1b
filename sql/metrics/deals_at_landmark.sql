-- Every deal as it stood at the landmark, with its tag and its part in the comparison. One row per deal; columns, units and
-- nulls are those of prepared.landmark_deals, which holds this for the settings of the file. Not for asking directly: metrics.tagged_deals
-- chooses the quicker of the two, and knows scopes.
-- Source: landmark analysis, Anderson, Cain and Gelber (1983), J. Clin. Oncol. 1, 710-719.
create or replace macro metrics.deals_at_landmark(
    landmark_day := null, answers_needed := null, horizon_days := null, landmark_stage := null
) as table
with topics as (
    select
        count(*) filter (where is_mapped and not is_neutral) as questions,
        count(*) filter (where is_mapped and is_neutral) as controls
    from raw.questions
),

asked as (
    select
        coalesce(landmark_day, settings.landmark_day) as common_day,
        coalesce(answers_needed, settings.answers_needed) as needed,
        coalesce(horizon_days, settings.horizon_days) as horizon,
        ceil(coalesce(answers_needed, settings.answers_needed) * topics.controls / nullif(topics.questions, 0)) as controls_needed,
        settings.as_of,
        settings.has_field_history,
        settings.amount_bands,
        settings.fiscal_year_start_month,
        macros.band_names(settings.amount_bands) as names,
        topics.questions > 0 as has_questions,
        topics.controls > 0 as has_controls,
        settings.currency as own_currency
    from raw.settings as settings
    cross join topics
),

entered as (
    select deal_key, min(entered_day) as entered_day
    from marts.stage_spells
    where stage = landmark_stage
    group by deal_key
),

placed as (
    select
        deals.*,
        asked.*,
        case when landmark_stage is null then asked.common_day else entered.entered_day end as day_l
    from metrics.scoped_deals() as deals
    cross join asked
    left join entered on entered.deal_key = deals.deal_key
),

counted as (
    select
        *,
        macros.answers_at(answer_start_days, answer_end_days, day_l) as answers_known,
        len(list_filter(unknown_until_days, lambda known_day: known_day > day_l)) as answers_unknown,
        macros.answers_at(neutral_start_days, neutral_end_days, day_l) as controls_known,
        len(list_filter(neutral_unknown_until_days, lambda known_day: known_day > day_l)) as controls_unknown
    from placed
),

tagged as (
    select
        *,
        case
            when not has_field_history or not has_questions then 'unclassified'
            when macros.has_enough(answers_known, answers_unknown, needed) then 'customer-focused'
            when not macros.has_enough(answers_known, answers_unknown, needed) then 'seller-focused'
            else 'unclassified'
        end as focus,
        case when has_field_history and has_controls then macros.has_enough(controls_known, controls_unknown, controls_needed) end as is_tidy
    from counted
),

parted as (
    select
        tagged.*,
        tagged.currency = own_currency as is_own_currency,
        stages.stage as landmark_stage_name,
        case when owners.deal_key is null then tagged.owner else owners.owner end as landmark_owner,
        case when tagged.currency = own_currency then amounts.amount end as landmark_amount,
        macros.band_of(landmark_amount, amount_bands, names) as landmark_band,
        case
            when not has_questions then 'no questions mapped'
            when created_date is null then 'no creation date'
            when has_negative_cycle then 'cycle below zero'
            when outcome <> 'open' and cycle_days is null then 'closed without a date'
            when day_l is null then 'never in that stage'
            when date_diff('day', created_date, as_of) < day_l + horizon then 'too young'
            when cycle_days <= day_l then 'decided by the landmark'
            when focus = 'unclassified' then 'timing unknown'
            else 'compared'
        end as part
    from tagged
    left join marts.stage_spells as stages
        on stages.deal_key = tagged.deal_key and stages.entered_day <= day_l and coalesce(stages.left_day > day_l, true)
    left join marts.owner_spells as owners
        on owners.deal_key = tagged.deal_key and owners.entered_day <= day_l and coalesce(owners.left_day > day_l, true)
    left join marts.amount_spells as amounts
        on amounts.deal_key = tagged.deal_key and amounts.entered_day <= day_l and coalesce(amounts.left_day > day_l, true)
)

select
    deal_key,
    deal_id,
    owner,
    team,
    segment,
    deal_type,
    lead_source,
    pipeline,
    icp_fit,
    amount_band,
    created_date,
    macros.fiscal_quarter(created_date, fiscal_year_start_month) as created_quarter,
    outcome,
    loss_kind,
    cycle_days,
    is_own_currency,
    case when is_own_currency then amount end as amount,
    day_l,
    landmark_stage_name,
    landmark_owner,
    landmark_amount,
    landmark_band,
    answers_known,
    answers_unknown,
    focus,
    is_tidy,
    part,
    case when part in ('compared', 'decided by the landmark', 'timing unknown') then outcome = 'won' and cycle_days <= day_l + horizon end
        as is_won_by_horizon,
    case when part in ('compared', 'decided by the landmark', 'timing unknown') then coalesce(cycle_days <= day_l + horizon, false) end
        as is_closed_by_horizon,
    case when part = 'compared' then least(coalesce(cycle_days, day_l + horizon), day_l + horizon) - day_l end as days_open
from parted;
