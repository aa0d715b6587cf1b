-- Which questions stood answered at a landmark, of deals that were open then and are old enough to tell. One row per deal:
--   deal_key: number of the deal within this file
--   answered, told: bit n: question n of raw.questions stood answered at the end of the landmark day, and whether that is known; never null
-- Arguments as in metrics.landmark_deals. Not for counting questions that people read: metrics.question_rates names them.
-- Source: macros.answer_bits.
create or replace macro metrics.landmark_answers(landmark_day := null, horizon_days := null, landmark_stage := null) as table
select *
from metrics.kept_answers(landmark_day := landmark_day)
where horizon_days is null and landmark_stage is null and (landmark_day is null or list_contains(macros.kept_days(), landmark_day))
union all
select deal_key, bits.answered, bits.told
from (
    select
        deals.deal_key,
        macros.answer_bits(
            questions.question_no, answers.first_answered_day, answers.start_days, answers.end_days, answers.unknown_until_day, deals.day_l
        ) as bits
    from metrics.landmark_deals(
        landmark_day := landmark_day, horizon_days := horizon_days, landmark_stage := landmark_stage
    ) as deals
    join marts.deal_answers as answers on answers.deal_key = deals.deal_key
    join raw.questions as questions on questions.topic = answers.question and questions.is_neutral = answers.is_neutral
    where deals.part_by_age = 'compared'
        and not (horizon_days is null and landmark_stage is null and (landmark_day is null or list_contains(macros.kept_days(), landmark_day)))
    group by deals.deal_key
);
