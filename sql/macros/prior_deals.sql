-- How many deals' worth of the whole's win rate each owner's own is mixed with: the sum of the two parameters of the beta distribution of
-- their rates. Lists of deals won and deals by owner. Infinite where owners differ no more than chance has it; null with fewer than two
-- owners, or where all or no deals are won.
-- Source: beta-binomial by moments, Kleinman (1973), J. Am. Stat. Assoc. 68, 46-54, weights of deals.
create or replace macro macros.prior_deals(won_by_owner, deals_by_owner) as
    macros.prior_deals_of(
        list_sum(won_by_owner)::double / list_sum(deals_by_owner) * (1 - list_sum(won_by_owner)::double / list_sum(deals_by_owner)),
        list_sum([pow(each[1]::double, 2) / each[2] for each in list_zip(won_by_owner, deals_by_owner)])
        - pow(list_sum(won_by_owner)::double, 2) / list_sum(deals_by_owner),
        list_sum(deals_by_owner) - list_sum([pow(each::double, 2) for each in deals_by_owner]) / list_sum(deals_by_owner),
        len(deals_by_owner)
    );
