-- How many deals more, beyond n, it takes until a difference of margin would be seen with a chance of 80 in 100, at the clustering that
-- the standard error shows; 0 where n is enough; null where nothing is known. Units of standard_error and margin are the same.
-- Source: variance falls as 1/n; macros.detectable_difference.
create or replace macro macros.deals_needed(n, standard_error, margin) as
    case
        when n is not null and standard_error is not null and margin is not null
            then greatest(0, ceil(n * (pow(macros.detectable_difference(standard_error) / margin, 2) - 1)))::bigint
    end;
