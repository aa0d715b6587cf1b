-- Wins per day that deals are open, while customer-focused against while seller-focused: deals change sides on the day on which their tag
-- does, so that time before the answers counts for the seller-focused. One row per comparison:
--   comparison: ever tagged: all days of a deal on the side that its texts of today put it on, junk and late ones too, which favours
--              deals that lived long enough to be tagged; time-varying: each day on the side of the tag at its end
--   customer_won, customer_days, seller_won, seller_days: wins, and days open from creation to closing or the export date
--   rate_ratio: customer-focused over seller-focused wins per day; Mantel-Haenszel over strata for time-varying, all together for the other
--   low, high: 95% interval, delete-one-owner jackknife (CV3) of the logarithm with t at owners - 1; null with fewer than 5 owners, and
--              for ever tagged, whose bias an interval would hide
--   standard_error, owners: of that logarithm, and owners behind it
--   strata_used, days_used: strata in which both sides have days, and the days in them; null for ever tagged
-- strata: as in metrics.like_for_like, each as of the day, or as on the export date where it has no history. Keep it coarse: in a stratum
-- of one deal the win comes last, when the deal is tagged, and many such strata overstate the ratio. age_bands: days after creation on
-- which one band of deal age ends and the next begins; alike days share the band too. in_stage: only days in that stage; null for all.
-- With no_decision out in the scope, deals lost to no decision have no part in it; its days know no denominator.
-- Days on which unknown answers decide count for neither side. Not for the verdict: it looks on past the landmark, where answers and
-- wins may have one cause.
-- Source: Mantel-Haenszel rate ratio, Rothman and Greenland (1998), Modern Epidemiology, 2nd ed., 15; Mantel and Byar (1974), J. Am. Stat.
-- Assoc. 69, 81-86 (splitting time); jackknife, MacKinnon, Nielsen and Webb (2023), J. Appl. Econom. 38, 671-694.
create or replace macro metrics.rate_ratio_over_time(
    answers_needed := null, scope := map([]::varchar[], []::varchar[][]), strata := ['stage', 'segment'],
    age_bands := [30, 60, 90, 180], in_stage := null
) as table
with asked as (
    select
        coalesce(answers_needed, settings.answers_needed) as needed,
        settings.has_field_history,
        settings.amount_bands,
        macros.band_names(settings.amount_bands) as band_names
    from raw.settings as settings
    where exists (select * from raw.questions where is_mapped and not is_neutral)
),

lives as (
    select
        deals.deal_key,
        deals.outcome,
        deals.owner,
        deals.team,
        deals.icp_fit,
        deals.segment,
        deals.deal_type,
        deals.lead_source,
        deals.pipeline,
        deals.currency,
        deals.created_date,
        deals.answer_start_days,
        deals.answer_end_days,
        deals.unknown_until_days,
        coalesce(deals.cycle_days, date_diff('day', deals.created_date, deals.last_seen_on)) as last_day,
        deals.answers_filled_today >= asked.needed as is_ever_tagged
    from metrics.scoped_deals(scope := scope) as deals
    cross join asked
    where created_date is not null and not has_negative_cycle and (outcome = 'open' or cycle_days is not null)
        and not (macros.definition(scope, 'no_decision', 'in') = 'out' and coalesce(loss_kind = 'no decision', false))
),

-- A deal's days fall into periods that begin where its answers, stage, owner, amount or age band change.
begins as (
    select deal_key, unnest(flatten([[0], age_bands, answer_start_days, answer_end_days, unknown_until_days])) as first_day
    from lives
    union
    select deal_key, entered_day from marts.stage_spells where list_contains(strata, 'stage') or in_stage is not null
    union
    select deal_key, entered_day from marts.owner_spells
    union
    select deal_key, entered_day from marts.amount_spells where list_contains(strata, 'amount_band')
),

bounds as (
    select
        begins.deal_key,
        begins.first_day,
        lives.last_day,
        lead(begins.first_day) over (partition by begins.deal_key order by begins.first_day) as next_day
    from begins
    join lives on lives.deal_key = begins.deal_key and begins.first_day >= 0 and begins.first_day < lives.last_day
    where (select has_field_history from asked)
),

-- What is known of a period is looked up before its deal is, which has many columns.
periods as (
    select
        bounds.deal_key,
        bounds.first_day,
        coalesce(bounds.next_day, bounds.last_day) - bounds.first_day as days,
        bounds.next_day is null as is_last,
        stages.stage as day_stage,
        owners.deal_key is not null as has_day_owner,
        owners.owner as day_owner,
        amounts.amount as day_amount
    from bounds
    left join marts.stage_spells as stages
        on stages.deal_key = bounds.deal_key and stages.entered_day <= first_day and coalesce(stages.left_day > first_day, true)
    left join marts.owner_spells as owners
        on owners.deal_key = bounds.deal_key and owners.entered_day <= first_day and coalesce(owners.left_day > first_day, true)
    left join marts.amount_spells as amounts
        on list_contains(strata, 'amount_band')
        and amounts.deal_key = bounds.deal_key and amounts.entered_day <= first_day and coalesce(amounts.left_day > first_day, true)
    where in_stage is null or stages.stage = in_stage
),

