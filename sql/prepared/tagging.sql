-- What the tag of a deal, and the comparison, hang on beside its answers. One row.
select
    settings.answers_needed, -- answers from which on a deal is customer-focused
    settings.has_field_history, -- exports tell when fields were filled
    -- Where exports alone tell stages, those of the deals that are compared may lie before the first of them.
    exists (select * from raw.stage_changes where told_by = 'history')
        or coalesce((
            select avg((deals.landmark_stage_name is not null)::integer)
            from prepared.landmark_deals as deals
            where deals.part_by_age = 'compared' and deals.landmark_day = (select landmark_day from raw.settings)
        ) >= 0.5, false) as has_stages, -- the stage history tells the stage that deals had at the landmark, by exports alone of half of them or more
    count(*) filter (where topics.is_mapped and not topics.is_neutral) as questions, -- questions that exports can answer
    count(*) filter (where topics.is_mapped and topics.is_neutral) as controls -- neutral fields in exports
from raw.settings as settings
left join raw.questions as topics on true
group by all
