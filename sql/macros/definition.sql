-- What a scope says of a definition, in one word; the default where it says nothing. name: denominator (all or decided), no_decision
-- (in or out) or count_by (deals or value); see metrics.scoped_deals.
create or replace macro macros.definition(scope, name, standard) as coalesce(scope[name][1], standard);
