-- Does the gap in win rate turn round when deals are looked at by one dimension?
-- A warning means that where the deals sit makes the overall gap. No warning is no all-clear.
select
    dimension,
    round(100 * observed, 1) as observed_points,
    round(100 * within, 1) as points_within,
    values_told,
    values_against,
    is_warning
from metrics.simpson()
order by is_warning desc, dimension;
