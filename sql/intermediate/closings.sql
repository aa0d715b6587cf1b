-- The day on which closed deals closed: the last entry, in the stage history, into a stage of their outcome, else the CRM's close date. One
-- row per closed deal.
with events as (
    -- A deal whose first row is already closed was entered after the fact: that is no event.
    select deal_key, stage_outcome, max(entered_date) as event_date
    from intermediate.stage_entries
    where stage_outcome <> 'open' and previous_stage is not null
    group by deal_key, stage_outcome
)
select
    deals.deal_key, -- the deal
    coalesce(events.event_date, deals.close_date) as closed_date, -- null where the CRM tells neither
    case
        when events.event_date is not null then 'stage history'
        when deals.close_date is not null then 'close date'
    end as closed_date_from, -- which of the two it was
    date_diff('day', deals.created_date, coalesce(events.event_date, deals.close_date)) as closed_day -- days after creation; below zero in bad data
from staging.deals as deals
left join events on events.deal_key = deals.deal_key and events.stage_outcome = deals.outcome
where deals.outcome <> 'open'
