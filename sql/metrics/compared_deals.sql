-- Deals that are compared: open at the landmark, old enough to tell, and known to be customer-focused or seller-focused. One row per deal;
-- arguments, columns, units and nulls are those of metrics.tagged_deals, of whose parts this is one. Not for who was left out, which
-- metrics.left_out counts.
-- Source: metrics.tagged_deals.
create or replace macro metrics.compared_deals(
    dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]),
    landmark_stage := null
) as table
select *
from metrics.tagged_deals(
    dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope,
    landmark_stage := landmark_stage
)
-- The second follows from the first. Stored in order, it spares reading the others.
where part = 'compared' and part_by_age = 'compared';
