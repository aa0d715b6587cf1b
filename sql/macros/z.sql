-- The standard normal quantile at 0.975, for two-sided 95% intervals.
create or replace macro macros.z() as 1.959963984540054::double;
