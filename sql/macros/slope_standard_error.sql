-- Standard error of a least-squares slope of y on x where the deals of one owner go together. clusters is a list with, for each owner,
-- {n, x, y, xx, xy}: deals, sums of x, of y, of x squared and of their product. Null with fewer than two owners or three deals.
-- Source: Liang and Zeger (1986), Biometrika 73, 13-22, with the factor G/(G-1) · (N-1)/(N-2); checked on Petersen (2009), Rev. Financ.
-- Stud. 22, 435-480.
create or replace macro macros.slope_standard_error(clusters, x_mean, y_mean, slope) as
    case when len(clusters) > 1 and list_sum([each.n for each in clusters]) > 2 then
        sqrt(
            len(clusters) / (len(clusters) - 1)
            * (list_sum([each.n for each in clusters]) - 1) / (list_sum([each.n for each in clusters]) - 2)
            * list_sum(
                list_transform(
                    clusters,
                    lambda each: pow(
                        each.xy - x_mean * each.y - y_mean * (each.x - x_mean * each.n)
                        - slope * (each.xx - 2 * x_mean * each.x + x_mean * x_mean * each.n),
                        2
                    )
                )
            )
        )
        / nullif(list_sum(list_transform(clusters, lambda each: each.xx - 2 * x_mean * each.x + x_mean * x_mean * each.n)), 0)
    end;
