-- False discovery rate q at which one of several p values would be called a finding; p is one of p_values. At most 1.
-- Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.
create or replace macro macros.benjamini_hochberg(p, p_values) as
    list_min(
        list_transform(
            list_filter(range(1, len(p_values) + 1), lambda place: list_sort(p_values)[place] >= p),
            lambda place: least(1, list_sort(p_values)[place] * len(p_values) / place)
        )
    );
