-- How much of the won amount hangs on a few accounts?
-- running_pct adds up from the largest account on. Amounts in the organisation's currency.
select
    coalesce(deals.account_name, '(none)') as account,
    count(*) as deals_won,
    sum(deals.amount) as won_amount,
    round(100 * (sum(deals.amount) / sum(sum(deals.amount)) over ())::double, 2) as share_pct,
    round(
        100 * (sum(sum(deals.amount)) over (order by sum(deals.amount) desc, coalesce(deals.account_name, '(none)'))
        / sum(sum(deals.amount)) over ())::double, 2
    ) as running_pct
from marts.deals as deals
cross join raw.settings as settings
where deals.outcome = 'won' and deals.amount > 0 and deals.currency = settings.currency
group by account
order by won_amount desc, account
limit 10;
