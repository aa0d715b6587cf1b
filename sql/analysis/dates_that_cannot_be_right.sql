-- Which dates cannot be right, and whom to ask about them?
-- Texts that are no date at all are among the values that could not be used. Dates are mended in the CRM.
select fault, owner, deal_id, deal_name, created_date, closed_date, close_date
from metrics.bad_dates()
order by fault, owner nulls last, deal_id;
