-- Variance of the truths behind several estimates, lists of the estimates and their standard errors, by the method of moments; 0 where
-- they lie no further apart than chance would have them, or there are fewer than 2.
-- Source: DerSimonian and Laird (1986), Control. Clin. Trials 7, 177-188.
create or replace macro macros.tau_squared(estimates, standard_errors) as
    case
        when len(estimates) < 2 then 0::double
        else greatest(
            0,
            (macros.cochran_q(estimates, standard_errors) - (len(estimates) - 1))
            / (
                list_sum(list_transform(standard_errors, lambda error: 1 / (error * error)))
                - list_sum(list_transform(standard_errors, lambda error: 1 / pow(error, 4)))
                / list_sum(list_transform(standard_errors, lambda error: 1 / (error * error)))
            )
        )
    end;
