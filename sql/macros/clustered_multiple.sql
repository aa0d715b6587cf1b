-- How many standard errors a 95% interval reaches when the standard error is that of influences summed by owner: Student's t at
-- owners - 1, widened for what a few owners understate. Null below 2 owners.
-- Source: Cameron and Miller (2015), J. Hum. Resour. 50, 317-372, VI.
create or replace macro macros.clustered_multiple(owners) as
    macros.t_quantile(owners - 1) * sqrt(owners::double / (owners - 1));
