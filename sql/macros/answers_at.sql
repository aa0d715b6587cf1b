-- How many questions stood answered at the end of a day after creation, from the lists of marts.deals. Whole number.
create or replace macro macros.answers_at(start_days, end_days, after_day) as
    len(list_filter(start_days, lambda start_day: start_day <= after_day))
    - case when len(end_days) = 0 then 0 else len(list_filter(end_days, lambda end_day: end_day <= after_day)) end;
