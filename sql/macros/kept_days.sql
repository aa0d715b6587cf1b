-- Landmark days for which prepared.landmark_deals holds every deal, beside the file's own: what people choose from, or try out.
create or replace macro macros.kept_days() as [7, 14, 21, 30, 45, 60, 90];