tagged as (
    select
        lives.team,
        lives.icp_fit,
        lives.segment,
        lives.deal_type,
        lives.lead_source,
        lives.pipeline,
        periods.first_day,
        periods.days,
        periods.is_last and lives.outcome = 'won' as is_won,
        macros.has_enough(
            macros.answers_at(lives.answer_start_days, lives.answer_end_days, periods.first_day),
            len(list_filter(lives.unknown_until_days, lambda known_day: known_day > periods.first_day)),
            asked.needed
        ) as is_customer,
        case when periods.has_day_owner then periods.day_owner else lives.owner end as day_owner,
        periods.day_stage,
        macros.band_of(macros.converted(periods.day_amount, rates.rate), asked.amount_bands, asked.band_names) as day_band
    from periods
    join lives on lives.deal_key = periods.deal_key
    cross join asked
    left join intermediate.rate_spells as rates
        on list_contains(strata, 'amount_band')
        and rates.currency = lives.currency
        and coalesce(rates.first_day <= lives.created_date + periods.first_day::integer, true)
        and coalesce(rates.next_day > lives.created_date + periods.first_day::integer, true)
),

-- Added up before strata are named, which costs more than adding up.
gathered as (
    select
        day_stage,
        day_owner,
        team,
        icp_fit,
        segment,
        day_band,
        deal_type,
        lead_source,
        pipeline,
        len(list_filter(age_bands, lambda edge: edge <= first_day)) as age_band,
        is_customer,
        sum(days) as days,
        count(*) filter (where is_won) as won
    from tagged
    where is_customer is not null
    group by all
),

cells as (
    select
        macros.stratum_of(strata, day_stage, day_owner, team, icp_fit, segment, day_band, deal_type, lead_source, pipeline) as likeness,
        age_band,
        coalesce(day_owner, '(none)') as owner,
        coalesce(sum(days) filter (where is_customer), 0)::double as customer_days,
        coalesce(sum(won) filter (where is_customer), 0)::double as customer_won,
        coalesce(sum(days) filter (where not is_customer), 0)::double as seller_days,
        coalesce(sum(won) filter (where not is_customer), 0)::double as seller_won
    from gathered
    group by all
),

-- The same of the whole stratum.
summed as (
    select
        *,
        sum(customer_days) over stratum as s_customer_days,
        sum(customer_won) over stratum as s_customer_won,
        sum(seller_days) over stratum as s_seller_days,
        sum(seller_won) over stratum as s_seller_won,
        row_number() over (partition by likeness, age_band order by owner) = 1 as is_first
    from cells
    window stratum as (partition by likeness, age_band)
),

-- What each stratum adds to numerator and denominator of the ratio, whole and without the owner.
shares as (
    select
        *,
        s_customer_won * s_seller_days / (s_customer_days + s_seller_days) as above,
        s_seller_won * s_customer_days / (s_customer_days + s_seller_days) as below,
        coalesce(
            (s_customer_won - customer_won) * (s_seller_days - seller_days)
            / nullif(s_customer_days - customer_days + s_seller_days - seller_days, 0),
            0
        ) as left_above,
        coalesce(
            (s_seller_won - seller_won) * (s_customer_days - customer_days)
            / nullif(s_customer_days - customer_days + s_seller_days - seller_days, 0),
            0
        ) as left_below
    from summed
),

totals as (
    select
        sum(above order by likeness, age_band) filter (where is_first) as above,
        sum(below order by likeness, age_band) filter (where is_first) as below,
        sum(customer_won)::bigint as customer_won,
        sum(customer_days)::bigint as customer_days,
        sum(seller_won)::bigint as seller_won,
        sum(seller_days)::bigint as seller_days,
        count(*) filter (where is_first and s_customer_days > 0 and s_seller_days > 0) as strata_used,
        coalesce(sum(s_customer_days + s_seller_days) filter (where is_first and s_customer_days > 0 and s_seller_days > 0), 0)::bigint
            as days_used
    from shares
),

without_owner as (
    select
        any_value(totals.above) - sum(shares.above - left_above order by likeness, age_band) as above,
        any_value(totals.below) - sum(shares.below - left_below order by likeness, age_band) as below,
        shares.owner
    from shares
    cross join totals
    group by shares.owner
),

spread as (
    select
        count(*) as owners,
        case when count(*) >= 5 and bool_and(without_owner.above > 0 and without_owner.below > 0) then
            sqrt(
                (count(*) - 1) / count(*)
                * sum(pow(ln(without_owner.above / without_owner.below) - ln(totals.above / totals.below), 2) order by without_owner.owner)
            )
        end as standard_error
    from without_owner
    cross join totals
),

ever as (
    select
        count(*) filter (where is_ever_tagged and outcome = 'won') as customer_won,
        coalesce(sum(last_day) filter (where is_ever_tagged), 0)::bigint as customer_days,
        count(*) filter (where not is_ever_tagged and outcome = 'won') as seller_won,
        coalesce(sum(last_day) filter (where not is_ever_tagged), 0)::bigint as seller_days,
        count(distinct coalesce(owner, '(none)')) as owners
    from lives
)

select
    'ever tagged' as comparison,
    customer_won,
    customer_days,
    seller_won,
    seller_days,
    customer_won / nullif(customer_days, 0) / nullif(seller_won / nullif(seller_days, 0), 0) as rate_ratio,
    null::double as low,
    null::double as high,
    null::double as standard_error,
    owners,
    null::bigint as strata_used,
    null::bigint as days_used
from ever
union all
select
    'time-varying',
    coalesce(customer_won, 0),
    coalesce(customer_days, 0),
    coalesce(seller_won, 0),
    coalesce(seller_days, 0),
    above / nullif(below, 0),
    above / nullif(below, 0) * exp(-macros.t_quantile(owners - 1) * standard_error),
    above / nullif(below, 0) * exp(macros.t_quantile(owners - 1) * standard_error),
    standard_error,
    owners,
    strata_used,
    days_used
from totals
cross join spread;
