-- One of several estimates pulled towards their mean, the more the less certain it is: for rankings, where noise would come first.
-- estimates and standard_errors are lists of all of them.
-- Source: empirical Bayes with a normal prior, Morris (1983), J. Am. Stat. Assoc. 78, 47-55; its variance is macros.tau_squared.
create or replace macro macros.shrunken(estimate, standard_error, estimates, standard_errors) as
    (
        macros.tau_squared(estimates, standard_errors) * estimate
        + standard_error * standard_error * macros.weighted_mean(
            estimates,
            list_transform(standard_errors, lambda error: 1 / (error * error + macros.tau_squared(estimates, standard_errors)))
        )
    ) / (macros.tau_squared(estimates, standard_errors) + standard_error * standard_error);
