-- What may be built on, by the contract that the file was made under. One row per column or parameter of a public name; one without either
-- where a macro takes nothing.
create table raw.contract (
    contract_version varchar not null, -- of the contract, not of Same Side: the first number rises where something goes or changes, the second where something comes
    name varchar not null, -- schema.name
    kind varchar not null, -- table, metric (ask it as a table with parameters) or macro (a function of single values)
    part varchar, -- column or parameter; null where a macro takes nothing
    item varchar, -- name of the column or parameter; null as part
    position integer, -- 1 for the first column, and for the first parameter; null as part
    detail varchar -- type of a column, default of a parameter; null where the parameter must be given
);
