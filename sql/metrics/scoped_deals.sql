-- Deals in scope. One row per deal, with the columns of marts.deals, units and nulls as there, icp_fit, its ICP fit in words, and
-- amount_band, the band of its own_amount, '(none)' without one.
-- scope maps a dimension to the values wanted, such as map {'segment': ['SMB', 'Enterprise'], 'created_from': ['2025-01-01']}; without
-- an entry a dimension is free. Dimensions: owner, team, segment, deal_type, lead_source, pipeline, amount_band, icp_fit (fits, does not
-- fit, unknown), source, created_from, created_to (first and last day). A value that is missing reads '(none)'. A scope may also hold definitions,
-- which say how deals in scope are counted, and leave none out here: denominator (all, or decided: won and lost by the horizon), no_decision
-- (in, or out: deals lost to no decision are not counted) and count_by (deals, or value: win rates weigh deals by amount). The first of
-- each is the default. Any other entry is an error.
-- Not for comparing groups: deals are of any age, and tags of today are set by how deals went; metrics.tagged_deals has those of day L.
-- Source: marts.deals; macros.is_in_scope.
create or replace macro metrics.scoped_deals(scope := map([]::varchar[], []::varchar[][])) as table
select *
from (
    select
        deals.*,
        case when is_icp_fit then 'fits' when not is_icp_fit then 'does not fit' else 'unknown' end as icp_fit,
        macros.band_of(deals.own_amount, bands.amount_bands, bands.names) as amount_band
    from marts.deals as deals
    cross join (select amount_bands, macros.band_names(amount_bands) as names from raw.settings) as bands
)
where macros.is_in_scope(scope, owner, team, segment, deal_type, lead_source, pipeline, amount_band, icp_fit, source, created_date);
