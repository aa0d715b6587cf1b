-- Whether at least as many answers stood there as are needed, of which so many are known and so many may or may not have stood there; null
-- where those decide.
create or replace macro macros.has_enough(known, unknown, needed) as
    case when known >= needed then true when known + unknown < needed then false end;
