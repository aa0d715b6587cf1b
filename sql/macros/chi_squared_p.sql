-- P value of chi-squared with a whole number of degrees of freedom: the chance of x or more; null below 1 degree.
-- Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.4.4 and 26.4.5.
create or replace macro macros.chi_squared_p(x, df) as
    case
        when df < 1 then null
        when x <= 0 then 1::double
        when df % 2 = 0 then list_sum(list_transform(range(0, df // 2), lambda k: exp(k * ln(x / 2) - x / 2 - lgamma(k + 1::double))))
        else macros.normal_p(sqrt(x)) + coalesce(
            list_sum(
                list_transform(
                    range(0, (df - 1) // 2),
                    lambda k: exp((k + 0.5::double) * ln(x / 2) - x / 2 - lgamma(k + 1.5::double))
                )
            ),
            0
        )
    end;
