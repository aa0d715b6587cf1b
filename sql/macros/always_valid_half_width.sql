-- Half the width of a 95% interval that may be looked at as often as one likes: a confidence sequence, narrowest at tightest_at deals. In
-- the unit of standard_error, which is that at n deals.
-- 8.21 is the solution of c = ln((c + 1) / 0.05²), which makes it narrowest there.
-- Source: Robbins (1970), Ann. Math. Stat. 41, 1397-1409; Waudby-Smith and others (2021), arXiv 2103.06476, proposition 2.2.
create or replace macro macros.always_valid_half_width(standard_error, n, tightest_at) as
    standard_error * sqrt(
        (n::double * 8.211968062068253::double / tightest_at + 1) / (n::double * 8.211968062068253::double / tightest_at)
        * ln((n::double * 8.211968062068253::double / tightest_at + 1) / pow(0.05::double, 2))
    );
