-- The stratum of a deal: its values of the dimensions named in strata, as one number. Equal numbers, alike deals; that any two of a million
-- strata collide has a chance of 1 in 10 million. A missing value is a value too. strata: a list of stage, owner, team, icp_fit, segment,
-- amount_band, deal_type, lead_source, pipeline, whose order does not matter; an error for any other.
create or replace macro macros.stratum_of(
    strata, stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline
) as
    case
        when list_has_all(['stage', 'owner', 'team', 'icp_fit', 'segment', 'amount_band', 'deal_type', 'lead_source', 'pipeline'], strata)
            then hash(
                case when list_contains(strata, 'stage') then stage end,
                case when list_contains(strata, 'owner') then owner end,
                case when list_contains(strata, 'team') then team end,
                case when list_contains(strata, 'icp_fit') then icp_fit end,
                case when list_contains(strata, 'segment') then segment end,
                case when list_contains(strata, 'amount_band') then amount_band end,
                case when list_contains(strata, 'deal_type') then deal_type end,
                case when list_contains(strata, 'lead_source') then lead_source end,
                case when list_contains(strata, 'pipeline') then pipeline end
            )
        else error('strata are stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source and pipeline')
    end;
