-- The standard normal quantile at 0.999, for two-sided 99.8% limits.
create or replace macro macros.z_998() as 3.0902323061678132::double;
