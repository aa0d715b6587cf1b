-- Whether a deal is in scope: it has a wanted value of each dimension that the scope names, and was created within its days.
-- scope: see metrics.scoped_deals. An entry that is no dimension or definition is an error, and so is a definition that nobody knows.
-- Definitions leave no deal out of scope: metrics.tagged_deals makes parts of them.
create or replace macro macros.is_in_scope(
    scope, owner, team, segment, deal_type, lead_source, pipeline, amount_band, icp_fit, source, created_date
) as
    macros.in_scope(scope, 'owner', owner)
    and macros.in_scope(scope, 'team', team)
    and macros.in_scope(scope, 'segment', segment)
    and macros.in_scope(scope, 'deal_type', deal_type)
    and macros.in_scope(scope, 'lead_source', lead_source)
    and macros.in_scope(scope, 'pipeline', pipeline)
    and macros.in_scope(scope, 'amount_band', amount_band)
    and macros.in_scope(scope, 'icp_fit', icp_fit)
    and macros.in_scope(scope, 'source', source)
    and (scope['created_from'] is null or created_date >= scope['created_from'][1]::date)
    and (scope['created_to'] is null or created_date <= scope['created_to'][1]::date)
    and case
        when list_has_all(
            [
                'owner', 'team', 'segment', 'deal_type', 'lead_source', 'pipeline', 'amount_band', 'icp_fit', 'source', 'created_from',
                'created_to', 'denominator', 'no_decision', 'count_by'
            ],
            map_keys(scope)
        ) then true
        else error(
            'a scope knows owner, team, segment, deal_type, lead_source, pipeline, amount_band, icp_fit, source, created_from, '
            || 'created_to, denominator, no_decision and count_by'
        )
    end
    and case
        when macros.definition(scope, 'denominator', 'all') in ('all', 'decided')
            and macros.definition(scope, 'no_decision', 'in') in ('in', 'out')
            and macros.definition(scope, 'count_by', 'deals') in ('deals', 'value') then true
        else error('denominator is all or decided, no_decision in or out, count_by deals or value')
    end;
