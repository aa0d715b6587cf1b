-- No two deals share a key, or an id within a source.
select source, deal_id, count(*) as deals
from marts.deals
group by source, deal_id
having count(*) > 1
union all
select 'key', cast(deal_key as varchar), count(*)
from marts.deals
group by deal_key
having count(*) > 1
