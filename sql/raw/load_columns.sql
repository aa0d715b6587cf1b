-- Which header of which file fed what, so that a column that goes missing is noticed. One row per load, file, header and what it fed.
create table raw.load_columns (
    load_id varchar not null, -- the load
    file varchar not null, -- name of the file
    role varchar not null, -- what the file was read for
    header varchar not null, -- as written in the file
    fed varchar, -- canonical column, or asked field, that it fed; null where nothing asks for it
    is_field boolean -- whether that is an asked field; null as fed
);
