-- What is open on the work list of metrics.coaching, added up. One row per value of a dimension, the most deals first:
--   by_value: all; or the owner, '(none)' for deals without one; or the topic of a question
--   deals: deals on the list; of a question, those that it is missing in
--   deals_with_amount: of these, deals with an amount in the organisation's currency; amount: those amounts added up, null without any
--   answers_missing: questions not answered, over all these deals; of a question, that question alone
--   junk_answers: of those, questions with a text that is no answer
--   deals_overdue: deals whose forecast close date lies before the export date
-- A deal has several questions missing: deals and amounts of the questions do not add up to the list. Not for what will be won: amounts are
-- those of open deals, at full value. Parameters as in metrics.coaching.
-- Source: metrics.coaching_deals; sums.
create or replace macro metrics.coaching_summary(
    dimension := 'all', landmark_day := null, answers_needed := null, scope := map([]::varchar[], []::varchar[][]), reps := null
) as table
with listed as (
    select *
    from metrics.coaching_deals(landmark_day := landmark_day, answers_needed := answers_needed, scope := scope, reps := reps)
),

named as (
    select
        case dimension
            when 'all' then 'all'
            when 'owner' then coalesce(owner, '(none)')
            else error('dimension is one of all, owner, question')
        end as by_value,
        amount,
        days_overdue,
        answers_missing,
        len(junk_questions) as junk_answers
    from listed
    where dimension <> 'question'
    union all
    select question, amount, days_overdue, 1, list_contains(junk_questions, question)::integer
    from (select *, unnest(missing_questions) as question from listed where dimension = 'question')
)

select
    by_value,
    count(*) as deals,
    count(amount) as deals_with_amount,
    sum(amount) as amount,
    sum(answers_missing)::bigint as answers_missing,
    sum(junk_answers)::bigint as junk_answers,
    count(days_overdue) as deals_overdue
from named
group by by_value
order by deals desc, by_value;
