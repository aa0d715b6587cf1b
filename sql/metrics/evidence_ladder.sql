-- The evidence ladder: the gap in win rate between customer-focused and seller-focused deals, from what the CRM would report to what
-- is left of it. One row per step:
--   step, step_name: 1 as the CRM reports it: closed deals, questions with any text today
--                    2 without junk answers: closed deals, questions with an answer today
--                    3 without answers written after the fact: closed deals, questions answered at the end of the day before closing
--                    4 at equal deal age: deals open at the landmark, questions answered by then, won by the horizon
--                    5 like for like: step 4 among deals alike in stage, owner, fit and so on, metrics.like_for_like
--                    6 beyond tidy record-keeping: step 5 less what neutral fields go with
--   customer_won, customer_deals, customer_rate and seller_won, seller_deals, seller_rate: numerators, denominators, win rates (0 to 1)
--              of steps 1 to 4; null above, where the groups are weighted
--   difference: customer_rate - seller_rate; above step 4 the adjusted difference; null where either group is empty, where fewer than
--              half of the deals have a partner, and of step 6 without neutral fields
--   removed: what the step took off the difference of the step before
--   low, high: 95% interval from step 4 on, delete-one-owner jackknife (CV3) with t at owners - 1; null with fewer than 5 owners, and for
--              steps 1 to 3, whose bias an interval would hide
--   standard_error, owners: of that interval
--   deals_used, deals_left_out: deals in scope that the step uses, and does not
--   days_to_win_difference: mean days from creation to the win, customer-focused less seller-focused, of won deals (steps 1 to 4)
--   days_open_difference, days_open_low, days_open_high: days open after the landmark up to the horizon, all deals (steps 4 to 6)
--   reason: why difference or interval is null: no questions mapped, no field history, one group only, not comparable, no neutral fields,
--              fewer than 5 owners; null where nothing is missing
-- With no_decision out in the scope, steps 1 to 3 leave out all deals lost to no decision; steps 4 to 6 follow metrics.tagged_deals.
-- Steps 3 to 6 are empty where the export holds no field history, all where it holds no questions. Not for proof: a
-- comparison, and steps 1 to 3 are known to be biased.
-- Source: landmark analysis, Anderson, Cain and Gelber (1983), J. Clin. Oncol. 1, 710-719; jackknife, MacKinnon, Nielsen and Webb
-- (2023), J. Appl. Econom. 38, 671-694 (CV3); steps 5 and 6, metrics.like_for_like.
create or replace macro metrics.evidence_ladder(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), strata := null
) as table
with asked as (
    select
        coalesce(answers_needed, settings.answers_needed) as needed,
        settings.has_field_history,
        exists (select * from raw.questions where is_mapped and not is_neutral) as has_questions,
        exists (select * from raw.questions where is_mapped and is_neutral) as has_controls
    from raw.settings as settings
),

-- Deals in scope, counted by how they ended and by what each of the first three steps would call them.
scoped as (
    select
        outcome <> 'open' and asked.has_questions
        and not (macros.definition(scope, 'no_decision', 'in') = 'out' and coalesce(loss_kind = 'no decision', false)) as is_closed,
        outcome = 'won' as is_won,
        answers_filled_today >= asked.needed as filled_today,
        answers_today >= asked.needed as answered_today,
        case when asked.has_field_history
            then macros.has_enough(answers_before_close, answers_unknown_before_close, asked.needed) end as answered_before_close,
        count(*) as deals,
        count(cycle_days) as cycles,
        sum(cycle_days)::double as cycle_days
    from metrics.scoped_deals(scope := scope)
    cross join asked
    group by all
),

