-- Whether the win rates of owners differ more than chance has it, at equal deal age. One row:
--   owners, deals: owners with a name, and their deals that are compared
--   chi_squared: Pearson's, of deals won and not won by owner
--   p: its p value at owners - 1 degrees of freedom; null with fewer than 2 owners, or where all or no deals are won
--   above, below: owners above, and below, the 95% limits of metrics.owner_rates; of owners alike about 5 in 100 lie outside
-- Not for judging people: what an owner is given to sell differs. Nor for owners with a deal or two: p then is a rough guide.
-- Source: Pearson (1900), Philos. Mag. 50, 157-175; metrics.owner_rates.
create or replace macro metrics.owner_spread(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with named as (
    select won, deals, funnel
    from metrics.owner_rates(landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope)
    where owner <> '(none)'
),

whole as (
    select sum(won) / sum(deals) as rate
    from named
),

summed as (
    select
        count(*) as owners,
        coalesce(sum(deals), 0)::bigint as deals,
        case when count(*) > 1 then sum(pow(won - deals * rate, 2) / nullif(deals * rate * (1 - rate), 0)) end as chi_squared,
        count(*) filter (where funnel like 'above%') as above,
        count(*) filter (where funnel like 'below%') as below
    from named
    cross join whole
)

select owners, deals, chi_squared, case when chi_squared is not null then macros.chi_squared_p(chi_squared, owners - 1) end as p, above, below
from summed;
