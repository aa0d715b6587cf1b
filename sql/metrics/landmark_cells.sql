-- Deals that are compared, counted by everything that alike deals may share. One row per combination that occurs:
--   by_value: value of the dimension; the dimensions of metrics.tagged_deals, and question: one row for each question and neutral field too
--   stage, owner, amount_band: as of the landmark; team, segment, deal_type, lead_source, pipeline, icp_fit: as on the export date
--   is_customer: customer-focused; of the dimension question: that question stood answered
--   is_tidy: filled an equal share of the neutral fields; null where unknown
--   deals, won, days_open: deals, those won by the horizon, and days open after the landmark up to the horizon, added up
-- All like-for-like figures come from these rows. With the file's own settings, no dimension and a scope of macros.is_counted_in_cells they
-- are added up from prepared.landmark_cells; else from the deals. Not for rates of their own: most rows hold a deal or two.
-- Source: counts; the sufficient statistics of metrics.like_for_like.
create or replace macro metrics.landmark_cells(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null
) as table
with counted as (
    select 'all' as by_value, * exclude (owner, amount_band)
    from prepared.landmark_cells
    where dimension = 'all' and landmark_day is null and answers_needed is null and horizon_days is null and landmark_stage is null
        and macros.is_counted_in_cells(scope)
        and macros.is_in_scope(scope, owner, team, segment, deal_type, lead_source, pipeline, amount_band, icp_fit, null::date)
),

compared as (
    select *
    from metrics.tagged_deals(
        dimension := case when dimension = 'question' then 'all' else dimension end, landmark_day := landmark_day,
        answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, landmark_stage := landmark_stage
    )
    where part = 'compared' and not (
        dimension = 'all' and landmark_day is null and answers_needed is null and horizon_days is null and landmark_stage is null
        and macros.is_counted_in_cells(scope)
    )
),

exposed as (
    select compared.*, compared.by_value as exposed_value, focus = 'customer-focused' as is_exposed
    from compared
    where dimension <> 'question'
    union all
    select
        compared.*,
        answers.question,
        macros.answers_at(coalesce(answers.start_days, []), coalesce(answers.end_days, []), compared.day_l) > 0
    from compared
    join marts.deal_answers as answers on answers.deal_key = compared.deal_key
    where dimension = 'question' and coalesce(answers.unknown_until_day <= compared.day_l, true)
),

cells as (
    from counted
    union all by name
    select
        exposed_value as by_value,
        landmark_stage_name,
        landmark_owner,
        landmark_band,
        team,
        segment,
        deal_type,
        lead_source,
        pipeline,
        icp_fit,
        is_exposed as is_customer,
        is_tidy,
        1 as deals,
        is_won_by_horizon::integer as won,
        days_open
    from exposed
)

select
    by_value,
    coalesce(landmark_stage_name, '(none)') as stage,
    coalesce(landmark_owner, '(none)') as owner,
    coalesce(team, '(none)') as team,
    coalesce(segment, '(none)') as segment,
    coalesce(deal_type, '(none)') as deal_type,
    coalesce(lead_source, '(none)') as lead_source,
    coalesce(pipeline, '(none)') as pipeline,
    icp_fit,
    landmark_band as amount_band,
    is_customer,
    is_tidy,
    sum(deals)::bigint as deals,
    sum(won)::bigint as won,
    sum(days_open)::bigint as days_open
from cells
group by all;
