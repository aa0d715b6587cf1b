-- How this file came about, from the first load whose deals it holds. One row per load. The file of an audience does not count what loads did.
create table raw.loads (
    load_no integer not null, -- 1 for the first load; the file shows what the last one left
    load_id varchar not null, -- day of the export and a digest of what was loaded with which settings, after which load
    loaded_at timestamp not null, -- UTC
    source varchar not null, -- where the deals come from, as in raw.deals
    mapping varchar not null, -- mapping that read the files
    is_partial boolean not null, -- the export held only what had changed
    is_sample boolean not null, -- the files are the sample that comes with Same Side
    as_of date not null, -- day of the export
    version varchar not null, -- version of Same Side
    models varchar not null, -- digest of the relations and metrics that the file was made with
    fingerprint varchar not null, -- of files, mapping, settings and models: equal ones tell the same
    settings varchar not null, -- digest of the settings
    deals_new bigint, -- deals of this load that no load before held; null in the file of an audience
    deals_changed bigint, -- deals that the loads before told otherwise of; null as deals_new
    deals_missing bigint, -- deals of earlier loads of the source that this one no longer held; they stay as last seen; null as deals_new
    deals_gone bigint, -- deals of earlier loads that the CRM says were deleted or merged; null as deals_new
    changes_told bigint -- changes of fields, stages and owners that the difference of two exports told; null as deals_new
);
