-- Do the amounts of the export add up to those that were loaded?
-- difference is what was read less what was loaded, set aside for the amount won, and rejected. It is 0: a load that loses an amount is
-- not published.
select
    file,
    column_name,
    currency,
    values_read,
    values_loaded,
    values_set_aside,
    values_rejected,
    values_unreadable,
    amount_read,
    amount_loaded,
    amount_set_aside,
    amount_rejected,
    amount_read - amount_loaded - amount_set_aside - amount_rejected as difference
from marts.load_amounts
order by file, column_name, currency;
