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
        macros.band_names(settings.amount_bands) as names
    from raw.settings as settings
),

entered as (
    select deal_key, min(entered_day) as entered_day
    from marts.stage_spells
    where stage = landmark_stage
    group by deal_key
),

-- What does not hang on the day is worked out once for each deal.
named as (
    select
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
        currency as currency_code,
        currency::known_name as currency,
        own_amount as amount,
        answer_start_days,
        answer_end_days,
        unknown_until_days,
        neutral_start_days,
        neutral_end_days,
        neutral_unknown_until_days,
        case
            when not exists (select * from raw.questions where is_mapped and not is_neutral) then 'no questions mapped'::known_name
            when created_date is null then 'no creation date'::known_name
            when has_negative_cycle then 'cycle below zero'::known_name
            when outcome <> 'open' and cycle_days is null then 'closed without a date'::known_name
        end as part_at_any_age
    from metrics.scoped_deals()
    cross join (select fiscal_year_start_month, fiscal_year_named_for from raw.settings)
),

placed as (
    select
        deals.*,
        asked.*,
        case when landmark_stage is null then asked.common_day else entered.entered_day end as day_l
    from named as deals
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
        case
            when part_at_any_age is not null then part_at_any_age
            when day_l is null then 'never in that stage'::known_name
            when date_diff('day', created_date, last_seen_on) < day_l + horizon then 'too young'::known_name
            when cycle_days <= day_l then 'decided by the landmark'::known_name
            else 'compared'::known_name
        end as part_by_age
    from placed
    left join (select deal_key, entered_day, left_day, stage::known_name as stage from marts.stage_spells) as stages
        on stages.deal_key = placed.deal_key and stages.entered_day <= day_l and coalesce(stages.left_day > day_l, true)
    left join (select deal_key, entered_day, left_day, owner::known_name as owner from marts.owner_spells) as owners
        on owners.deal_key = placed.deal_key and owners.entered_day <= day_l and coalesce(owners.left_day > day_l, true)
    left join marts.amount_spells as amounts
        on amounts.deal_key = placed.deal_key and amounts.entered_day <= day_l and coalesce(amounts.left_day > day_l, true)
    -- At the rate of the landmark day: a later one would look past it.
    left join intermediate.rate_spells as rates
        on rates.currency = placed.currency_code
        and coalesce(rates.first_day <= coalesce(placed.created_date + day_l::integer, last_seen_on), true)
        and coalesce(rates.next_day > coalesce(placed.created_date + day_l::integer, last_seen_on), true)
)

select
    common_day as landmark_day,
    deal_key,
    owner,
    team,
    segment,
    deal_type,
    lead_source,
    pipeline,
    icp_fit,
    source,
    amount_band,
    created_date,
    created_quarter,
    last_seen_on,
    outcome,
    loss_kind,
    cycle_days,
    currency,
    is_own_currency,
    amount,
    day_l,
    landmark_stage_name,
    landmark_owner,
    landmark_amount,
    macros.band_of(landmark_amount, amount_bands, names)::known_name as landmark_band,
    macros.answers_at(answer_start_days, answer_end_days, day_l) as answers_known,
    len(list_filter(unknown_until_days, lambda known_day: known_day > day_l)) as answers_unknown,
    macros.answers_at(neutral_start_days, neutral_end_days, day_l) as controls_known,
    len(list_filter(neutral_unknown_until_days, lambda known_day: known_day > day_l)) as controls_unknown,
    part_by_age,
    case when part_by_age in ('compared', 'decided by the landmark') then outcome = 'won' and cycle_days <= day_l + horizon end
        as is_won_by_horizon,
    case when part_by_age in ('compared', 'decided by the landmark') then coalesce(cycle_days <= day_l + horizon, false) end
        as is_closed_by_horizon,
    case when part_by_age = 'compared' then least(coalesce(cycle_days, day_l + horizon), day_l + horizon) - day_l end as days_open
from parted;
