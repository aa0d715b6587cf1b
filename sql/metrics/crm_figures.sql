-- The figures as a CRM reports them, over all deals in scope, so that they can be recognised. One row:
--   deals, won, lost, open: deals by outcome on the export date
--   win_rate: won / (won + lost); null without decided deals. low, high: 95% Wilson interval
--   mean_days_won, median_days_won, mean_days_lost, median_days_lost: calendar days from creation to closing
--   negative_cycles, cycles_missing: closed deals left out of those days: closed before created, or a date is missing
--   won_amount: sum over won deals in the organisation's currency, others at their rates; other_currency: won deals in a currency without
--              a rate, not added up
-- Disqualified deals count as lost here, as they do in the CRM, and so do those lost to no decision: whatever definitions a scope holds,
-- this is how the CRM counts. Not for comparing times or teams: old deals are decided, young ones open;
-- nor for customer focus, of which it says nothing.
-- Source: the definitions of CRM reports; macros.wilson_low.
create or replace macro metrics.crm_figures(scope := map([]::varchar[], []::varchar[][])) as table
with counted as (
    select
        count(*) as deals,
        count(*) filter (where outcome = 'won') as won,
        count(*) filter (where outcome = 'lost') as lost,
        count(*) filter (where outcome = 'open') as open,
        avg(cycle_days) filter (outcome = 'won') as mean_days_won,
        (median(cycle_days) filter (outcome = 'won'))::double as median_days_won,
        avg(cycle_days) filter (outcome = 'lost') as mean_days_lost,
        (median(cycle_days) filter (outcome = 'lost'))::double as median_days_lost,
        count(*) filter (where has_negative_cycle) as negative_cycles,
        count(*) filter (where outcome <> 'open' and cycle_days is null and not has_negative_cycle) as cycles_missing,
        sum(own_amount) filter (outcome = 'won') as won_amount,
        count(*) filter (where outcome = 'won' and currency not in (select currency from intermediate.rate_spells)) as other_currency
    from metrics.scoped_deals(scope := scope)
)

select
    deals,
    won,
    lost,
    open,
    case when won + lost > 0 then won / (won + lost) end as win_rate,
    macros.wilson_low(won, won + lost, macros.z()) as low,
    macros.wilson_high(won, won + lost, macros.z()) as high,
    mean_days_won,
    median_days_won,
    mean_days_lost,
    median_days_lost,
    negative_cycles,
    cycles_missing,
    won_amount,
    other_currency
from counted;
