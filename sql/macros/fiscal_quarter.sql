-- Name of the fiscal quarter that a day lies in, such as 'Q1 2025', given the month in which fiscal years start, 1 to 12. A fiscal year other
-- than the calendar's is named for the year of its end, or of its start where named_for is 'start', and so told: 'Q1 FY2026'. Null without
-- a day.
create or replace macro macros.fiscal_quarter(day, start_month, named_for := 'end') as
    format(
        'Q{} {}{}',
        quarter((day - to_months(start_month - 1))::date),
        case when start_month = 1 then '' else 'FY' end,
        year((day - to_months(start_month - 1))::date) + case when start_month = 1 or named_for = 'start' then 0 else 1 end
    );
