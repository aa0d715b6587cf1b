-- Whether a deal's value of a dimension is wanted: true where the scope has no entry for the dimension, or one that holds the value.
-- A value that is missing reads '(none)'.
create or replace macro macros.in_scope(scope, dimension, deal_value) as
    scope[dimension] is null or list_contains(scope[dimension], coalesce(deal_value, '(none)'));
