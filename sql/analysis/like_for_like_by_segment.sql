-- In which segment does customer focus go with more wins, like for like?
-- points: difference among alike deals; q: how often such a finding would be a false one; points_for_ranking is pulled towards the whole.
select
    by_value as segment,
    deals_compared,
    round(100 * observed, 1) as observed_points,
    round(100 * difference, 1) as points,
    round(100 * low, 1) as low,
    round(100 * high, 1) as high,
    round(q, 3) as q,
    round(100 * shrunken, 1) as points_for_ranking
from metrics.effects(dimension := 'segment')
where measure = 'win_rate'
order by points_for_ranking desc, segment;
