-- How do amounts change between the first and the last that we hear of, in won and in lost deals?
-- change_pct: median change of those that changed. Discounts show as a fall in won deals.
with ends as (
    select
        deal_key,
        arg_min(amount, entered_day) as first_amount,
        arg_max(amount, entered_day) as last_amount
    from marts.amount_spells
    where amount > 0
    group by deal_key
)
select
    deals.outcome,
    count(*) as deals,
    count(*) filter (where ends.last_amount < ends.first_amount) as fell,
    count(*) filter (where ends.last_amount > ends.first_amount) as rose,
    round(
        100 * median((ends.last_amount / ends.first_amount)::double - 1) filter (where ends.last_amount <> ends.first_amount), 1
    ) as change_pct
from ends
join marts.deals as deals on deals.deal_key = ends.deal_key
group by deals.outcome
order by deals.outcome desc;
