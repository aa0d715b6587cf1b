-- What share of lost deals was lost to no decision, and was less of it lost when we knew the buyer's side?
-- Of deals that are compared at equal age and lost to date; those disqualified are left out, for nobody was to decide.
select
    tagged.focus,
    count(*) as lost,
    count(*) filter (where deals.loss_kind = 'no decision') as no_decision,
    round(100.0 * count(*) filter (where deals.loss_kind = 'no decision') / count(*), 1) as no_decision_pct,
    round(100 * macros.wilson_low(count(*) filter (where deals.loss_kind = 'no decision'), count(*), macros.z()), 1) as low,
    round(100 * macros.wilson_high(count(*) filter (where deals.loss_kind = 'no decision'), count(*), macros.z()), 1) as high
from metrics.compared_deals() as tagged
join marts.deals as deals on deals.deal_key = tagged.deal_key
where deals.loss_kind in ('no decision', 'competitive')
group by tagged.focus
order by tagged.focus;
