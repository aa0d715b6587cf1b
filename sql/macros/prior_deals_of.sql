-- macros.prior_deals, from the variance p(1-p) of one deal, the weighted squares of the owners' rates about the whole's, the sum of the
-- weights less that of their squares over it, and the number of owners.
-- Source: beta-binomial by moments, Kleinman (1973), J. Am. Stat. Assoc. 68, 46-54.
create or replace macro macros.prior_deals_of(deal_variance, squares, room, owners) as
    case
        when owners < 2 or deal_variance = 0 then null
        when squares <= deal_variance * (owners - 1) then 'infinity'::double
        else greatest(0, deal_variance * (room - owners + 1) / (squares - deal_variance * (owners - 1)) - 1)
    end;
