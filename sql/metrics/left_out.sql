-- What becomes of the deals in scope: compared, or left out and why. One row per part that occurs:
--   part: see metrics.tagged_deals
--   deals: deals in scope
--   won: deals of these won to date
-- The deals of all parts add up to the deals in scope. No value is null. Not for win rates of a part: the young are not decided yet.
-- Source: counts, as in a flow diagram of who was left out; von Elm and others (2007), Lancet 370, 1453-1457 (STROBE).
create or replace macro metrics.left_out(
    landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][])
) as table
select part::varchar as part, count(*) as deals, count(*) filter (where outcome = 'won') as won
from metrics.tagged_deals(landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope)
group by part
order by part = 'compared' desc, deals desc, part;
