-- How much is in which currency, and what does it come to in ours?
-- own_amount takes each deal at the rate of its day; where it is empty, the currency has no rate and is in no sum.
select
    currency,
    rate,
    deals_with_amount,
    round(amount) as amount,
    round(won_amount) as won_amount,
    round(own_amount) as own_amount,
    deals_not_converted
from metrics.amounts_by_currency()
order by is_own desc, own_amount desc nulls last, currency;
