-- Days by which a given share of deals is closed, and days by which a given share of the wins is in, of both groups and their
-- difference: all deals that were open at the landmark, the young ones for as long as they were seen. One row per value of the
-- dimension, measure, quantile and focus:
--   by_value: value of the dimension; 'all' without one
--   measure: any close (won or lost, of all deals) or won by the horizon (of the deals that are won by horizon_days)
--   quantile: the share asked for, 0 to 1; 0.5 is the median
--   focus: customer-focused, seller-focused, or difference, the first less the second; no difference where a group is missing
--   days: days after the landmark, half way between two days where the share is met exactly; null where it was not reached. Of wins no
--              row where a group has none, or was not seen up to the horizon
--   low, high: 95% interval; null where the curve does not tell, and of wins with fewer than 6. Widened by what owners differ where each
--              group has 6 owners or more; as if deals were independent otherwise
-- quantiles: the shares. Add the landmark day for days since creation. Not for the median over deals old enough alone,
-- which is metrics.sales_cycle, nor for effects: groups are not made alike.
-- dimension: as in metrics.win_rate; seen_from and observations: as in metrics.time_to_close.
-- Source: any close, Brookmeyer and Crowley (1982), Biometrics 38, 29-41, on the scale of log(-log), widened by the design effect, Kish
-- (1965), Survey Sampling, 8.2; wins, Woodruff (1952), J. Am. Stat. Assoc. 47, 635-646, with Wilson's limits; macros.mover_low.
create or replace macro metrics.cycle_quantiles(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null, quantiles := [0.25, 0.5, 0.75], seen_from := null, observations := null
) as table
with watched as materialized (
    from metrics.time_to_close(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days,
        scope := scope, landmark_stage := landmark_stage, seen_from := seen_from, observations := observations
    )
),

risk as materialized (
    select risk.*, coalesce(horizon_days, settings.horizon_days) as horizon
    from metrics.risk_table((select list(watched) from watched)) as risk
    cross join raw.settings as settings
),

ends as (
    select
        by_value,
        focus,
        any_value(horizon) as horizon,
        max(share_won) filter (where day <= horizon) as share_won,
        sum(won) filter (where day <= horizon) as wins
    from risk
    group by by_value, focus
    having max(day) >= any_value(horizon) or min(share_open) = 0
),

-- Both measures as a share that rises with the days: of deals closed, and of the wins that are in.
risen as materialized (
    select by_value, focus, 'any close' as measure, day, 1 - share_open as share, open_error
    from risk
    union all
    select risk.by_value, risk.focus, 'won by the horizon', risk.day, risk.share_won / ends.share_won, null
    from risk
    join ends on ends.by_value = risk.by_value and ends.focus = risk.focus
    where ends.share_won > 0 and risk.day <= ends.horizon
),

reached as materialized (
    select
        risen.by_value,
        risen.focus,
        risen.measure,
        wanted.quantile,
        macros.days_until(risen.day, risen.share, wanted.quantile) as days,
        -- Where errors are taken: at the quantile, or at the end of a curve that stays below it.
        coalesce(min(risen.day) filter (where risen.share >= wanted.quantile - 1e-9::double), max(risen.day)) as day
    from risen
    cross join (select unnest(quantiles)::double as quantile) as wanted
    group by risen.by_value, risen.focus, risen.measure, wanted.quantile
),

influences as materialized (
    from metrics.curve_influence(
        (select list(watched) from watched),
        (
            select list({by_value: by_value, focus: focus, day: day})
            from (select by_value, focus, day from reached union select by_value, focus, horizon from ends)
        )
    )
),

