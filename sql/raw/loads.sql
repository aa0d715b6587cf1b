-- How this file came about. One row per load.
create table raw.loads (
    load_id varchar not null, -- day of the export and the fingerprint of what was loaded with which settings
    loaded_at timestamp not null, -- UTC
    source varchar not null, -- mapping that read the files
    as_of date not null, -- day of the export
    version varchar not null, -- version of Same Side
    models varchar not null, -- digest of the relations and metrics that the file was made with
    fingerprint varchar not null -- of files, mapping, settings and models: equal ones make equal files
);
