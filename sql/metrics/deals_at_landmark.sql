-- Every deal as it stood at the landmark, before it is told who is customer-focused. One row per deal and landmark; columns, units and
-- nulls are those of prepared.landmark_deals, which holds this for the landmark days that people ask for. landmark_days: days after
-- creation; null for that of raw.settings. Not for asking directly: metrics.landmark_deals chooses the quicker of the two.
-- Source: landmark analysis, Anderson, Cain and Gelber (1983), J. Clin. Oncol. 1, 710-719.
create or replace macro metrics.deals_at_landmark(landmark_days := null, horizon_days := null, landmark_stage := null) as table
with asked as (
    select
        unnest(coalesce(landmark_days, [settings.landmark_day])) as common_day,
        coalesce(horizon_days, settings.horizon_days) as horizon,
        settings.amount_bands,
        settings.fiscal_year_start_month,
        settings.fiscal_year_named_for,
        macros.band_names(settings.amount_bands) as names,
        exists (select * from raw.questions where is_mapped and not is_neutral) as has_questions
    from raw.settings as settings
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

parted as (
    select
        placed.*,
        rates.rate is not null as is_own_currency,
        stages.stage as landmark_stage_name,
        case when owners.deal_key is null then placed.owner else owners.owner end as landmark_owner,
        macros.converted(amounts.amount, rates.rate) as landmark_amount,
        macros.band_of(landmark_amount, amount_bands, names) as landmark_band,
        case
            when not has_questions then 'no questions mapped'
            when created_date is null then 'no creation date'
            when has_negative_cycle then 'cycle below zero'
            when outcome <> 'open' and cycle_days is null then 'closed without a date'
            when day_l is null then 'never in that stage'
            when date_diff('day', created_date, last_seen_on) < day_l + horizon then 'too young'
            when cycle_days <= day_l then 'decided by the landmark'
            else 'compared'
        end as part_by_age
    from placed
    left join marts.stage_spells as stages
        on stages.deal_key = placed.deal_key and stages.entered_day <= day_l and coalesce(stages.left_day > day_l, true)
    left join marts.owner_spells as owners
        on owners.deal_key = placed.deal_key and owners.entered_day <= day_l and coalesce(owners.left_day > day_l, true)
    left join marts.amount_spells as amounts
        on amounts.deal_key = placed.deal_key and amounts.entered_day <= day_l and coalesce(amounts.left_day > day_l, true)
    -- At the rate of the landmark day: a later one would look past it.
    left join intermediate.rate_spells as rates
        on rates.currency = placed.currency
        and coalesce(rates.first_day <= coalesce(placed.created_date + day_l::integer, last_seen_on), true)
        and coalesce(rates.next_day > coalesce(placed.created_date + day_l::integer, last_seen_on), true)
)

select
    common_day as landmark_day,
    deal_key,
    owner::known_name as owner,
    team::known_name as team,
    segment::known_name as segment,
    deal_type::known_name as deal_type,
    lead_source::known_name as lead_source,
    pipeline::known_name as pipeline,
    icp_fit::known_name as icp_fit,
    source::known_name as source,
    amount_band::known_name as amount_band,
    created_date,
    macros.fiscal_quarter(created_date, fiscal_year_start_month, named_for := fiscal_year_named_for) as created_quarter,
    last_seen_on,
    outcome::known_name as outcome,
    loss_kind::known_name as loss_kind,
    cycle_days,
    currency::known_name as currency,
    is_own_currency,
    own_amount as amount,
    day_l,
    landmark_stage_name::known_name as landmark_stage_name,
    landmark_owner::known_name as landmark_owner,
    landmark_amount,
    landmark_band::known_name as landmark_band,
    macros.answers_at(answer_start_days, answer_end_days, day_l) as answers_known,
    len(list_filter(unknown_until_days, lambda known_day: known_day > day_l)) as answers_unknown,
    macros.answers_at(neutral_start_days, neutral_end_days, day_l) as controls_known,
    len(list_filter(neutral_unknown_until_days, lambda known_day: known_day > day_l)) as controls_unknown,
    part_by_age::known_name as part_by_age,
    case when part_by_age in ('compared', 'decided by the landmark') then outcome = 'won' and cycle_days <= day_l + horizon end
        as is_won_by_horizon,
    case when part_by_age in ('compared', 'decided by the landmark') then coalesce(cycle_days <= day_l + horizon, false) end
        as is_closed_by_horizon,
    case when part_by_age = 'compared' then least(coalesce(cycle_days, day_l + horizon), day_l + horizon) - day_l end as days_open
from parted;
