-- What asked fields hold on the export date. One row per deal and field that is not blank.
select
    deal_key, -- the deal
    field_no, -- the field
    state = 'answered' as is_answered, -- an answer
    case when state <> 'answered' then cast(state as varchar) end as junk_reason, -- why it is no answer; null for an answer
    junk_text -- the text that is no answer; null for an answer
from raw.field_values
