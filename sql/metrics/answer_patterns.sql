-- Deals that are compared, counted by which questions stood answered at the landmark, for a model that holds all questions at once. One
-- row per stratum, owner and pattern that occurs:
--   stratum: a number for what the deals share, as metrics.like_for_like has it after coarsening
--   owner: as of the landmark; '(none)' where it would be null
--   answered: the questions that stood answered, in alphabetical order; neutral fields are not among them
--   deals, won: deals, and those won by the horizon; no column is ever null
-- Only deals of whose questions all is known at the landmark. strata: as in metrics.like_for_like. Not for rates of their own: most rows
-- hold a deal or two. Source: counts; the sufficient statistics of etl.joint.
create or replace macro metrics.answer_patterns(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), strata := null
) as table
with used as (
    select compared.strata as factors
    from metrics.like_for_like(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, strata := strata
    ) as compared
    where comparison = 'like for like' and measure = 'win_rate' and contrast = 'buyer'
),

asked as (
    select sum(1::bigint << question_no)::bigint as bits from raw.questions where is_mapped and not is_neutral
),

patterns as (
    select
        macros.stratum_of(
            used.factors, tagged.landmark_stage_name, tagged.landmark_owner, tagged.team, tagged.icp_fit, tagged.segment,
            tagged.landmark_band, tagged.deal_type, tagged.lead_source, tagged.pipeline
        ) as stratum,
        coalesce(tagged.landmark_owner, '(none)') as owner,
        answers.answered & asked.bits as answered,
        count(*) as deals,
        count(*) filter (where tagged.is_won_by_horizon) as won
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    join metrics.landmark_answers(landmark_day := landmark_day, horizon_days := horizon_days) as answers
        on answers.deal_key = tagged.deal_key
    cross join used
    cross join asked
    where answers.told & asked.bits = asked.bits
    group by all
),

named as (
    select
        patterns.answered,
        coalesce(
            list(questions.topic order by questions.topic) filter (where macros.has_bit(patterns.answered, questions.question_no)), []
        ) as topics
    from (select distinct answered from patterns) as patterns
    cross join raw.questions as questions
    where questions.is_mapped and not questions.is_neutral
    group by patterns.answered
)

select patterns.stratum, patterns.owner, named.topics as answered, patterns.deals, patterns.won
from patterns
join named on named.answered = patterns.answered
order by patterns.stratum, patterns.owner, named.topics;
