-- The day by which a rising share reaches a level, over the days of a curve: an aggregate. Where the share equals the level from one day
-- to another, half way between the two. Null where it stays below.
-- Source: the convention of the median of an even number; Brookmeyer and Crowley (1982), Biometrics 38, 29-41.
create or replace macro macros.days_until(day, share, level) as
    (
        min(day) filter (where share >= level - 1e-9::double)
        + coalesce(min(day) filter (where share > level + 1e-9::double), max(day))
    ) / 2;
