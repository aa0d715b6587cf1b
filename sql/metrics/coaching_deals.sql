-- Open deals in scope, still in the latest export of their source, that have reached the landmark day, with answers missing then. One row per deal:
--   deal_key, deal_id, deal_name, account_name, owner, team, stage: as in marts.deals
--   amount: in the organisation's currency, own_amount of marts.deals; null without a rate, and where missing
--   age_days: days from creation to the export date, landmark_day or more
--   answers_today: questions answered; answers_missing: mapped questions not answered, one or more
--   answers_short: answers that the deal lacks to have answers_needed; 0 from then on
--   missing_questions: topics not answered, in the order of the configuration; a text that is no answer counts as missing
--   junk_questions, junk_texts: of these, topics with a text that is no answer, and that text, in the same order; empty where none. What was
--     imported may be true, and is not told
--   next_question: the first of missing_questions, the one to ask next
--   close_date: as the CRM forecasts it; null where missing. days_overdue: days that it lies before the export date; null where it does not
--   close_date_pushes: times that it was put off; null where the history tells none
-- It looks at today's fields alone, so that it needs no field history. Without mapped questions it has no rows; deals without a creation
-- date have no age and are not in it. reps narrows to owners beside the scope, '(none)' for deals without one; null for all. Not for
-- comparing: it says what to ask, not whether asking pays.
-- Source: marts.deals and marts.deal_answers; the order of questions in the configuration.
create or replace macro metrics.coaching_deals(
    landmark_day := null, answers_needed := null, scope := map([]::varchar[], []::varchar[][]), reps := null
) as table
with aged as (
    select
        deals.*,
        settings.answers_needed as needed_by_file,
        date_diff('day', deals.created_date, deals.last_seen_on) as age_days,
        case when deals.close_date < deals.last_seen_on then date_diff('day', deals.close_date, deals.last_seen_on) end as days_overdue
    from metrics.scoped_deals(scope := scope) as deals
    cross join raw.settings as settings
    where deals.outcome = 'open' and not deals.is_missing
        and deals.created_date + coalesce(landmark_day, settings.landmark_day)::integer <= deals.last_seen_on
        and (reps is null or list_contains(reps, coalesce(deals.owner, '(none)')))
),

missing as (
    select
        answers.deal_key,
        count(*) as answers_missing,
        list(answers.question order by topics.question_no) as missing_questions,
        coalesce(
            list(answers.question order by topics.question_no)
                filter (where answers.state_today = 'junk' and answers.junk_reason <> 'imported'), []
        ) as junk_questions,
        coalesce(
            list(answers.junk_text order by topics.question_no)
                filter (where answers.state_today = 'junk' and answers.junk_reason <> 'imported'), []
        ) as junk_texts
    from marts.deal_answers as answers
    join raw.questions as topics on topics.topic = answers.question and topics.is_neutral = answers.is_neutral
    where not answers.is_neutral and answers.state_today <> 'answered' and answers.deal_key in (select deal_key from aged)
    group by answers.deal_key
)

select
    aged.deal_key,
    aged.deal_id,
    aged.deal_name,
    aged.account_name,
    aged.owner,
    aged.team,
    aged.stage,
    aged.own_amount as amount,
    aged.age_days,
    aged.answers_today,
    missing.answers_missing,
    greatest(0, coalesce(answers_needed, aged.needed_by_file) - aged.answers_today) as answers_short,
    missing.missing_questions,
    missing.junk_questions,
    missing.junk_texts,
    missing.missing_questions[1] as next_question,
    aged.close_date,
    aged.days_overdue,
    friction.close_date_pushes
from aged
join missing on missing.deal_key = aged.deal_key
left join marts.deal_friction as friction on friction.deal_key = aged.deal_key;
