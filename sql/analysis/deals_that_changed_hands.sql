-- Do deals that change hands win more or less often than others?
-- Of closed deals. A deal must live for a while to be handed over, and one lost at once never is: so this is no effect of the handover.
select
    stays.deal_key is not null as changed_hands,
    count(*) as closed,
    count(*) filter (where deals.outcome = 'won') as won,
    round(100.0 * count(*) filter (where deals.outcome = 'won') / count(*), 1) as win_rate_pct,
    round(100 * macros.wilson_low(count(*) filter (where deals.outcome = 'won'), count(*), macros.z()), 1) as low,
    round(100 * macros.wilson_high(count(*) filter (where deals.outcome = 'won'), count(*), macros.z()), 1) as high,
    median(deals.cycle_days) as median_days
from marts.deals as deals
left join (select distinct deal_key from marts.owner_spells where position > 0) as stays on stays.deal_key = deals.deal_key
where deals.outcome <> 'open'
group by changed_hands
order by changed_hands;
