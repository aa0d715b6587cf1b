-- What was read, file by file: rows_read = rows_loaded + rows_rejected. One row per load and file. In the file of an audience,
-- what was read of the published file.
select
    loads.load_id, -- day of the export and digest of what was loaded with which settings
    loads.loaded_at, -- UTC
    loads.as_of, -- day of the export; open deals are known until then
    loads.source, -- where the deals come from
    loads.version, -- version of Same Side
    files.file, -- name of the file
    files.role, -- what it was read for
    files.encoding, -- encoding of the file, or its format where it is no CSV: xlsx, parquet, json, json lines, duckdb
    files.delimiter, -- what separates its cells; a comma where it is no CSV
    files.rows_read, -- records, counted apart from the reader
    files.rows_loaded, -- rows that were understood
    files.rows_not_needed, -- of those, rows that no setting asks for
    files.rows_rejected, -- rows that could not be used, see marts.rejects_by_reason
    loads.load_no, -- 1 for the first load whose deals the file holds
    loads.mapping, -- mapping that read the files
    loads.is_partial, -- the export held only what had changed
    loads.load_no = latest.load_no as is_latest -- the latest load of its source; rejects are kept of these alone
from raw.loads as loads
join raw.load_files as files on files.load_id = loads.load_id
join (select source, max(load_no) as load_no from raw.loads group by source) as latest on latest.source = loads.source
