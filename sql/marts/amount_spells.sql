-- Which amount a deal carried when, from the stage history; empty where that tells no amounts. One row per deal and amount in turn.
with told as (
    select
        changes.deal_key,
        changes.amount,
        date_diff('day', deals.created_date, changes.changed_date) as entered_day,
        lag(changes.amount) over earlier as previous_amount,
        row_number() over earlier as position
    from staging.stage_changes as changes
    join staging.deals as deals on deals.deal_key = changes.deal_key
    where deals.created_date is not null and changes.amount is not null
    window earlier as (partition by changes.deal_key order by changes.changed_at, changes.stage, changes.amount)
)

select
    deal_key, -- the deal, see marts.deals
    amount, -- in the deal's currency
    entered_day, -- days after creation
    lead(entered_day) over (partition by deal_key order by position) as left_day -- days after creation; null for the last
from told
where amount is distinct from previous_amount
