-- How often each question stood answered at the landmark, and how deals went where it did and where it did not. One row per mapped question
-- or neutral field and is_answered, both whether they occur or not:
--   question, is_control: key of the question, or name of a neutral field, which is a control
--   is_answered: stood answered at the end of the landmark day
--   won, deals, win_rate: deals won by the horizon, of the deals compared, and their quotient, 0 to 1; null without deals
--   low, high: 95% Wilson interval of win_rate at the effective number of deals, clustered by owner; plain with fewer than 6 owners
--   owners, effective_deals: owners, and what the deals are worth for that interval; null without deals
--   share, share_low, share_high: deals of this row, of both rows of the question, with an interval made the same way; null without deals
--   median_days, median_low, median_high: median days from creation to the win, of deals won by the horizon, and its 95% interval, as in
--              metrics.sales_cycle; null without any, and the interval below 6 won deals
--   deals_unknown: deals compared of which it cannot be known whether it stood answered; in neither row
-- Not for effects: deals are not made alike, and a question is answered where deals go well. metrics.effects has the like-for-like
-- differences. Source: macros.wilson_low, macros.effective_number; median: Hahn and Meeker (1991), Statistical Intervals, 5.2.
create or replace macro metrics.question_rates(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with looked_at as materialized (
    select
        questions.topic as question,
        coalesce(tagged.landmark_owner, '(none)') as owner,
        case when macros.has_bit(answers.told, questions.question_no) then macros.has_bit(answers.answered, questions.question_no) end
            as is_answered,
        tagged.is_won_by_horizon as is_won,
        case when tagged.is_won_by_horizon then tagged.cycle_days end as days_to_win
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    join metrics.landmark_answers(landmark_day := landmark_day, horizon_days := horizon_days) as answers
        on answers.deal_key = tagged.deal_key
    join raw.questions as questions on questions.is_mapped
),

by_owner as (
    select question, owner, is_answered, count(*) as deals, count(*) filter (where is_won) as won
    from looked_at
    group by all
),

counted as (
    select
        question,
        is_answered,
        sum(won)::bigint as won,
        sum(deals)::bigint as deals,
        count(*) as owners,
        macros.effective_number(list(won order by owner), list(deals order by owner)) as effective_deals
    from by_owner
    where is_answered is not null
    group by question, is_answered
),

-- Of each owner, the deals in which a question stood answered, of those of which that is known.
shares as (
    select
        question,
        sum(answered) / sum(deals) as share,
        macros.effective_number(list(answered order by owner), list(deals order by owner)) as effective_deals
    from (
        select question, owner, sum(deals) as deals, coalesce(sum(deals) filter (where is_answered), 0) as answered
        from by_owner
        where is_answered is not null
        group by question, owner
    )
    group by question
),

cycles as (
    select
        question,
        is_answered,
        count(days_to_win) as won,
        median(days_to_win)::double as median_days,
        list_sort(list(days_to_win)) as days
    from looked_at
    where days_to_win is not null and is_answered is not null
    group by question, is_answered
),

unknown as (
    select question, sum(deals)::bigint as deals
    from by_owner
    where is_answered is null
    group by question
)

select
    topics.topic as question,
    topics.is_neutral as is_control,
    answers.is_answered,
    coalesce(counted.won, 0) as won,
    coalesce(counted.deals, 0) as deals,
    counted.won / counted.deals as win_rate,
    macros.wilson_low(counted.won / counted.deals * counted.effective_deals, counted.effective_deals, macros.z()) as low,
    macros.wilson_high(counted.won / counted.deals * counted.effective_deals, counted.effective_deals, macros.z()) as high,
    counted.owners,
    counted.effective_deals,
    case when answers.is_answered then shares.share else 1 - shares.share end as share,
    case when answers.is_answered
        then macros.wilson_low(shares.share * shares.effective_deals, shares.effective_deals, macros.z())
        else macros.wilson_low((1 - shares.share) * shares.effective_deals, shares.effective_deals, macros.z()) end as share_low,
    case when answers.is_answered
        then macros.wilson_high(shares.share * shares.effective_deals, shares.effective_deals, macros.z())
        else macros.wilson_high((1 - shares.share) * shares.effective_deals, shares.effective_deals, macros.z()) end as share_high,
    cycles.median_days,
    case when cycles.won >= 6 then cycles.days[greatest(1, floor(macros.wilson_low(cycles.won / 2, cycles.won, macros.z()) * cycles.won)::bigint)]
        end::double as median_low,
    case when cycles.won >= 6
        then cycles.days[least(cycles.won, ceil(macros.wilson_high(cycles.won / 2, cycles.won, macros.z()) * cycles.won)::bigint + 1)]
        end::double as median_high,
    coalesce(unknown.deals, 0) as deals_unknown
from raw.questions as topics
cross join (values (true), (false)) as answers(is_answered)
left join counted on counted.question = topics.topic and counted.is_answered = answers.is_answered
left join shares on shares.question = topics.topic
left join cycles on cycles.question = topics.topic and cycles.is_answered = answers.is_answered
left join unknown on unknown.question = topics.topic
where topics.is_mapped
order by topics.question_no, answers.is_answered desc;
