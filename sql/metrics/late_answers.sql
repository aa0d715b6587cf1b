-- How many of the answers in closed deals were first written in the last days before the closing, or after it. One row per value of the
-- dimension:
--   by_value: value of the dimension, one of all, owner or team, as on the export date
--   deals: deals that closed more than `days` days after creation and hold such answers, of known timing or not
--   answers: their answers of which it is known when they were first written, counted as questions
--   late_answers: those of them written in the last `days` days before the closing, on its day or later
--   share: late_answers / answers, 0 to 1; null without answers
--   low, high: 95% Wilson interval at the effective number of answers, clustered by deal for an owner and by owner otherwise; plain with
--              fewer than 6 clusters
--   answers_unknown: answers of which that cannot be known; not in answers
-- In deals that closed sooner every answer would be late, so they are left out. Not for proof of filling in afterwards: some questions are
-- only settled in the last week. Source: counts; macros.wilson_low, macros.effective_number.
create or replace macro metrics.late_answers(
    dimension := 'owner', days := 7, scope := map([]::varchar[], []::varchar[][])
) as table
with written as (
    select
        case dimension
            when 'all' then 'all'
            when 'owner' then coalesce(deals.owner, '(none)')
            when 'team' then coalesce(deals.team, '(none)')
            else error('dimension is one of all, owner, team')
        end as by_value,
        deals.deal_key,
        case when dimension = 'owner' then deals.deal_key::varchar else coalesce(deals.owner, '(none)') end as cluster_name,
        case
            when answers.first_answered_day < deals.cycle_days - days then false
            -- It stood there when the history began, or nobody kept any.
            when answers.first_answered_day is null or answers.unknown_until_day >= answers.first_answered_day then null
            else true
        end as is_late
    from metrics.scoped_deals(scope := scope) as deals
    join marts.deal_answers as answers on answers.deal_key = deals.deal_key
    where deals.outcome <> 'open' and deals.cycle_days > days and not answers.is_neutral
        and (answers.first_answered_day is not null or answers.state_today = 'answered')
),

by_cluster as (
    select
        by_value,
        cluster_name,
        count(distinct deal_key) as deals,
        count(is_late) as answers,
        count(*) filter (where is_late) as late_answers,
        count(*) filter (where is_late is null) as answers_unknown
    from written
    group by by_value, cluster_name
),

counted as (
    select
        by_value,
        sum(deals)::bigint as deals,
        sum(answers)::bigint as answers,
        sum(late_answers)::bigint as late_answers,
        sum(answers_unknown)::bigint as answers_unknown,
        macros.effective_number_of_sums(
            sum(late_answers), sum(answers), sum(late_answers * late_answers), sum(late_answers * answers), sum(answers * answers),
            count(*) filter (where answers > 0)
        ) as effective_answers
    from by_cluster
    group by by_value
)

select
    by_value,
    deals,
    answers,
    late_answers,
    late_answers / nullif(answers, 0) as share,
    macros.wilson_low(late_answers / nullif(answers, 0) * effective_answers, effective_answers, macros.z()) as low,
    macros.wilson_high(late_answers / nullif(answers, 0) * effective_answers, effective_answers, macros.z()) as high,
    answers_unknown
from counted
order by answers desc, by_value;
