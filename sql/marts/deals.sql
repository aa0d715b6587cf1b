-- Deals with outcome, cycle and answers. One row per deal.
-- How many questions stood answered at the end of day L is the number of answer_start_days up to L less that of answer_end_days.
with answers as (
    select
        deal_key,
        count(*) filter (where state_today <> 'blank' and not is_neutral) as answers_filled_today,
        count(*) filter (where state_today = 'answered' and not is_neutral) as answers_today,
        count(*) filter (where is_answered_before_close and not is_neutral) as answers_before_close,
        count(*) filter (where is_answered_before_close is null and not is_neutral) as answers_unknown_before_close,
        list_sort(array_agg(unknown_until_day) filter (where not is_neutral and unknown_until_day is not null)) as unknown_until_days,
        list_sort(array_agg(unknown_until_day) filter (where is_neutral and unknown_until_day is not null)) as neutral_unknown_until_days
    from marts.deal_answers
    group by deal_key
),

starts as (
    select
        deal_key,
        list_sort(array_agg(start_day) filter (where not is_neutral)) as answer_start_days,
        list_sort(array_agg(start_day) filter (where is_neutral)) as neutral_start_days
    from (select deal_key, is_neutral, unnest(start_days) as start_day from marts.deal_answers)
    group by deal_key
),

ends as (
    select
        deal_key,
        list_sort(array_agg(end_day) filter (where not is_neutral)) as answer_end_days,
        list_sort(array_agg(end_day) filter (where is_neutral)) as neutral_end_days
    from (select deal_key, is_neutral, unnest(end_days) as end_day from marts.deal_answers)
    group by deal_key
)

select
    deals.deal_key, -- number of the deal within this file; joins marts.deal_answers and marts.stage_spells
    deals.source, -- where it comes from: the mapping that read it, such as salesforce, or a name of your own
    deals.deal_id, -- the CRM's id; "row 17" where the export has none
    deals.deal_name, -- the CRM's name for it
    deals.account_name, -- customer or prospect
    deals.owner, -- owner's name on the export date, else the CRM's id; null where unknown
    deals.team, -- the owner's team
    deals.segment, -- market segment
    deals.deal_type, -- such as new business or renewal
    deals.lead_source, -- where the deal came from
    deals.pipeline, -- sales pipeline or record type
    deals.stage, -- stage on the export date
    deals.outcome, -- won, lost or open on the export date
    deals.loss_reason, -- the CRM's reason, as written
    case when deals.outcome = 'lost' then coalesce(loss_kinds.loss_kind, 'competitive') end as loss_kind, -- competitive, no decision or disqualified; null unless lost
    deals.amount, -- in `currency`; null where missing or unreadable
    deals.currency, -- ISO code
    case when rates.rate = 1 then deals.amount else try_cast(round(deals.amount * rates.rate, 2) as decimal(18, 2)) end as own_amount, -- amount in the organisation's currency, at the rate of the day of closing, of open deals and where that day is missing at that of the export; halves away from zero; null without amount or rate
    deals.is_icp_fit, -- fits the ideal customer profile; null where not told
    deals.created_at, -- UTC; null where missing or unreadable
    deals.created_date, -- calendar day in the organisation's zone
    deals.close_date, -- as the CRM has it: a forecast until the deal is closed
    closings.closed_date, -- day of closing; null for open deals and where the CRM does not tell
    closings.closed_date_from, -- stage history or close date: what told closed_date
    case when closings.closed_day >= 0 then closings.closed_day end as cycle_days, -- days from creation to closing; null for open deals and below zero
    coalesce(closings.closed_day < 0, false) as has_negative_cycle, -- closed before it was created: left out of cycles, and counted
    coalesce(answers.answers_filled_today, 0) as answers_filled_today, -- questions with any text on the export date, junk too
    coalesce(answers.answers_today, 0) as answers_today, -- questions with an answer on the export date
    coalesce(answers.answers_before_close, 0) as answers_before_close, -- questions answered at the end of the day before closing; 0 for open deals
    coalesce(answers.answers_unknown_before_close, 0) as answers_unknown_before_close, -- questions of which that is unknown
    coalesce(starts.answer_start_days, []) as answer_start_days, -- days after creation on which a question came to be answered, in order
    coalesce(ends.answer_end_days, []) as answer_end_days, -- days after creation on which a question ceased to be answered, in order
    coalesce(answers.unknown_until_days, []) as unknown_until_days, -- per question of unknown timing, the day after creation from which it is known, in order
    coalesce(starts.neutral_start_days, []) as neutral_start_days, -- as answer_start_days, for the neutral fields
    coalesce(ends.neutral_end_days, []) as neutral_end_days, -- as answer_end_days, for the neutral fields
    coalesce(answers.neutral_unknown_until_days, []) as neutral_unknown_until_days, -- as unknown_until_days, for the neutral fields
    deals.first_seen_on, -- day of the first export that held it
    deals.last_seen_on, -- day of the last export that held it: what came later nobody knows, of open deals and closed ones
    deals.last_seen_on < latest.seen_on as is_missing -- the latest export of its source no longer held it
from staging.deals as deals
left join intermediate.closings as closings on closings.deal_key = deals.deal_key
left join intermediate.rate_spells as rates
    on rates.currency = deals.currency
    and coalesce(rates.first_day <= coalesce(closings.closed_date, deals.last_seen_on), true)
    and coalesce(rates.next_day > coalesce(closings.closed_date, deals.last_seen_on), true)
left join answers on answers.deal_key = deals.deal_key
left join starts on starts.deal_key = deals.deal_key
left join ends on ends.deal_key = deals.deal_key
join (select source, max(last_seen_on) as seen_on from staging.deals group by source) as latest on latest.source = deals.source
left join raw.loss_kinds as loss_kinds on loss_kinds.loss_reason = lower(deals.loss_reason)
