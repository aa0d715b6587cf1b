-- What is known of one deal, question by question. One row per mapped question, then per neutral field; none where no deal has the id:
--   topic, label, ask, is_neutral: as in raw.questions
--   state_today, junk_reason, junk_text: as in marts.deal_answers; reason and text null unless junk
--   start_days, end_days: days after creation on which it came to be answered, and ceased to be, in order; empty where never
--   unknown_until_day: until then it is unknown whether it stood answered, 1000000 for ever; null where all is known
--   is_approximate: dated by the first edit of a text that the CRM does not record, or by the export that first showed it
--   is_known_at_landmark: stood answered at the end of the landmark day; null where that is unknown
-- landmark_day null is that of the file. Not for shares: see metrics.effects for how often a question is known.
-- Source: marts.deal_answers.
create or replace macro metrics.deal_questions(deal_id := null, landmark_day := null) as table
with asked as (
    select min(deals.deal_key) as deal_key, any_value(wanted.day_l) as day_l
    from marts.deals as deals
    cross join (
        select deal_id as wanted_id, coalesce(landmark_day, settings.landmark_day) as day_l
        from raw.settings as settings
    ) as wanted
    where deals.deal_id = wanted.wanted_id
)

select
    questions.topic,
    questions.label,
    questions.ask,
    questions.is_neutral,
    answers.state_today,
    answers.junk_reason,
    answers.junk_text,
    coalesce(answers.start_days, []) as start_days,
    coalesce(answers.end_days, []) as end_days,
    answers.unknown_until_day,
    answers.is_approximate,
    case
        when answers.unknown_until_day > asked.day_l then null
        else macros.is_answered_at(answers.first_answered_day, answers.start_days, answers.end_days, asked.day_l)
    end as is_known_at_landmark
from asked
join marts.deal_answers as answers on answers.deal_key = asked.deal_key
join raw.questions as questions on questions.topic = answers.question and questions.is_neutral = answers.is_neutral
order by questions.is_neutral, questions.question_no;
