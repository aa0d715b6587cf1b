-- How much of the open pipeline is at risk, by team?
-- At risk: past the landmark day with fewer answers than make a deal customer-focused, or forecast to close on a day that is over.
with pipeline as (
    select
        coalesce(deals.team, '(none)') as team,
        deals.own_amount as amount,
        date_diff('day', deals.created_date, deals.last_seen_on) >= settings.landmark_day
            and deals.answers_today < settings.answers_needed as is_short_of_answers,
        coalesce(deals.close_date < deals.last_seen_on, false) as is_overdue
    from marts.deals as deals
    cross join raw.settings as settings
    where deals.outcome = 'open' and not deals.is_missing and deals.created_date is not null and (deals.amount is null or deals.own_amount is not null)
)
select
    team,
    count(*) as open_deals,
    round(sum(amount)) as open_amount,
    count(*) filter (where is_short_of_answers) as short_of_answers,
    count(*) filter (where is_overdue) as overdue,
    round(sum(amount) filter (where is_short_of_answers or is_overdue)) as amount_at_risk,
    round(100 * (sum(amount) filter (where is_short_of_answers or is_overdue) / sum(amount))::double, 1) as at_risk_pct
from pipeline
group by team
order by amount_at_risk desc nulls last, team;
