-- Cochran's Q of several estimates, lists of the estimates and their standard errors: how far they lie apart beyond chance; chi-squared
-- with one degree of freedom less than there are estimates, where they are of one truth.
-- Source: Cochran (1954), Biometrics 10, 101-129.
create or replace macro macros.cochran_q(estimates, standard_errors) as
    list_sum(
        list_transform(
            list_zip(estimates, standard_errors),
            lambda each: pow(
                (each[1] - macros.weighted_mean(estimates, list_transform(standard_errors, lambda error: 1 / (error * error)))) / each[2], 2
            )
        )
    );
