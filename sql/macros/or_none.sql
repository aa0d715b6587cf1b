-- A name, and '(none)' where it is missing, as a scope reads it.
create or replace macro macros.or_none(name) as coalesce(name, '(none)'::known_name);
