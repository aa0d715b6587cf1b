-- E-value of a ratio of two rates: how many times as likely something that is not recorded would have to make both the tag and the win, to
-- explain the ratio away all by itself; 1 or more. Of an interval, ask for the limit nearer 1: macros.e_value_of_limits.
-- Source: VanderWeele and Ding (2017), Ann. Intern. Med. 167, 268-274.
create or replace macro macros.e_value(ratio) as
    greatest(ratio::double, 1 / ratio::double)
    + sqrt(greatest(ratio::double, 1 / ratio::double) * (greatest(ratio::double, 1 / ratio::double) - 1));
