-- The value that a deal has in a dimension, '(none)' where it is missing: what by_value holds in every metric with a dimension. band: as of the
-- landmark. An error for a dimension that nobody knows.
create or replace macro macros.value_of(
    dimension, segment, deal_type, lead_source, owner, team, pipeline, icp_fit, band, currency, created_date, created_quarter
) as
    case dimension
        when 'all' then 'all'::known_name
        when 'segment' then macros.or_none(segment)
        when 'deal_type' then macros.or_none(deal_type)
        when 'lead_source' then macros.or_none(lead_source)
        when 'owner' then macros.or_none(owner)
        when 'team' then macros.or_none(team)
        when 'pipeline' then macros.or_none(pipeline)
        when 'icp_fit' then icp_fit
        when 'amount_band' then band
        when 'currency' then currency
        when 'created_year' then strftime(created_date, '%Y')::known_name
        when 'created_quarter' then created_quarter
        else error(
            'dimension is one of all, segment, deal_type, lead_source, owner, team, pipeline, icp_fit, amount_band, currency, '
            || 'created_year, created_quarter'
        )::known_name
    end;
