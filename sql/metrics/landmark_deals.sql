-- Deals as they stood at any landmark, before it is told who is customer-focused. One row per deal; columns, units and nulls are those of
-- prepared.landmark_deals, where they are kept for the landmark days that people ask for. landmark_day, horizon_days: those of the file
-- where null; landmark_stage: the landmark is the day on which a deal first entered that stage. Not for asking directly:
-- metrics.tagged_deals tags these deals, and knows scopes.
-- Source: metrics.deals_at_landmark.
create or replace macro metrics.landmark_deals(landmark_day := null, horizon_days := null, landmark_stage := null) as table
select *
from metrics.kept_deals(landmark_day := landmark_day)
where horizon_days is null and landmark_stage is null and (landmark_day is null or list_contains(macros.kept_days(), landmark_day))
union all
select *
from metrics.deals_at_landmark(
    landmark_days := case when landmark_day is not null then [landmark_day] end, horizon_days := horizon_days, landmark_stage := landmark_stage
)
where not (horizon_days is null and landmark_stage is null and (landmark_day is null or list_contains(macros.kept_days(), landmark_day)));
