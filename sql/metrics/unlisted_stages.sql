-- Stages that neither [stages] in sameside.toml nor the CRM's mapping names, and that no flag of a deal speaks for. One row per source and stage,
-- the most deals first:
--   source, stage: as in raw.stages, the stage as the CRM writes it
--   taken_as: open, or where a forecast category told the outcome of its deals, those outcomes, such as open or won
--   told_by: the mapping's default, which takes any such stage as open; or forecast category
--   deals: deals in scope that are in it on the export date; 0 for a stage that only the history knows
--   deal_ids: of these, the ten with the largest amounts; empty without any
--   line: what to write under [stages] in sameside.toml, with the outcome that holds now: keep or change it
-- No value is null. Not for stages whose names speak of closing: those stop a load where nothing tells whether they are won or lost.
-- Source: raw.stages, marts.deals.
create or replace macro metrics.unlisted_stages(scope := map([]::varchar[], []::varchar[][])) as table
with counted as (
    select
        source,
        stage,
        count(*) as deals,
        list_sort(list(distinct outcome)) as outcomes,
        list(deal_id order by own_amount desc nulls last, deal_key)[:10] as deal_ids
    from metrics.scoped_deals(scope := scope)
    where stage is not null
    group by source, stage
)

select
    stages.source,
    stages.stage,
    coalesce(array_to_string(counted.outcomes, ' or '), stages.stage_outcome) as taken_as,
    stages.outcome_from as told_by,
    coalesce(counted.deals, 0) as deals,
    coalesce(counted.deal_ids, []) as deal_ids,
    format('{} = "{}"', to_json(stages.stage), case when len(counted.outcomes) = 1 then counted.outcomes[1] else stages.stage_outcome end) as line
from raw.stages as stages
left join counted on counted.source = stages.source and counted.stage = stages.stage
where stages.outcome_from in ('mapping''s default', 'forecast category')
order by deals desc, stages.source, stages.stage;
