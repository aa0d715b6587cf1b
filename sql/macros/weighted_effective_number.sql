-- How many independent deals of equal size a group is worth for an interval of its value-weighted win rate: the smaller of Kish's number
-- and that of the linearised variance by owner. Lists by owner of amounts won, amounts, and amounts squared. With one owner only Kish's
-- number is known; 0 without an amount. It has no correction for few owners.
-- Source: Kish (1965), Survey Sampling, 11.7; linearised variance of a ratio, Cochran (1977), Sampling Techniques, 3rd ed., 6.4 and 9.3.
create or replace macro macros.weighted_effective_number(won_by_owner, amount_by_owner, squares_by_owner) as
    least(
        coalesce(pow(list_sum(amount_by_owner)::double, 2) / nullif(list_sum(squares_by_owner), 0), 0),
        (list_sum(won_by_owner)::double / list_sum(amount_by_owner)) * (1 - list_sum(won_by_owner)::double / list_sum(amount_by_owner))
        * pow(list_sum(amount_by_owner)::double, 2)
        / nullif(
            len(amount_by_owner)::double / nullif(len(amount_by_owner) - 1, 0)
            * list_sum(
                list_transform(
                    list_zip(won_by_owner, amount_by_owner),
                    lambda owner_sums: pow(
                        owner_sums[1]::double - owner_sums[2]::double * list_sum(won_by_owner)::double / list_sum(amount_by_owner), 2
                    )
                )
            ),
            0
        )
    );
