-- Which open deals keep slipping?
-- Put off twice or more, or forecast to close on a day that is over; the largest first.
select
    deals.deal_id,
    deals.deal_name,
    deals.owner,
    deals.stage,
    deals.own_amount as amount,
    deals.close_date,
    greatest(0, date_diff('day', deals.close_date, deals.last_seen_on)) as days_overdue,
    friction.close_date_pushes,
    deals.answers_today
from marts.deals as deals
join marts.deal_friction as friction on friction.deal_key = deals.deal_key
where deals.outcome = 'open' and not deals.is_missing and (friction.close_date_pushes >= 2 or deals.close_date < deals.last_seen_on)
order by deals.own_amount desc nulls last, deals.deal_id
limit 20;
