-- How much of the won amount hangs on a few accounts?
-- running_pct adds up from the largest account on. Amounts in the organisation's currency, others at their rates.
select
    coalesce(deals.account_name, '(none)') as account,
    count(*) as deals_won,
    sum(deals.own_amount) as won_amount,
    round(100 * (sum(deals.own_amount) / sum(sum(deals.own_amount)) over ())::double, 2) as share_pct,
    round(
        100 * (sum(sum(deals.own_amount)) over (order by sum(deals.own_amount) desc, coalesce(deals.account_name, '(none)'))
        / sum(sum(deals.own_amount)) over ())::double, 2
    ) as running_pct
from marts.deals as deals
where deals.outcome = 'won' and deals.own_amount > 0
group by account
order by won_amount desc, account
limit 10;
