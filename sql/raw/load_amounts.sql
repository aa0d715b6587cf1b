-- What became of the amounts of each deal file of a load. One row per file, column and currency.
create table raw.load_amounts (
    load_id varchar not null, -- the load
    file varchar not null, -- name of the file
    column_name varchar not null, -- header of its amounts
    currency varchar not null, -- ISO code; the organisation's where the row names none
    values_read bigint not null, -- cells with anything in them
    values_loaded bigint not null, -- amounts of deals that were loaded
    values_set_aside bigint not null, -- estimates of won deals whose amount won stands in another column, and amounts won of deals that are not won
    values_rejected bigint not null, -- amounts of rows that were rejected
    values_unreadable bigint not null, -- texts that are no amount, in rows loaded or rejected
    amount_read decimal(38, 2) not null, -- sum of what can be read, added up apart from the load
    amount_loaded decimal(38, 2) not null, -- sum over the deals that were loaded
    amount_set_aside decimal(38, 2) not null, -- sum over those set aside
    amount_rejected decimal(38, 2) not null -- sum over the rows that were rejected
);
