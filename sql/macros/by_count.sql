-- A scope without its entry count_by, for what compares numbers of deals whatever the scope asks for.
create or replace macro macros.by_count(scope) as
    map_from_entries(list_filter(map_entries(scope), lambda entry: entry.key <> 'count_by'));
