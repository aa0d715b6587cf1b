-- How many independent deals a group is worth for an interval of its win rate, given the deals of each owner and those of them won.
-- deals_by_owner and won_by_owner are lists with one entry per owner. With fewer than 6 owners it is the plain number of deals.
-- Source: linearised variance of a ratio, Cochran (1977), Sampling Techniques, 3rd ed., 9.3; effective number as in Korn and Graubard
-- (1998), Surv. Methodol. 24, 193-201, with their correction for the degrees of freedom.
create or replace macro macros.effective_number(won_by_owner, deals_by_owner) as
    case
        when len(deals_by_owner) < 6 then list_sum(deals_by_owner)::double
        else least(
            list_sum(deals_by_owner)::double,
            coalesce(
                (list_sum(won_by_owner)::double / list_sum(deals_by_owner)) * (1 - list_sum(won_by_owner)::double / list_sum(deals_by_owner))
                / nullif(
                    len(deals_by_owner)::double / (len(deals_by_owner) - 1)
                    * list_sum(
                        list_transform(
                            list_zip(won_by_owner, deals_by_owner),
                            lambda owner_counts: pow(
                                owner_counts[1]::double - owner_counts[2]::double * list_sum(won_by_owner)::double / list_sum(deals_by_owner),
                                2
                            )
                        )
                    )
                    / pow(list_sum(deals_by_owner)::double, 2),
                    0
                ),
                list_sum(deals_by_owner)::double
            )
        ) * pow(macros.z() / macros.t_quantile(len(deals_by_owner) - 1), 2)
    end;
