-- How many deals reach each stage, and where do they go from there?
-- A deal counts once for each stage that it ever entered; it moved on when it later entered another open stage, or was won.
with stays as (
    select
        spells.deal_key,
        spells.stage,
        spells.stage_outcome,
        spells.position,
        min(spells.position) filter (where spells.stage_outcome <> 'lost') over (
            partition by spells.deal_key order by spells.position rows between 1 following and unbounded following
        ) as next_position
    from marts.stage_spells as spells
),
reached as (
    select deal_key, stage, min(position) as first_position, bool_or(next_position is not null) as moved_on
    from stays
    where stage_outcome = 'open'
    group by deal_key, stage
)
select
    reached.stage,
    count(*) as deals,
    count(*) filter (where reached.moved_on) as moved_on,
    count(*) filter (where not reached.moved_on and deals.outcome = 'lost') as lost_from_here,
    count(*) filter (where not reached.moved_on and deals.outcome = 'open') as still_here,
    round(100.0 * count(*) filter (where reached.moved_on) / count(*), 1) as moved_on_pct,
    round(100.0 * count(*) filter (where deals.outcome = 'won') / count(*), 1) as won_in_the_end_pct
from reached
join marts.deals as deals on deals.deal_key = reached.deal_key
group by reached.stage
order by avg(reached.first_position), reached.stage;
