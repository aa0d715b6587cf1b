-- The true difference that would be seen with a chance of 80 in 100 at the 5% level, given a standard error; in the unit of that.
-- Source: 2.8 = 1.96 + 0.84; Gelman and Hill (2007), Data Analysis Using Regression and Multilevel/Hierarchical Models, 20.1.
create or replace macro macros.detectable_difference(standard_error) as 2.8::double * standard_error;
