-- Landmark day, answers needed and horizon as the timing of answers and closings suggests them, never looking at what was won. One row:
--   landmark_day: the first of 7, 14, 21, 30, 45 and 60 by which at least half of the deals that ever came to answers_needed answers before
--              they closed had come to them, while at least 70 in 100 deals were still open; where no day does both, the last with so
--              many open; null without that
--   answers_needed: half of the mapped questions, rounded up
--   horizon_days: days after the landmark by which 85 in 100 of the deals that close have closed, rounded up to 30, and shortened until at
--              least 60 in 100 of the deals that were open at the landmark are old enough; null without a landmark
--   tagged_by_then, open_by_then: the two shares on landmark_day, 0 to 1; mature: the share that is old enough for horizon_days
-- Only a suggestion, for a file without settings of its own; raw.settings has what is in force. The landmark is chosen with the file's own
-- answers_needed. Not for trying what looks best: a change moves every figure, and choosing by the figures is self-deception.
-- Source: landmark analysis needs its day fixed beforehand, Anderson, Cain and Gelber (1983), J. Clin. Oncol. 1, 710-719; shares as said.
create or replace macro metrics.suggested_settings() as table
with needed as (
    select
        settings.answers_needed as in_force,
        greatest(1, (count(*) filter (where topics.is_mapped and not topics.is_neutral) + 1) // 2) as suggested
    from raw.settings as settings
    left join raw.questions as topics on true
    group by settings.answers_needed
),

timed as (
    select
        deals.created_date,
        case when deals.outcome <> 'open' then deals.cycle_days end as closed_day,
        date_diff('day', deals.created_date, deals.last_seen_on) as age,
        -- The day on which the last answer that was needed came in, counting first answers alone.
        deals.answer_start_days[needed.in_force] as tagged_day
    from marts.deals as deals
    cross join raw.settings as settings
    cross join needed
    where deals.created_date is not null and not deals.has_negative_cycle and settings.has_field_history
        and len(deals.unknown_until_days) = 0
),

candidates(candidate) as (
    values (7), (14), (21), (30), (45), (60)
),

shares as (
    select
        candidates.candidate,
        avg((timed.tagged_day <= candidates.candidate)::integer)
            filter (where timed.tagged_day is not null and coalesce(timed.tagged_day < timed.closed_day, true)) as tagged_by_then,
        avg(coalesce(timed.closed_day > candidates.candidate, true)::integer) filter (where timed.age >= candidates.candidate) as open_by_then
    from candidates
    cross join timed
    group by candidates.candidate
),

landmark as (
    select
        coalesce(
            min(candidate) filter (where tagged_by_then >= 0.5 and open_by_then >= 0.7),
            max(candidate) filter (where open_by_then >= 0.7)
        ) as day_l
    from shares
),

horizons as (
    select unnest(range(30, 1831, 30)) as horizon
),

closings as (
    select quantile_disc(closed_day - landmark.day_l, 0.85) as most_closed
    from timed
    cross join landmark
    where closed_day > landmark.day_l
),

matured as (
    select
        horizons.horizon,
        avg((timed.age >= landmark.day_l + horizons.horizon)::integer) as mature
    from horizons
    cross join timed
    cross join landmark
    where coalesce(timed.closed_day > landmark.day_l, true) and timed.age >= landmark.day_l
    group by horizons.horizon
),

horizon as (
    select max(matured.horizon) as horizon_days
    from matured
    cross join closings
    where matured.horizon < closings.most_closed + 30 and (matured.mature >= 0.6 or matured.horizon = 30)
)

select
    landmark.day_l as landmark_day,
    needed.suggested as answers_needed,
    horizon.horizon_days,
    shares.tagged_by_then,
    shares.open_by_then,
    matured.mature
from landmark
cross join needed
cross join horizon
left join shares on shares.candidate = landmark.day_l
left join matured on matured.horizon = horizon.horizon_days;
