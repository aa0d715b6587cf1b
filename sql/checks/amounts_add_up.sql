-- Every amount that was read was loaded, set aside, rejected with its row, or is unreadable; and so were their sums.
select file, column_name, currency, values_read, values_loaded, values_unreadable, amount_read, amount_loaded, amount_set_aside, amount_rejected
from marts.load_amounts
where values_read <> values_loaded + values_set_aside + values_rejected + values_unreadable
    or amount_read <> amount_loaded + amount_set_aside + amount_rejected
