-- Share of deals that are customer-focused at the landmark, by the fiscal quarter in which they were created. One row per value of the
-- dimension and quarter in which deals were created:
--   by_value: value of the dimension, as in metrics.win_rate; of the dimension owner that as of the landmark, as in metrics.owner_rates
--   quarter: its name, such as Q1 2026; a fiscal year that is not the calendar's is named for the year in which it
--              ends, or begins if the settings say so, such as Q1 FY2026
--   quarter_start: its first day
--   customer_deals, deals: customer-focused deals, of those that were open at the end of the landmark day, too young for the horizon or not
--   share: customer_deals / deals, 0 to 1; null where deals is 0
--   low, high: 95% Wilson interval at the effective number of deals, clustered by owner; plain with fewer than 6 owners
--   owners, effective_deals: owners, and what the deals are worth for the interval; null where deals is 0
--   deals_unknown: deals of the same kind whose tag cannot be known; not in deals
--   is_over: the landmark day of all deals created in the quarter is over; false for a quarter that more deals will come into
-- No outcome is looked at. Not for how much is asked of buyers: an answer that nobody wrote down is none here; nor for win rates, which
-- take deals that are old enough. Source: macros.wilson_low, macros.effective_number.
create or replace macro metrics.adoption(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with placed as (
    select
        case when dimension = 'owner' then coalesce(landmark_owner, '(none)') else by_value end as by_value,
        coalesce(landmark_owner, '(none)') as owner,
        focus,
        day_l,
        as_of,
        fiscal_year_start_month as start_month,
        case when fiscal_year_start_month = 1 or fiscal_year_named_for = 'start' then 0 else 1 end as years_on,
        -- Months since the fiscal year 0 began, down to the start of a quarter.
        (year(created_date) * 12 + month(created_date) - fiscal_year_start_month) // 3 * 3 as months
    from metrics.tagged_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    )
    cross join raw.settings
    -- Deals that a definition leaves out for how they ended are in: the tag looks at no outcome.
    where part in ('compared', 'timing unknown', 'no decision', 'still open at the horizon')
        or (part = 'too young' and date_diff('day', created_date, last_seen_on) >= day_l and coalesce(cycle_days > day_l, true))
),

by_owner as (
    select
        by_value,
        months,
        owner,
        any_value(start_month) as start_month,
        any_value(years_on) as years_on,
        count(*) filter (where focus = 'unclassified') as unknown,
        count(*) filter (where focus <> 'unclassified') as deals,
        count(*) filter (where focus = 'customer-focused') as customer_deals,
        any_value(make_date(((months + start_month + 2) // 12)::bigint, ((months + start_month + 2) % 12 + 1)::bigint, 1) + day_l::integer <= as_of + 1)
            as is_over
    from placed
    group by by_value, months, owner
),

counted as (
    select
        by_value,
        months,
        any_value(start_month) as start_month,
        any_value(years_on) as years_on,
        bool_and(is_over) as is_over,
        sum(unknown)::bigint as deals_unknown,
        sum(deals)::bigint as deals,
        sum(customer_deals)::bigint as customer_deals,
        count(*) filter (where deals > 0) as owners,
        macros.effective_number(
            list(customer_deals order by owner) filter (where deals > 0), list(deals order by owner) filter (where deals > 0)
        ) as effective_deals
    from by_owner
    group by by_value, months
)

select
    by_value,
    concat('Q', months % 12 // 3 + 1, case when start_month = 1 then ' ' else ' FY' end, months // 12 + years_on) as quarter,
    make_date(((months + start_month - 1) // 12)::bigint, ((months + start_month - 1) % 12 + 1)::bigint, 1) as quarter_start,
    customer_deals,
    deals,
    customer_deals / nullif(deals, 0) as share,
    macros.wilson_low(customer_deals / nullif(deals, 0) * effective_deals, effective_deals, macros.z()) as low,
    macros.wilson_high(customer_deals / nullif(deals, 0) * effective_deals, effective_deals, macros.z()) as high,
    case when deals > 0 then owners end as owners,
    effective_deals,
    deals_unknown,
    is_over
from counted
order by by_value, quarter_start;
