-- E-value of the limit of a ratio's interval that is nearer 1; 1 where the interval holds 1, null where a limit is missing.
-- Source: VanderWeele and Ding (2017), Ann. Intern. Med. 167, 268-274.
create or replace macro macros.e_value_of_limits(low, high) as
    case
        when low is null or high is null then null
        when low > 1 then macros.e_value(low)
        when high < 1 and high > 0 then macros.e_value(high)
        when high <= 0 then null
        else 1::double
    end;
