-- How the asked fields are filled and since when their history is known. One row per field of the configuration.
select
    fields.field, -- name in the CRM
    fields.topic as question, -- the question it answers, or its own name for a neutral field
    fields.is_neutral, -- a control that says nothing about the buyer
    fields.is_in_export, -- whether the export holds the field
    fields.tracked_since, -- first day whose changes are known for sure; null where the CRM keeps no history of it
    (select count(*) from raw.deals) as deals, -- deals loaded
    coalesce(filled.deals_filled, 0) as deals_filled, -- deals in which it holds any text on the export date
    coalesce(filled.deals_answered, 0) as deals_answered -- deals in which that text is an answer
from raw.fields as fields
left join (
    select field_no, count(*) as deals_filled, count(*) filter (where is_answered) as deals_answered
    from staging.field_values
    group by field_no
) as filled on filled.field_no = fields.field_no
