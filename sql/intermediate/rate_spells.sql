-- What a unit of a currency is worth in the organisation's when; its own is worth 1. The first rate holds for all days before it too.
-- One row per currency and rate.
select
    settings.currency, -- the organisation's own
    cast(null as date) as first_day, -- null: on all days
    cast(null as date) as next_day, -- null: on all days
    cast(1 as decimal(20, 10)) as rate -- the same currency
from raw.settings as settings
union all
select
    currency, -- ISO code
    case when row_number() over (partition by currency order by from_date) > 1 then from_date end as first_day, -- null for the first rate: it holds for all days before it too
    lead(from_date) over (partition by currency order by from_date) as next_day, -- first day of the next rate; null for the last
    rate -- what one unit is worth in the organisation's currency
from raw.rates
