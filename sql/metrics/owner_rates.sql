-- Win rate of each owner at equal deal age, as seen and pulled toward the whole. One row per owner at the landmark:
--   owner: '(none)' where nobody is named
--   won, deals, win_rate: deals won by the horizon, of the deals compared, and their quotient, 0 to 1
--   low, high: 95% Wilson interval of win_rate
--   shrunk_rate: win_rate pulled toward the whole's by as many deals as macros.prior_deals says; for rankings, where few deals would come
--              first and last by chance; null with one owner, or where all or no deals are won
--   shrunk_low, shrunk_high: 95% Wilson interval of shrunk_rate at deals and the deals that pull
--   prior_deals: the deals that pull; null where owners differ no more than chance has it, and all are pulled to the whole; the same in
--              every row
--   whole_rate: win rate of all deals compared
--   funnel_low_95, funnel_high_95, funnel_low_998, funnel_high_998: where 95 and 99.8 in 100 owners with as many deals lie by chance alone
--   funnel: within, above 95%, above 99.8%, below 95% or below 99.8% of these limits
--   share_customer_focused: customer-focused deals, of the deals compared
--   median_days: median days from creation to the win, of deals won by the horizon; null without any
-- Not for judging people: what an owner is given to sell differs, and is not made alike here.
-- Source: macros.prior_deals; Spiegelhalter (2005), Stat. Med. 24, 1185-1202 (funnel limits).
create or replace macro metrics.owner_rates(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with by_owner as (
    select
        coalesce(landmark_owner, '(none)') as owner,
        count(*) filter (where is_won_by_horizon) as won,
        count(*) as deals,
        count(*) filter (where focus = 'customer-focused') as customer_deals,
        median(cycle_days) filter (where is_won_by_horizon) as median_days
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    group by all
),

whole as (
    select
        sum(won) / sum(deals) as whole_rate,
        sum(deals)::double as whole_deals,
        macros.prior_deals(list(won order by owner), list(deals order by owner)) as prior_deals
    from by_owner
),

weighed as (
    select
        by_owner.*,
        whole.*,
        case when isinf(prior_deals) then whole_rate else (won + prior_deals * whole_rate) / (deals + prior_deals) end as shrunk_rate,
        case when isinf(prior_deals) then whole_deals else deals + prior_deals end as shrunk_deals,
        sqrt(whole_rate * (1 - whole_rate) / deals) as deviation
    from by_owner
    cross join whole
)

select
    owner,
    won,
    deals,
    won / deals as win_rate,
    macros.wilson_low(won, deals, macros.z()) as low,
    macros.wilson_high(won, deals, macros.z()) as high,
    shrunk_rate,
    case when shrunk_rate is not null then macros.wilson_low(shrunk_rate * shrunk_deals, shrunk_deals, macros.z()) end as shrunk_low,
    case when shrunk_rate is not null then macros.wilson_high(shrunk_rate * shrunk_deals, shrunk_deals, macros.z()) end as shrunk_high,
    case when isfinite(prior_deals) then prior_deals end as prior_deals,
    whole_rate,
    greatest(0, whole_rate - macros.z() * deviation) as funnel_low_95,
    least(1, whole_rate + macros.z() * deviation) as funnel_high_95,
    greatest(0, whole_rate - macros.z_998() * deviation) as funnel_low_998,
    least(1, whole_rate + macros.z_998() * deviation) as funnel_high_998,
    case
        when won / deals > whole_rate + macros.z_998() * deviation then 'above 99.8%'
        when won / deals > whole_rate + macros.z() * deviation then 'above 95%'
        when won / deals < whole_rate - macros.z_998() * deviation then 'below 99.8%'
        when won / deals < whole_rate - macros.z() * deviation then 'below 95%'
        else 'within'
    end as funnel,
    customer_deals / deals as share_customer_focused,
    median_days::double as median_days
from weighed
order by deals desc, owner;
