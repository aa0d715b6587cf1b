-- Changes of asked fields, as what they are worth. One row per change.
select
    deal_key, -- the deal
    field_no, -- the field
    changed_at, -- UTC
    changed_date, -- calendar day in the organisation's zone
    old_state = 'answered' as was_answered, -- an answer stood there before
    new_state = 'answered' as is_answered, -- an answer stood there from then on
    new_state <> 'not recorded' as is_recorded, -- the CRM recorded the texts, not only that there was an edit
    told_by = 'exports' as is_told_by_exports -- two exports differ, and the later one dates it
from raw.field_changes
