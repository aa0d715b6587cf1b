-- The stratum of a deal: its values of the dimensions named in strata, as one text. Equal texts, alike deals; a missing value reads
-- '(none)'. strata: a list of stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline; '[]' without any.
create or replace macro macros.stratum_of(
    strata, stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline
) as
    list_transform(
        strata,
        lambda factor: coalesce(
            case factor
                when 'stage' then stage
                when 'owner' then owner
                when 'team' then team
                when 'icp_fit' then icp_fit
                when 'segment' then segment
                when 'amount_band' then amount_band
                when 'deal_type' then deal_type
                when 'lead_source' then lead_source
                when 'pipeline' then pipeline
                else error('strata are stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source and pipeline')
            end,
            '(none)'
        )
    )::varchar;
