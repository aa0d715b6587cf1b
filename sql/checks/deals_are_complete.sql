-- Every deal that was loaded is a row of marts.deals, with an outcome and the days on which it was seen.
select raw_deals.deal_key, raw_deals.deal_id, raw_deals.outcome
from raw.deals as raw_deals
left join marts.deals as deals on deals.deal_key = raw_deals.deal_key
where deals.deal_key is null
    or raw_deals.outcome not in ('won', 'lost', 'open')
    or not coalesce(raw_deals.first_seen_on <= raw_deals.last_seen_on, false)
