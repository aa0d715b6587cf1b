-- The settings that decide who is compared with whom: what they were at the first load into a data folder, and each change since, so that
-- nobody can move them until the answer pleases without it being seen. One row per setting and change; carried from load to load.
create table raw.settings_log (
    loaded_at timestamp not null, -- UTC, of the first load with the new value
    as_of date not null, -- day of that load's export
    setting varchar not null, -- as in raw.settings; questions and neutral fields as in raw.fields
    old_value varchar, -- null in the first row of a setting
    new_value varchar not null -- as text
);
