-- An amount of another currency in the organisation's, given what a unit is worth: rounded to two decimals, halves away from zero. Null
-- without amount or rate, and where the result is beyond DECIMAL(18, 2).
create or replace macro macros.converted(amount, rate) as
    case when rate = 1 then amount else try_cast(round(amount * rate, 2) as decimal(18, 2)) end;