-- What a unit moves at the quantile: the share of deals closed, or the share of the wins that are in, which is a ratio.
moved as (
    select
        reached.by_value,
        reached.focus,
        reached.measure,
        reached.quantile,
        influences.is_clustered,
        influences.unit,
        influences.influence,
        influences.copies
    from reached
    join influences
        on influences.by_value = reached.by_value and influences.focus = reached.focus and influences.day = reached.day
        and influences.figure = 'open'
    where reached.measure = 'any close'
    union all
    select
        reached.by_value,
        reached.focus,
        reached.measure,
        reached.quantile,
        until.is_clustered,
        until.unit,
        (until.influence - until.estimate / whole.estimate * whole.influence) / whole.estimate,
        until.copies
    from reached
    join ends on ends.by_value = reached.by_value and ends.focus = reached.focus
    join influences as until
        on until.by_value = reached.by_value and until.focus = reached.focus and until.day = reached.day and until.figure = 'won'
    join influences as whole
        on whole.by_value = reached.by_value and whole.focus = reached.focus and whole.day = ends.horizon and whole.figure = 'won'
        and whole.unit = until.unit
    where reached.measure = 'won by the horizon'
),

reaches as (
    select
        by_value,
        focus,
        measure,
        quantile,
        sqrt(sum(pow(influence, 2) / copies order by unit))
        * coalesce(case when any_value(is_clustered) then macros.clustered_multiple(count(*)) end, macros.z()) as reach
    from moved
    group by by_value, focus, measure, quantile
),

-- How much wider than of independent deals the interval is, and what the wins are worth as independent ones.
worths as (
    select
        reached.*,
        greatest(1, reaches.reach / nullif(macros.z() * risen.open_error, 0)) as widening,
        risen.share * (1 - risen.share) / nullif(pow(reaches.reach / macros.z(), 2), 0) as effective_wins,
        coalesce(ends.wins >= 6, false) as has_wins
    from reached
    join risen
        on risen.by_value = reached.by_value and risen.focus = reached.focus and risen.measure = reached.measure
        and risen.day = reached.day
    left join reaches
        on reaches.by_value = reached.by_value and reaches.focus = reached.focus and reaches.measure = reached.measure
        and reaches.quantile = reached.quantile
    left join ends on ends.by_value = reached.by_value and ends.focus = reached.focus
),

bands as (
    select
        worths.*,
        risen.day as curve_day,
        case worths.measure
            when 'any close' then 1 - macros.log_log_low(1 - risen.share, worths.widening * macros.z() * risen.open_error)
            else risen.share
        end as early_share,
        case worths.measure
            when 'any close' then 1 - macros.log_log_high(1 - risen.share, worths.widening * macros.z() * risen.open_error)
            else risen.share
        end as late_share,
        case worths.measure
            when 'any close' then worths.quantile
            else macros.wilson_low(worths.quantile * worths.effective_wins, worths.effective_wins, macros.z())
        end as early_level,
        case worths.measure
            when 'any close' then worths.quantile
            else macros.wilson_high(worths.quantile * worths.effective_wins, worths.effective_wins, macros.z())
        end as late_level
    from worths
    join risen on risen.by_value = worths.by_value and risen.focus = worths.focus and risen.measure = worths.measure
),

limits as (
    select
        by_value,
        measure,
        quantile,
        focus,
        days,
        case when measure = 'any close' or has_wins then macros.days_until(curve_day, early_share, early_level) end as low,
        case when measure = 'any close' or has_wins then macros.days_until(curve_day, late_share, late_level) end as high
    from bands
    group by by_value, measure, quantile, focus, days, has_wins
)

from limits
union all
select
    customer.by_value,
    customer.measure,
    customer.quantile,
    'difference',
    customer.days - seller.days,
    macros.mover_low(customer.days, customer.low, seller.days, seller.high),
    macros.mover_high(customer.days, customer.high, seller.days, seller.low)
from limits as customer
join limits as seller
    on seller.by_value = customer.by_value and seller.measure = customer.measure and seller.quantile = customer.quantile
where customer.focus = 'customer-focused' and seller.focus = 'seller-focused'
order by by_value, measure, quantile, focus;
