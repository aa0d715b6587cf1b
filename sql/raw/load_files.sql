-- What became of each file of each load; rows_read = rows_loaded + rows_rejected. One row per load and file.
create table raw.load_files (
    load_id varchar not null, -- the load
    file varchar not null, -- name of the file
    role varchar not null, -- what it was read for; unused where no role fits
    encoding varchar not null, -- encoding of the file
    delimiter varchar not null, -- what separates its cells
    rows_read bigint not null, -- records, counted apart from the reader
    rows_loaded bigint not null, -- rows that were understood
    rows_not_needed bigint not null, -- of those, rows that no setting asks for
    rows_rejected bigint not null, -- rows in raw.rejects at level row
    digest varchar not null -- SHA-256 of the file, in hex
);
