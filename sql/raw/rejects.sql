-- What could not be used in the latest load of each source. One row per rejected row, or per value that was set to null in a loaded row.
create table raw.rejects (
    load_id varchar not null, -- the load
    file varchar not null, -- name of the file
    row_number bigint, -- position among the records of the file, from 1; null where the reader cannot tell
    level varchar not null, -- row or value
    column_name varchar, -- header of the column, where one is to blame
    text varchar, -- what stood there
    reason varchar not null -- what is wrong with it
);
