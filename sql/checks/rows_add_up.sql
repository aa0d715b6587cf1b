-- Every row that was read was loaded or rejected.
select file, rows_read, rows_loaded, rows_rejected
from marts.loads
where rows_read <> rows_loaded + rows_rejected or rows_not_needed > rows_loaded
