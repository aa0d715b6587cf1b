-- macros.effective_number from sums over clusters in place of lists, for clusters as many as deals: x and n counts of each cluster, of which
-- the sums, the sums of squares and of products are given. With fewer than 6 clusters it is the plain n.
-- Source: as macros.effective_number.
create or replace macro macros.effective_number_of_sums(x, n, xx, xn, nn, clusters) as
    case
        when clusters < 6 then n::double
        else least(
            n::double,
            coalesce(
                (x / n::double) * (1 - x / n::double) * (clusters - 1) / clusters::double * pow(n::double, 2)
                / nullif(greatest(0, xx - 2 * (x / n::double) * xn + pow(x / n::double, 2) * nn), 0),
                n::double
            )
        ) * pow(macros.z() / macros.t_quantile(clusters - 1), 2)
    end;
