-- Deals as they stood at a landmark that is kept: the file's own, or one of macros.kept_days. One row per deal; columns, units and nulls
-- are those of prepared.landmark_deals. Not for asking directly: metrics.landmark_deals knows any landmark.
-- Source: prepared.landmark_deals.
create or replace macro metrics.kept_deals(landmark_day := null) as table
select kept.*
from prepared.landmark_deals as kept
where kept.landmark_day = coalesce(landmark_day, (select settings.landmark_day from raw.settings as settings));
