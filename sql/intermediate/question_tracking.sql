-- Since when the history of a question is known. One row per question or neutral field that the export holds.
-- Until then it is unknown for every deal alike, whatever its fields came to hold: else the tag would look past the landmark.
select
    question_no, -- number of the question or neutral field, see raw.questions
    max(tracked_since) as tracked_since, -- first day on which all of its fields were tracked
    bool_or(tracked_since is null) as is_untracked -- the CRM keeps no history of at least one of its fields
from staging.fields
group by question_no
