-- Deals that are compared, counted by everything that alike deals may share. One row per combination that occurs:
--   by_value: value of the dimension; the dimensions of metrics.tagged_deals, and question: one row for each question and neutral field too
--   stage, owner, amount_band: as of the landmark; team, segment, deal_type, lead_source, pipeline, icp_fit: as on the export date
--   is_customer: customer-focused; of the dimension question: that question stood answered
--   is_tidy: filled an equal share of the neutral fields; null where unknown
--   deals, won, days_open: deals, those won by the horizon, and days open after the landmark up to the horizon, added up
-- All like-for-like figures come from these rows. For a landmark that is kept, no dimension and a scope of macros.is_counted_in_cells they
-- are added up from prepared.landmark_cells; else from the deals. Not for rates of their own: most rows hold a deal or two.
-- Source: counts; the sufficient statistics of metrics.like_for_like.
create or replace macro metrics.landmark_cells(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null
) as table
with counted as (
    select
        'all'::known_name as by_value,
        cells.* exclude (owner, amount_band),
        macros.focus_of(cells.answers_known, cells.answers_unknown, answers_needed, tagging) as focus,
        macros.is_tidy_of(cells.controls_known, cells.controls_unknown, answers_needed, tagging) as is_tidy
    from prepared.landmark_cells as cells
    cross join prepared.tagging as tagging
    where dimension = 'all' and horizon_days is null and landmark_stage is null
        and (landmark_day is null or list_contains(macros.kept_days(), landmark_day)) and macros.is_counted_in_cells(scope)
        and cells.landmark_day = coalesce(landmark_day, (select settings.landmark_day from raw.settings as settings))
        and macros.is_in_scope(
            scope, cells.owner, cells.team, cells.segment, cells.deal_type, cells.lead_source, cells.pipeline, cells.amount_band,
            cells.icp_fit, cells.source, null::date
        )
),

compared as (
    select *
    from metrics.compared_deals(
        dimension := case when dimension = 'question' then 'all' else dimension end, landmark_day := landmark_day,
        answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, landmark_stage := landmark_stage
    )
    where not (
        dimension = 'all' and horizon_days is null and landmark_stage is null
        and (landmark_day is null or list_contains(macros.kept_days(), landmark_day)) and macros.is_counted_in_cells(scope)
    )
),

exposed as (
    select compared.*, compared.by_value as exposed_value, focus = 'customer-focused' as is_exposed
    from compared
    where dimension <> 'question'
    union all
    select
        compared.*,
        questions.topic::known_name,
        macros.has_bit(answers.answered, questions.question_no)
    from compared
    join metrics.landmark_answers(
        landmark_day := landmark_day, horizon_days := horizon_days, landmark_stage := landmark_stage
    ) as answers on answers.deal_key = compared.deal_key
    join raw.questions as questions on questions.is_mapped and macros.has_bit(answers.told, questions.question_no)
    where dimension = 'question'
),

cells as (
    select
        by_value,
        landmark_stage_name,
        landmark_owner,
        landmark_band,
        team,
        segment,
        deal_type,
        lead_source,
        pipeline,
        icp_fit,
        focus = 'customer-focused' as is_customer,
        is_tidy,
        deals,
        won,
        days_open
    from counted
    where focus <> 'unclassified'
    union all
    select
        exposed_value,
        landmark_stage_name,
        landmark_owner,
        landmark_band,
        team,
        segment,
        deal_type,
        lead_source,
        pipeline,
        icp_fit,
        is_exposed,
        is_tidy,
        1,
        is_won_by_horizon::integer,
        days_open
    from exposed
)

select
    by_value,
    macros.or_none(landmark_stage_name) as stage,
    macros.or_none(landmark_owner) as owner,
    macros.or_none(team) as team,
    macros.or_none(segment) as segment,
    macros.or_none(deal_type) as deal_type,
    macros.or_none(lead_source) as lead_source,
    macros.or_none(pipeline) as pipeline,
    icp_fit,
    landmark_band as amount_band,
    is_customer,
    is_tidy,
    sum(deals)::bigint as deals,
    sum(won)::bigint as won,
    sum(days_open)::bigint as days_open
from cells
group by all;
