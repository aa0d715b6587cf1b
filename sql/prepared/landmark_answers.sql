-- Which questions stood answered at a landmark, for the deals of prepared.landmark_deals that may be compared. One row per landmark day and
-- deal.
select
    landmark_day, -- as in prepared.landmark_deals
    deal_key, -- number of the deal within this file
    bits.answered as answered, -- bit n: question n of raw.questions stood answered at the end of that day
    bits.told as told -- bit n: of question n that is known
from (
    select
        deals.landmark_day,
        deals.deal_key,
        macros.answer_bits(
            questions.question_no, answers.first_answered_day, answers.start_days, answers.end_days, answers.unknown_until_day, deals.day_l
        ) as bits
    from prepared.landmark_deals as deals
    join marts.deal_answers as answers on answers.deal_key = deals.deal_key
    join raw.questions as questions on questions.topic = answers.question and questions.is_neutral = answers.is_neutral
    where deals.part_by_age = 'compared'
    group by deals.landmark_day, deals.deal_key
)
order by landmark_day, deal_key
