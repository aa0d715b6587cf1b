-- Rates of exchange, as the configuration has them. One row per currency and day from which a rate holds.
create table raw.rates (
    currency varchar not null, -- ISO code; never the organisation's own
    from_date date, -- first day on which the rate holds; null for a rate that holds on all days
    rate decimal(20, 10) not null -- what one unit is worth in the organisation's currency
);
