-- Lower limit of Wilson's score interval for x of n, between 0 and 1; null where n is 0, or either is unknown. n may be an effective number.
-- Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Newcombe (1998), Stat. Med. 17, 857-872, method 3.
create or replace macro macros.wilson_low(x, n, z) as
    case
        when x is null or n is null or n <= 0 then null
        when x <= 0 then 0::double
        else greatest(
            0::double,
            (x::double + z * z / 2 - z * sqrt(x::double * (n::double - x::double) / n::double + z * z / 4)) / (n::double + z * z)
        )
    end;
