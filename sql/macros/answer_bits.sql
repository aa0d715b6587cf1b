-- Which questions stood answered at the end of a day after creation, and of which that is known: {answered, told}, whole numbers whose bit n is
-- question n of raw.questions. An aggregate over the rows of marts.deal_answers of one deal; columns as there.
create or replace macro macros.answer_bits(question_no, first_answered_day, start_days, end_days, unknown_until_day, after_day) as {
    answered: sum(
        case when macros.is_answered_at(first_answered_day, start_days, end_days, after_day) then 1::bigint << question_no else 0 end
    )::bigint,
    told: sum(case when coalesce(unknown_until_day <= after_day, true) then 1::bigint << question_no else 0 end)::bigint
};
