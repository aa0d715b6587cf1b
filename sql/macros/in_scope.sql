-- Whether a deal's value of a dimension is wanted: true where the scope has no entry for the dimension, or one that holds the value.
-- A value that is missing reads '(none)'.
create or replace macro macros.in_scope(scope, dimension, deal_value) as
    scope[dimension] is null
    or case when deal_value is null then list_contains(scope[dimension], '(none)') else list_contains(scope[dimension], deal_value) end;
