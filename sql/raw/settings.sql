-- The settings that this file was made with. One row.
create table raw.settings (
    landmark_day integer not null, -- days after creation at whose end a deal is tagged
    answers_needed integer not null, -- answers from which on a deal is customer-focused
    horizon_days integer not null, -- days after the landmark within which a win counts
    margin_points double not null, -- difference of win rate, in points, that does not matter
    strata varchar[] not null, -- what deals must share on the landmark day to count as alike, the most important first
    amount_bands double[] not null, -- where one band of amounts ends and the next begins
    currency varchar not null, -- the organisation's currency
    locale varchar not null, -- how numbers, days and amounts are written, such as en_GB
    time_zone varchar not null, -- zone of calendar days
    fiscal_year_start_month integer not null, -- 1 to 12
    fiscal_year_named_for varchar not null, -- end or start: the calendar year that a fiscal year is named for
    as_of date not null, -- day of the export; open deals are known until then
    has_field_history boolean not null, -- whether the export tells when fields were filled
    has_owners boolean not null, -- whether the export names owners
    deal_url varchar -- where a deal is found in the CRM, {deal_id} standing for its id; null where none is configured
);
