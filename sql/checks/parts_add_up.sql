-- Deals compared and deals left out add up to all deals.
select sum(deals) as parts, (select count(*) from marts.deals) as deals
from metrics.left_out()
having coalesce(sum(deals), 0) <> (select count(*) from marts.deals)
