-- Do the amounts of the export add up to those that were loaded?
-- difference is amount_read - amount_loaded - amount_rejected, and 0: a load that loses an amount is not published.
select
    file,
    currency,
    values_read,
    values_loaded,
    values_rejected,
    values_unreadable,
    amount_read,
    amount_loaded,
    amount_rejected,
    amount_read - amount_loaded - amount_rejected as difference
from marts.load_amounts
order by file, currency;
