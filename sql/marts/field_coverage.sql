-- How the asked fields are filled and since when their history is known. One row per source and field of the configuration.
select
    fields.field, -- name in the CRM
    fields.topic as question, -- the question it answers, or its own name for a neutral field
    fields.is_neutral, -- a control that says nothing about the buyer
    fields.is_in_export, -- whether any export of the source held the field
    fields.tracked_since, -- first day whose changes are known; null where no history is kept, and but one export held the field
    (select count(*) from raw.deals as deals where deals.source = fields.source) as deals, -- deals of the source
    coalesce(filled.deals_filled, 0) as deals_filled, -- deals in which it holds any text on the export date
    coalesce(filled.deals_answered, 0) as deals_answered, -- deals in which that text is an answer
    fields.source, -- where the deals come from
    fields.held_on, -- day of the last export that held the field; null where none did
    fields.exports_from, -- day of the export from which on differences between exports tell its changes; null as held_on
    fields.exports_to -- day of the last export that did so; exports_from where the CRM's own history told all
from raw.fields as fields
left join (
    select field_no, count(*) as deals_filled, count(*) filter (where is_answered) as deals_answered
    from staging.field_values
    group by field_no
) as filled on filled.field_no = fields.field_no
