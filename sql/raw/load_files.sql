-- What became of each file of each load; rows_read = rows_loaded + rows_rejected. One row per load and file. In the file of an audience, what
-- became of its rows of the published file, as if that were what is loaded.
create table raw.load_files (
    load_id varchar not null, -- the load
    file varchar not null, -- name of the file
    role varchar not null, -- what it was read for; unused where no role fits
    encoding varchar not null, -- encoding of the file, or its format where it is no CSV: xlsx, parquet, json, json lines, duckdb
    delimiter varchar not null, -- what separates its cells; a comma where it is no CSV
    rows_read bigint not null, -- records, counted apart from the reader
    rows_loaded bigint not null, -- rows that were understood
    rows_not_needed bigint not null, -- of those, rows that no setting asks for
    rows_rejected bigint not null, -- rows in raw.rejects at level row
    digest varchar not null -- SHA-256 of the file, in hex; of the published file the load
);
