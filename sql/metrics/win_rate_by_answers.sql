-- Win rate by how many questions stood answered at the landmark. One row per number of answers, from none to all mapped questions:
--   answers: questions that stood answered
--   won, deals: deals won by the horizon, of the deals compared
--   win_rate: won / deals, 0 to 1; null without deals
--   low, high: 95% Wilson interval at the effective number of deals, clustered by owner; plain with fewer than 6 owners
--   owners, effective_deals: owners, and what the deals are worth for the interval
-- Deals of which any answer is unknown are left out. Not for effects: deals are not made alike, and a rise is a description;
-- metrics.answers_trend puts a figure on it.
-- Source: macros.wilson_low, macros.effective_number.
create or replace macro metrics.win_rate_by_answers(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with by_owner as (
    select
        answers_known as answers,
        coalesce(landmark_owner, '(none)') as owner,
        count(*) as deals,
        count(*) filter (where is_won_by_horizon) as won
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where answers_unknown = 0
    group by all
),

counted as (
    select
        answers,
        sum(won)::bigint as won,
        sum(deals)::bigint as deals,
        count(*) as owners,
        macros.effective_number(list(won order by owner), list(deals order by owner)) as effective_deals
    from by_owner
    group by answers
),

limited as (
    select
        *,
        macros.wilson_low(won / deals * effective_deals, effective_deals, macros.z()) as low,
        macros.wilson_high(won / deals * effective_deals, effective_deals, macros.z()) as high
    from counted
),

numbers as (
    select unnest(range(0, count(*) + 1)) as answers
    from raw.questions
    where is_mapped and not is_neutral
)

select
    numbers.answers,
    coalesce(limited.won, 0) as won,
    coalesce(limited.deals, 0) as deals,
    limited.won / limited.deals as win_rate,
    limited.low,
    limited.high,
    coalesce(limited.owners, 0) as owners,
    limited.effective_deals
from numbers
left join limited on limited.answers = numbers.answers
order by numbers.answers;
