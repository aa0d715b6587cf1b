-- Whether a question stood answered at the end of a day after creation, from the columns of marts.deal_answers. Few answers are ever cleared, so
-- days are counted only where one was.
create or replace macro macros.is_answered_at(first_answered_day, start_days, end_days, after_day) as
    case
        when first_answered_day is null or first_answered_day > after_day then false
        when end_days is null or len(end_days) = 0 then true
        else macros.answers_at(start_days, end_days, after_day) > 0
    end;
