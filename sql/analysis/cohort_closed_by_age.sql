-- What share of each quarter's deals was won within 90, 180 and 365 days?
-- A cell is empty until the youngest deal of the quarter has reached that age, so columns can be read downwards.
select
    date_trunc('quarter', deals.created_date)::date as created_from,
    count(*) as deals,
    case when max(deals.created_date) + 90 <= any_value(settings.as_of)
        then round(100.0 * count(*) filter (where deals.outcome = 'won' and deals.cycle_days <= 90) / count(*), 1) end as won_by_90_pct,
    case when max(deals.created_date) + 180 <= any_value(settings.as_of)
        then round(100.0 * count(*) filter (where deals.outcome = 'won' and deals.cycle_days <= 180) / count(*), 1) end as won_by_180_pct,
    case when max(deals.created_date) + 365 <= any_value(settings.as_of)
        then round(100.0 * count(*) filter (where deals.outcome = 'won' and deals.cycle_days <= 365) / count(*), 1) end as won_by_365_pct
from marts.deals as deals
cross join raw.settings as settings
where deals.created_date is not null
group by created_from
order by created_from;
