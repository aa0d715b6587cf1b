-- p-value of two one-sided tests that a difference lies beyond a margin on either side: small where the two are as good as equal. Units of
-- estimate, standard_error and margin are the same.
-- Source: Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680; large samples.
create or replace macro macros.equivalence_p(estimate, standard_error, margin) as
    case
        when abs(estimate) <= margin then macros.normal_p((margin - abs(estimate)) / standard_error::double) / 2
        else 1 - macros.normal_p((margin - abs(estimate)) / standard_error::double) / 2
    end;
