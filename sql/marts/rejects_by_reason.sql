-- What could not be used in the latest load of each source, by file and reason. One row per load, file, level, column and reason.
select
    load_id, -- the load
    file, -- name of the file
    level, -- row: the row was not loaded; value: the row was loaded, the value set to null
    column_name, -- header of the column to blame; null where it is the whole row
    reason, -- what is wrong
    count(*) as occurrences, -- rows or values
    min(row_number) as first_row, -- position of the first among the records of the file, from 1
    min(text) as example -- one of the texts
from raw.rejects
group by load_id, file, level, column_name, reason
