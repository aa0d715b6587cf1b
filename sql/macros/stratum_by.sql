-- The stratum of a deal, as macros.stratum_of, for lists that differ from row to row: shared is a row of flags, has_stage and so on, that say
-- what alike deals share; looked up once for a list, not for each deal.
create or replace macro macros.stratum_by(
    shared, stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline
) as
    hash(
        case when shared.has_stage then stage end,
        case when shared.has_owner then owner end,
        case when shared.has_team then team end,
        case when shared.has_icp_fit then icp_fit end,
        case when shared.has_segment then segment end,
        case when shared.has_amount_band then amount_band end,
        case when shared.has_deal_type then deal_type end,
        case when shared.has_lead_source then lead_source end,
        case when shared.has_pipeline then pipeline end
    );
