-- Where the win rates of owners lie by chance alone, for any number of deals up to the most that one has: the curves of a funnel plot. One
-- row per number of deals, close together where the curves bend:
--   deals: number of deals of an owner
--   whole_rate: win rate of all deals compared
--   funnel_low_95, funnel_high_95, funnel_low_998, funnel_high_998: as in metrics.owner_rates, 0 to 1
-- No value is null; no row where no deal is compared. Not for judging people: see metrics.owner_rates.
-- Source: metrics.owner_rates; Spiegelhalter (2005), Stat. Med. 24, 1185-1202.
create or replace macro metrics.funnel_limits(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with whole as (
    select any_value(whole_rate) as whole_rate, max(deals) as most
    from metrics.owner_rates(landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope)
    having count(*) > 0
),

-- A hundred steps of the square root, so that the steps are small where the curves are steep.
numbers as (
    select distinct whole_rate, ceil(pow(step / 100, 2) * most)::bigint as deals
    from whole
    cross join (select unnest(range(1, 101)) as step)
),

spread as (
    select *, sqrt(whole_rate * (1 - whole_rate) / deals) as deviation
    from numbers
)

select
    deals,
    whole_rate,
    greatest(0, whole_rate - macros.z() * deviation) as funnel_low_95,
    least(1, whole_rate + macros.z() * deviation) as funnel_high_95,
    greatest(0, whole_rate - macros.z_998() * deviation) as funnel_low_998,
    least(1, whole_rate + macros.z_998() * deviation) as funnel_high_998
from spread
order by deals;
