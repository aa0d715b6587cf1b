-- Which rows and values of the export could not be used?
-- level row: the whole row was left out; level value: only that value was set to null.
select level, file, column_name, reason, occurrences, first_row, example
from marts.rejects_by_reason
order by level, occurrences desc, file, column_name, reason;
