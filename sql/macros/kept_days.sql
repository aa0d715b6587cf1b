-- Landmark days for which prepared.landmark_deals holds every deal, beside the file's own: those that people choose from.
-- Each takes room in the file, and time in a load.
create or replace macro macros.kept_days() as [14, 30, 60, 90];
