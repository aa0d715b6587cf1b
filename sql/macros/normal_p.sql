-- Two-sided p value of a standard normal z. Its relative error is below 1e-12 wherever the value is above 1e-300.
-- Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions: the series 7.1.6 for small z, else the continued fraction 7.1.14.
create or replace macro macros.normal_p(z) as
    case
        when abs(z) < 2 then 1 - sqrt(2 / pi()) * exp(-z * z / 2) * abs(z) * list_sum(
            list_transform(
                range(0, 60),
                lambda k: exp(k * ln(greatest(z * z, 1e-300) / 2) + lgamma(1.5::double) - lgamma(k + 1.5::double))
            )
        )
        else exp(-z * z / 2) * sqrt(2 / pi()) / list_reduce(range(300, 0, -1), lambda fraction, k: abs(z) + k / fraction, abs(z)::double)
    end;
