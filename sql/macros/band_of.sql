-- Name of the band that an amount falls into, given the edges between bands and macros.band_names of them; '(none)' without an amount.
create or replace macro macros.band_of(amount, edges, names) as
    case
        when amount is null then '(none)'
        else names[1 + len(list_filter(edges, lambda edge: edge <= amount))]
    end;
