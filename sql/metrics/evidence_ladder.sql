-- The evidence ladder: the gap in win rate between customer-focused and seller-focused deals, from what the CRM would report to what
-- is left of it. One row per step:
--   step, step_name: 1 as the CRM reports it: closed deals, questions with any text today
--                    2 without junk: closed deals, questions with an answer today
--                    3 without late answers: closed deals, questions answered at the end of the day before closing
--                    4 at equal age: deals open at the landmark, questions answered by then, won by the horizon
--   customer_won, customer_deals, customer_rate and seller_won, seller_deals, seller_rate: numerators, denominators, win rates (0 to 1)
--   difference: customer_rate - seller_rate; null where either group is empty
--   low, high: 95% interval of step 4, delete-one-owner jackknife (CV3) with t at owners - 1; null with fewer than 5 owners, and for
--              steps 1 to 3, whose bias an interval would hide
--   standard_error, owners: of that interval
--   deals_left_out: deals in scope that the step does not use
-- Steps 3 and 4 are empty where the export holds no field history, all where it holds no questions. No step makes the groups alike: see the README for what is to come.
-- Source: landmark analysis, Anderson, Cain and Gelber (1983), J. Clin. Oncol. 1, 710-719; jackknife, MacKinnon, Nielsen and Webb
-- (2023), J. Appl. Econom. 38, 671-694 (CV3).
create or replace macro metrics.evidence_ladder(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with asked as (
    select coalesce(answers_needed, settings.answers_needed) as needed, settings.has_field_history
    from raw.settings as settings
),

closed as (
    select
        coalesce(owner, '(none)') as owner,
        outcome = 'won' as is_won,
        answers_filled_today >= asked.needed as filled_today,
        answers_today >= asked.needed as answered_today,
        case
            when answers_before_close >= asked.needed then true
            when answers_before_close + answers_unknown_before_close < asked.needed then false
        end as answered_before_close,
        asked.has_field_history
    from metrics.scoped_deals(scope := scope)
    cross join asked
    where outcome <> 'open' and exists (select * from raw.questions where is_mapped and not is_neutral)
),

observations as (
    select 1 as step, owner, is_won, filled_today as is_customer from closed
    union all
    select 2 as step, owner, is_won, answered_today from closed
    union all
    select 3 as step, owner, is_won, answered_before_close from closed where has_field_history and answered_before_close is not null
    union all
    select 4 as step, coalesce(owner, '(none)'), is_won_by_horizon, focus = 'customer-focused'
    from metrics.tagged_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where part = 'compared' and (select has_field_history from asked)
),

by_owner as (
    select
        step,
        owner,
        count(*) filter (where is_customer and is_won) as customer_won,
        count(*) filter (where is_customer) as customer_deals,
        count(*) filter (where not is_customer and is_won) as seller_won,
        count(*) filter (where not is_customer) as seller_deals
    from observations
    group by step, owner
),

totals as (
    select
        step,
        count(*) as owners,
        sum(customer_won)::bigint as customer_won,
        sum(customer_deals)::bigint as customer_deals,
        sum(seller_won)::bigint as seller_won,
        sum(seller_deals)::bigint as seller_deals
    from by_owner
    group by step
),

rates as (
    select
        *,
        customer_won / nullif(customer_deals, 0) as customer_rate,
        seller_won / nullif(seller_deals, 0) as seller_rate
    from totals
),

jackknife as (
    select
        rates.step,
        sqrt(
            (any_value(rates.owners) - 1) / any_value(rates.owners) * sum(
                pow(
                    (rates.customer_won - each.customer_won) / nullif(rates.customer_deals - each.customer_deals, 0)
                    - (rates.seller_won - each.seller_won) / nullif(rates.seller_deals - each.seller_deals, 0)
                    - (rates.customer_rate - rates.seller_rate),
                    2
                )
            )
        ) as standard_error
    from rates
    join by_owner as each on each.step = rates.step
    where rates.step = 4 and rates.owners >= 5
    group by rates.step
),

steps(step, step_name) as (
    values
    (1, 'as the CRM reports it'),
    (2, 'without junk answers'),
    (3, 'without answers written after the fact'),
    (4, 'at equal deal age')
),

scoped as (
    select count(*) as deals from metrics.scoped_deals(scope := scope)
)

select
    steps.step,
    steps.step_name,
    coalesce(rates.customer_won, 0) as customer_won,
    coalesce(rates.customer_deals, 0) as customer_deals,
    rates.customer_rate,
    coalesce(rates.seller_won, 0) as seller_won,
    coalesce(rates.seller_deals, 0) as seller_deals,
    rates.seller_rate,
    rates.customer_rate - rates.seller_rate as difference,
    rates.customer_rate - rates.seller_rate - macros.t_quantile(rates.owners - 1) * jackknife.standard_error as low,
    rates.customer_rate - rates.seller_rate + macros.t_quantile(rates.owners - 1) * jackknife.standard_error as high,
    jackknife.standard_error,
    coalesce(rates.owners, 0) as owners,
    scoped.deals - coalesce(rates.customer_deals, 0) - coalesce(rates.seller_deals, 0) as deals_left_out
from steps
left join rates on rates.step = steps.step
left join jackknife on jackknife.step = steps.step
cross join scoped
order by steps.step;
