-- Deals in scope with their tag and their part in the comparison. One row per deal: by_value, the value of the dimension asked for (all,
-- segment, deal_type, lead_source, owner, team, pipeline, icp_fit or created_year), deal_key, the dimensions, amount, then
--   answers_known: questions that stood answered at the end of day landmark_day after creation
--   answers_unknown: questions of which that cannot be known
--   focus: customer-focused from answers_needed answers on, else seller-focused; unclassified where unknown answers decide
--   part: compared, or why not (no questions mapped, no creation date, closed without a date, cycle below zero, too young, decided by the landmark, timing unknown)
--   is_won_by_horizon: won by day landmark_day + horizon_days; null unless old enough to tell
--   days_open: days open after the landmark, at most horizon_days; null unless compared
-- Settings that are left out are those of the file. The tag looks at nothing after the landmark.
create or replace macro metrics.tagged_deals(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with asked as (
    select
        coalesce(landmark_day, settings.landmark_day) as day_l,
        coalesce(answers_needed, settings.answers_needed) as needed,
        coalesce(horizon_days, settings.horizon_days) as horizon,
        settings.as_of,
        settings.has_field_history,
        exists (select * from raw.questions where is_mapped and not is_neutral) as has_questions,
        settings.currency as own_currency
    from raw.settings as settings
),

counted as (
    select
        deals.*,
        asked.*,
        macros.answers_at(deals.answer_start_days, deals.answer_end_days, asked.day_l) as answers_known,
        len(list_filter(deals.unknown_until_days, lambda known_day: known_day > asked.day_l)) as answers_unknown
    from metrics.scoped_deals(scope := scope) as deals
    cross join asked
),

tagged as (
    select
        *,
        case
            when not has_field_history or not has_questions then 'unclassified'
            when answers_known >= needed then 'customer-focused'
            when answers_known + answers_unknown < needed then 'seller-focused'
            else 'unclassified'
        end as focus
    from counted
),

parted as (
    select
        *,
        case
            when not has_questions then 'no questions mapped'
            when created_date is null then 'no creation date'
            when has_negative_cycle then 'cycle below zero'
            when outcome <> 'open' and cycle_days is null then 'closed without a date'
            when date_diff('day', created_date, as_of) < day_l + horizon then 'too young'
            when cycle_days <= day_l then 'decided by the landmark'
            when focus = 'unclassified' then 'timing unknown'
            else 'compared'
        end as part
    from tagged
)

select
    case dimension
        when 'all' then 'all'
        when 'segment' then coalesce(segment, '(none)')
        when 'deal_type' then coalesce(deal_type, '(none)')
        when 'lead_source' then coalesce(lead_source, '(none)')
        when 'owner' then coalesce(owner, '(none)')
        when 'team' then coalesce(team, '(none)')
        when 'pipeline' then coalesce(pipeline, '(none)')
        when 'icp_fit' then icp_fit
        when 'created_year' then strftime(created_date, '%Y')
        else error('dimension is one of all, segment, deal_type, lead_source, owner, team, pipeline, icp_fit, created_year')
    end as by_value,
    deal_key,
    deal_id,
    owner,
    team,
    segment,
    deal_type,
    lead_source,
    pipeline,
    icp_fit,
    created_date,
    outcome,
    cycle_days,
    case when currency = own_currency then amount end as amount,
    answers_known,
    answers_unknown,
    focus,
    part,
    case when part in ('compared', 'decided by the landmark', 'timing unknown') then outcome = 'won' and cycle_days <= day_l + horizon end
        as is_won_by_horizon,
    case when part = 'compared' then least(coalesce(cycle_days, day_l + horizon), day_l + horizon) - day_l end as days_open
from parted;
