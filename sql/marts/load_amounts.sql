-- What became of the amounts of each deal file: amount_read = amount_loaded + amount_set_aside + amount_rejected, and values_read =
-- values_loaded + values_set_aside + values_rejected + values_unreadable. Rows that could not be split into cells have no amount that anyone
-- could tell. One row per file, column and currency.
select
    load_id, -- the load, see marts.loads
    file, -- name of the file
    column_name, -- header of its amounts
    currency, -- ISO code; the organisation's where the row names none
    values_read, -- cells with anything in them
    values_loaded, -- amounts of deals that were loaded
    values_set_aside, -- estimates of won deals whose amount won stands in another column, and amounts won of deals that are not won
    values_rejected, -- amounts of rows that were rejected, such as deleted deals
    values_unreadable, -- texts that are no amount, in rows loaded or rejected; see marts.rejects_by_reason
    amount_read, -- sum of what can be read, added up apart from the load
    amount_loaded, -- sum over the deals that were loaded
    amount_set_aside, -- sum over those set aside
    amount_rejected -- sum over the rows that were rejected
from raw.load_amounts
