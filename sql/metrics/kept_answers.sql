-- Which questions stood answered at a landmark that is kept: the file's own, or one of macros.kept_days. One row per deal that may be compared;
-- columns are those of metrics.landmark_answers, and none is null. Not for asking directly: metrics.landmark_answers knows any landmark.
-- Source: prepared.landmark_answers.
create or replace macro metrics.kept_answers(landmark_day := null) as table
select kept.deal_key, kept.answered, kept.told
from prepared.landmark_answers as kept
where kept.landmark_day = coalesce(landmark_day, (select settings.landmark_day from raw.settings as settings));
