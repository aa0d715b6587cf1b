-- Which amount a deal carried when, from the stage history; empty where that tells no amounts. One row per deal and amount in turn.
select
    changes.deal_key, -- the deal, see marts.deals
    changes.amount, -- in the deal's currency
    date_diff('day', deals.created_date, changes.changed_date) as entered_day, -- days after creation
    date_diff('day', deals.created_date, lead(changes.changed_date) over later) as left_day -- days after creation; null for the last
from intermediate.stage_steps as changes
join staging.deals as deals on deals.deal_key = changes.deal_key
where deals.created_date is not null and changes.amount is not null and changes.amount is distinct from changes.previous_amount
window later as (partition by changes.deal_key order by changes.changed_at, changes.stage, changes.amount)