observations as (
    select 1 as step, is_won, filled_today as is_customer, deals, cycles, cycle_days from scoped where is_closed
    union all
    select 2 as step, is_won, answered_today, deals, cycles, cycle_days from scoped where is_closed
    union all
    select 3 as step, is_won, answered_before_close, deals, cycles, cycle_days
    from scoped
    where is_closed and answered_before_close is not null
    union all
    select 4 as step, is_won_by_horizon, focus = 'customer-focused' as is_customer, count(*), count(cycle_days), sum(cycle_days)::double
    from metrics.compared_deals(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    where (select has_field_history from asked)
    group by is_won_by_horizon, is_customer
),

totals as (
    select
        step,
        coalesce(sum(deals) filter (where is_customer and is_won), 0)::bigint as customer_won,
        coalesce(sum(deals) filter (where is_customer), 0)::bigint as customer_deals,
        coalesce(sum(deals) filter (where not is_customer and is_won), 0)::bigint as seller_won,
        coalesce(sum(deals) filter (where not is_customer), 0)::bigint as seller_deals,
        sum(cycle_days) filter (where is_customer and is_won) / nullif(sum(cycles) filter (where is_customer and is_won), 0)
        - sum(cycle_days) filter (where not is_customer and is_won) / nullif(sum(cycles) filter (where not is_customer and is_won), 0)
            as days_to_win_difference
    from observations
    group by step
),

rates as (
    select *, customer_won / nullif(customer_deals, 0) as customer_rate, seller_won / nullif(seller_deals, 0) as seller_rate
    from totals
),

adjusted as (
    select
        case when comparison = 'as observed' then 4 when contrast = 'buyer' then 5 else 6 end as step,
        any_value(case when share_compared >= 0.5 then deals_compared end) as deals_compared,
        any_value(owners) as owners,
        any_value(case when share_compared >= 0.5 then difference end) filter (where measure = 'win_rate') as difference,
        any_value(case when share_compared >= 0.5 then low end) filter (where measure = 'win_rate') as low,
        any_value(case when share_compared >= 0.5 then high end) filter (where measure = 'win_rate') as high,
        any_value(case when share_compared >= 0.5 then standard_error end) filter (where measure = 'win_rate') as standard_error,
        any_value(case when share_compared >= 0.5 then difference end) filter (where measure = 'days_open') as days_open_difference,
        any_value(case when share_compared >= 0.5 then low end) filter (where measure = 'days_open') as days_open_low,
        any_value(case when share_compared >= 0.5 then high end) filter (where measure = 'days_open') as days_open_high
    from metrics.like_for_like(
        landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope, strata := strata
    )
    where (comparison = 'as observed' and contrast = 'buyer') or (comparison = 'like for like' and contrast <> 'neutral')
    group by all
),

steps(step, step_name) as (
    values
    (1, 'as the CRM reports it'),
    (2, 'without junk answers'),
    (3, 'without answers written after the fact'),
    (4, 'at equal deal age'),
    (5, 'like for like'),
    (6, 'beyond tidy record-keeping')
),

laid as (
    select
        steps.step,
        steps.step_name,
        case when steps.step <= 4 then coalesce(rates.customer_won, 0) end as customer_won,
        case when steps.step <= 4 then coalesce(rates.customer_deals, 0) end as customer_deals,
        rates.customer_rate,
        case when steps.step <= 4 then coalesce(rates.seller_won, 0) end as seller_won,
        case when steps.step <= 4 then coalesce(rates.seller_deals, 0) end as seller_deals,
        rates.seller_rate,
        case when steps.step <= 4 then rates.customer_rate - rates.seller_rate else adjusted.difference end as difference,
        adjusted.low,
        adjusted.high,
        adjusted.standard_error,
        case when steps.step >= 4 then coalesce(adjusted.owners, 0) end as owners,
        case when steps.step <= 4 then coalesce(rates.customer_deals + rates.seller_deals, 0) else coalesce(adjusted.deals_compared, 0) end
            as deals_used,
        rates.days_to_win_difference,
        adjusted.days_open_difference,
        adjusted.days_open_low,
        adjusted.days_open_high
    from steps
    left join rates on rates.step = steps.step
    left join adjusted on adjusted.step = steps.step
)

select
    laid.step,
    laid.step_name,
    laid.customer_won,
    laid.customer_deals,
    laid.customer_rate,
    laid.seller_won,
    laid.seller_deals,
    laid.seller_rate,
    laid.difference,
    lag(laid.difference) over (order by laid.step) - laid.difference as removed,
    laid.low,
    laid.high,
    laid.standard_error,
    laid.owners,
    laid.deals_used,
    (select coalesce(sum(deals), 0)::bigint from scoped) - laid.deals_used as deals_left_out,
    laid.days_to_win_difference,
    laid.days_open_difference,
    laid.days_open_low,
    laid.days_open_high,
    case
        when laid.difference is not null and (laid.low is not null or laid.step < 4) then null
        when not asked.has_questions then 'no questions mapped'
        when laid.step >= 3 and not asked.has_field_history then 'no field history'
        when laid.step = 6 and not asked.has_controls then 'no neutral fields'
        when laid.difference is not null then 'fewer than 5 owners'
        when bool_or(laid.step = 4 and laid.difference is null) over () or laid.step <= 4 then 'one group only'
        else 'not comparable'
    end as reason
from laid
cross join asked
order by laid.step;
