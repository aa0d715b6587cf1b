-- Whether prepared.landmark_cells tells deals of a scope apart: it knows neither days of creation nor how deals that are not won ended.
create or replace macro macros.is_counted_in_cells(scope) as
    scope['created_from'] is null and scope['created_to'] is null
    and macros.definition(scope, 'denominator', 'all') = 'all' and macros.definition(scope, 'no_decision', 'in') = 'in';
