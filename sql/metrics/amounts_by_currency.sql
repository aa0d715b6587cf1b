-- Amounts of deals in scope, each in its own currency. One row per currency, the organisation's own first, then the most deals first:
--   currency: ISO code, as the deals have it
--   is_own: the organisation's currency
--   rate, rate_from: what a unit is worth in it on the day of the export, 1 for its own; and from which day, null for a first rate,
--              which holds for all days before it; both null without a rate
--   deals, deals_with_amount: deals on the export date
--   amount, won_amount, open_amount: sums in this currency, as written; null without any
--   own_amount: the same deals in the organisation's currency, each at the rate of its day; null without a rate
--   deals_not_converted: deals with an amount that is in no sum of the organisation's currency
-- Not for adding up over rows: only own_amount is of one currency. For win rates by value in each currency see metrics.win_rate_by_value
-- with the dimension currency.
-- Source: marts.deals, raw.rates; sums.
create or replace macro metrics.amounts_by_currency(scope := map([]::varchar[], []::varchar[][])) as table
with counted as (
    select
        currency,
        count(*) as deals,
        count(amount) as deals_with_amount,
        sum(amount) as amount,
        sum(amount) filter (where outcome = 'won') as won_amount,
        sum(amount) filter (where outcome = 'open') as open_amount,
        sum(own_amount) as own_amount,
        count(*) filter (where amount is not null and own_amount is null) as deals_not_converted
    from metrics.scoped_deals(scope := scope)
    group by currency
)

select
    counted.currency,
    counted.currency = settings.currency as is_own,
    rates.rate,
    rates.first_day as rate_from,
    counted.deals,
    counted.deals_with_amount,
    counted.amount,
    counted.won_amount,
    counted.open_amount,
    counted.own_amount,
    counted.deals_not_converted
from counted
cross join raw.settings as settings
left join intermediate.rate_spells as rates
    on rates.currency = counted.currency
    and coalesce(rates.first_day <= settings.as_of, true)
    and coalesce(rates.next_day > settings.as_of, true)
order by is_own desc, counted.deals desc, counted.currency;
