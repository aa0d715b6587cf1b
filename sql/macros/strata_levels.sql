-- Ever coarser lists of what alike deals share: all of it, then without the last, and so on to the first alone. An owner becomes a team
-- before it is let go, unless the team is asked for anyway. A list of lists.
create or replace macro macros.strata_levels(strata) as
    flatten(
        list_transform(
            range(len(strata), 0, -1),
            lambda kept: case
                when strata[kept] = 'owner' and kept > 1 and not list_contains(strata, 'team')
                    then [strata[1:kept], list_append(strata[1:kept - 1], 'team')]
                else [strata[1:kept]]
            end
        )
    );
