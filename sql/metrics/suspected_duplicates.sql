-- Deals that may be one deal entered twice: same account, amount and week of creation. One row per such group, the largest amount first:
--   account_name, amount, currency: what they share; letter case and blanks around the account's name do not count
--   week_from: Monday of the week in which they were created
--   deals: deals of the group, two or more
--   deal_ids, deal_names, outcomes: of its deals, by deal_key; a name may be null
--   groups_in_all, deals_in_all: groups and their deals over all rows, of which at most row_limit rows are given; null gives all
-- Deals without account, amount or creation date, and those of amount 0, are not looked at. Not for deleting: two seats of one list price
-- sold to two departments look the same. Nothing is left out of any figure for it.
-- Source: marts.deals; equality as said.
create or replace macro metrics.suspected_duplicates(scope := map([]::varchar[], []::varchar[][]), row_limit := null) as table
with keyed as (
    select
        deal_key,
        amount,
        currency,
        date_trunc('week', created_date)::date as week_from,
        lower(trim(account_name)) as account
    from metrics.scoped_deals(scope := scope)
    where account_name is not null and amount <> 0 and created_date is not null
),

alike as (
    select account, amount, currency, week_from, count(*) as deals, min(deal_key) as first_deal
    from keyed
    where account <> ''
    group by all
    having count(*) > 1
),

placed as (
    select
        *,
        count(*) over () as groups_in_all,
        (sum(deals) over ())::bigint as deals_in_all,
        row_number() over (order by amount desc, first_deal) as position
    from alike
),

given as (
    select *
    from placed
    where row_limit is null or position <= row_limit
)

select
    min(named.account_name) as account_name,
    given.amount,
    given.currency,
    given.week_from,
    given.deals,
    list(named.deal_id order by named.deal_key) as deal_ids,
    list(named.deal_name order by named.deal_key) as deal_names,
    list(named.outcome order by named.deal_key) as outcomes,
    given.groups_in_all,
    given.deals_in_all
from given
join keyed on keyed.amount = given.amount and keyed.currency = given.currency and keyed.week_from = given.week_from
    and keyed.account = given.account
join marts.deals as named on named.deal_key = keyed.deal_key
group by given.position, given.amount, given.currency, given.week_from, given.deals, given.groups_in_all, given.deals_in_all
order by given.position;
