-- Deals in scope. One row per deal, with the columns of marts.deals and fit, its ICP fit in words.
-- scope maps a dimension to the values wanted, such as map {'segment': ['SMB', 'Enterprise'], 'created_from': ['2025-01-01']}; without
-- an entry a dimension is free. Dimensions: owner, team, segment, deal_type, lead_source, pipeline, icp_fit (fits, does not fit,
-- unknown), created_from, created_to (first and last day). Any other is an error. A value that is missing reads '(none)'.
create or replace macro metrics.scoped_deals(scope := map([]::varchar[], []::varchar[][])) as table
select *
from (
    select
        *,
        case when is_icp_fit then 'fits' when not is_icp_fit then 'does not fit' else 'unknown' end as icp_fit
    from marts.deals
)
where (scope['owner'] is null or list_contains(scope['owner'], coalesce(owner, '(none)')))
    and (scope['team'] is null or list_contains(scope['team'], coalesce(team, '(none)')))
    and (scope['segment'] is null or list_contains(scope['segment'], coalesce(segment, '(none)')))
    and (scope['deal_type'] is null or list_contains(scope['deal_type'], coalesce(deal_type, '(none)')))
    and (scope['lead_source'] is null or list_contains(scope['lead_source'], coalesce(lead_source, '(none)')))
    and (scope['pipeline'] is null or list_contains(scope['pipeline'], coalesce(pipeline, '(none)')))
    and (scope['icp_fit'] is null or list_contains(scope['icp_fit'], icp_fit))
    and (scope['created_from'] is null or created_date >= scope['created_from'][1]::date)
    and (scope['created_to'] is null or created_date <= scope['created_to'][1]::date)
    and case
        when list_has_all(
            ['owner', 'team', 'segment', 'deal_type', 'lead_source', 'pipeline', 'icp_fit', 'created_from', 'created_to'],
            map_keys(scope)
        ) then true
        else error('a scope knows owner, team, segment, deal_type, lead_source, pipeline, icp_fit, created_from and created_to')
    end;
