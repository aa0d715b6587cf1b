-- The SQL that each metric and macro was made from, since DuckDB itself keeps them without line breaks. One row per metric or macro.
create table raw.formulas (
    formula varchar not null, -- schema.name
    sql varchar not null -- as written, without the opening comment
);
