-- Win rate by value: amount won by the horizon / amount of all deals compared, so that a deal counts for what it is worth. One row per value
-- of the dimension and focus:
--   by_value, focus: as in metrics.win_rate
--   won_amount, amount: numerator and denominator, in the organisation's currency, amounts as of amount_from; by the dimension currency
--              in that currency, as written
--   win_rate: won_amount / amount, between 0 and 1
--   low, high: 95% Wilson interval at effective_deals; clustered by owner, with fewer than 6 owners as if deals were independent
--   won, deals, owners: deals won by the horizon, deals with an amount, and their owners
--   effective_deals: how many deals of equal size these are worth, macros.weighted_effective_number
--   largest_share: share of the three largest deals in amount
--   amount_from: the landmark, or the export date where the history tells no amounts, so that winning may have moved them
-- Deals with an amount above 0 only, and but for the dimension currency a rate; no value is null. dimension: as in metrics.win_rate. Not for effects:
-- the groups are not made alike, and a few large deals may decide (largest_share).
-- Source: ratios of sums, Cochran (1977), Sampling Techniques, 3rd ed., 6.4 and 9.3; macros.weighted_effective_number, macros.wilson_low.
create or replace macro metrics.win_rate_by_value(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
with amounts as (
    select count(*) = 0 as are_of_today from marts.amount_spells
),

compared as (
    select
        tagged.by_value,
        tagged.focus,
        tagged.deal_key,
        coalesce(tagged.landmark_owner, '(none)') as owner,
        tagged.is_won_by_horizon as is_won,
        case
            when dimension = 'currency' then case when amounts.are_of_today then deals.amount else spells.amount end
            when amounts.are_of_today then tagged.amount
            else tagged.landmark_amount
        end as amount
    from metrics.compared_deals(
        dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
    ) as tagged
    cross join amounts
    -- Amounts as written, which only the dimension currency asks for.
    left join marts.deals as deals on dimension = 'currency' and deals.deal_key = tagged.deal_key
    left join marts.amount_spells as spells
        on dimension = 'currency' and spells.deal_key = tagged.deal_key
        and spells.entered_day <= tagged.day_l and coalesce(spells.left_day > tagged.day_l, true)
    where tagged.is_own_currency or dimension = 'currency'
),

totals as (
    select
        by_value,
        focus,
        count(*) filter (where is_won) as won,
        count(*) as deals,
        count(distinct owner) as owners,
        coalesce(sum(amount) filter (where is_won), 0) as won_amount,
        sum(amount) as amount,
        list_sum(max(amount, 3)) as largest_amount
    from compared
    where amount > 0
    group by by_value, focus
),

-- Amounts and their squares are decimals, whose sums are exact in any order.
by_cluster as (
    select
        compared.by_value,
        compared.focus,
        case when totals.owners >= 6 then compared.owner else compared.deal_key::varchar end as cluster,
        coalesce(sum(compared.amount) filter (where compared.is_won), 0)::double as won_amount,
        sum(compared.amount)::double as amount,
        sum(compared.amount * compared.amount)::double as squares
    from compared
    join totals on totals.by_value = compared.by_value and totals.focus = compared.focus
    where compared.amount > 0
    group by all
),

worths as (
    select
        by_value,
        focus,
        macros.weighted_effective_number(
            list(won_amount order by cluster), list(amount order by cluster), list(squares order by cluster)
        ) as effective_number
    from by_cluster
    group by by_value, focus
),

measured as (
    select
        totals.*,
        totals.won_amount::double / totals.amount::double as win_rate,
        worths.effective_number
        * case when totals.owners >= 6 then pow(macros.z() / macros.t_quantile(totals.owners - 1), 2) else 1 end as effective_deals
    from totals
    join worths on worths.by_value = totals.by_value and worths.focus = totals.focus
)

select
    measured.by_value,
    measured.focus::varchar as focus,
    measured.won_amount::double as won_amount,
    measured.amount::double as amount,
    measured.win_rate,
    macros.wilson_low(measured.win_rate * measured.effective_deals, measured.effective_deals, macros.z()) as low,
    macros.wilson_high(measured.win_rate * measured.effective_deals, measured.effective_deals, macros.z()) as high,
    measured.won,
    measured.deals,
    measured.owners,
    measured.effective_deals,
    measured.largest_amount::double / measured.amount::double as largest_share,
    case when amounts.are_of_today then 'the export date' else 'the landmark' end as amount_from
from measured
cross join amounts
order by measured.by_value, measured.focus;
