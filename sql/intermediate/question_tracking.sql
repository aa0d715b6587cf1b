-- Since when the history of a question is known. One row per source and question or neutral field that its exports hold.
-- Until then it is unknown for every deal alike, whatever its fields came to hold: else the tag would look past the landmark. Where exports
-- alone tell changes, a deal is known from the first export that held it: what stood there between creation and that day nobody saw.
select
    source, -- where the deals come from
    question_no, -- number of the question or neutral field, see raw.questions
    max(tracked_since) as tracked_since, -- first day on which all of its fields were tracked
    bool_or(tracked_since is null) as is_untracked, -- no history is kept of at least one of its fields
    min(exports_from) filter (where exports_from < exports_to) as exports_from, -- deals first seen after this day, and
    max(exports_to) filter (where exports_from < exports_to) as exports_to, -- not after this one, are known since that day; null where history tells all
    min(held_on) as held_on -- day of the last export that held all of its fields
from staging.fields
group by source, question_no
