-- Every deal that was loaded is a row of marts.deals, with an outcome.
select raw_deals.deal_key, raw_deals.deal_id, raw_deals.outcome
from raw.deals as raw_deals
left join marts.deals as deals on deals.deal_key = raw_deals.deal_key
where deals.deal_key is null or raw_deals.outcome not in ('won', 'lost', 'open')
