-- A cycle is the number of calendar days from creation to closing, and never below zero.
select deal_key, created_date, closed_date, cycle_days
from marts.deals
where cycle_days < 0 or cycle_days <> date_diff('day', created_date, closed_date)
