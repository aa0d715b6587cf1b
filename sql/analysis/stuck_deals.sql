-- Which open deals have been in their stage for longer than nine in ten deals that went through it?
-- Large and long stuck first: move them on, or close them.
with usual as (
    select stage, quantile_cont(left_day - entered_day, 0.9) as days_of_nine_in_ten
    from marts.stage_spells
    where left_day is not null and stage_outcome = 'open'
    group by stage
)
select
    deals.deal_id,
    deals.deal_name,
    deals.owner,
    deals.stage,
    deals.own_amount as amount,
    date_diff('day', stays.entered_date, deals.last_seen_on) as days_in_stage,
    round(usual.days_of_nine_in_ten) as days_of_nine_in_ten
from marts.deals as deals
join marts.stage_spells as stays on stays.deal_key = deals.deal_key and stays.left_date is null and stays.stage = deals.stage
join usual on usual.stage = deals.stage
where deals.outcome = 'open' and not deals.is_missing and date_diff('day', stays.entered_date, deals.last_seen_on) > usual.days_of_nine_in_ten
order by deals.own_amount desc nulls last, days_in_stage desc, deals.deal_id
limit 20;
