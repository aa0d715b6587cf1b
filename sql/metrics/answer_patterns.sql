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

patterns as (
    select
        tagged.deal_key,
        any_value(tagged.is_won_by_horizon) as is_won,
        any_value(coalesce(tagged.landmark_owner, '(none)')) as owner,
        any_value(
            macros.stratum_of(
                used.factors, tagged.landmark_stage_name, tagged.landmark_owner, tagged.team, tagged.icp_fit, tagged.segment,
                tagged.landmark_band, tagged.deal_type, tagged.lead_source, tagged.pipeline
            )
        ) as stratum,
        coalesce(
            list(answers.question order by answers.question) filter (
                where macros.answers_at(coalesce(answers.start_days, []), coalesce(answers.end_days, []), tagged.day_l) > 0
            ),
            []
        ) as answered
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    cross join used
    join marts.deal_answers as answers on answers.deal_key = tagged.deal_key and not answers.is_neutral
    group by tagged.deal_key
    having bool_and(coalesce(answers.unknown_until_day <= tagged.day_l, true))
)

select stratum, owner, answered, count(*) as deals, count(*) filter (where is_won) as won
from patterns
group by stratum, owner, answered
order by stratum, owner, answered;
