-- Why are deals lost, and how much money and time went with them?
-- Reasons are those that reps chose when they closed the deal. Amounts are in the organisation's currency, others at their rates.
select
    coalesce(deals.loss_reason, '(none)') as loss_reason,
    deals.loss_kind,
    count(*) as deals,
    round(100.0 * count(*) / sum(count(*)) over (), 1) as share_pct,
    round(sum(deals.own_amount)) as amount,
    median(deals.cycle_days) as median_days_to_loss
from marts.deals as deals
where deals.outcome = 'lost'
group by coalesce(deals.loss_reason, '(none)'), deals.loss_kind
order by deals desc, loss_reason;
