-- What alike deals may share, with a deal's value of each: a list of factor and factor_value, null where missing; for unnesting.
create or replace macro macros.factors_of(
    stage, owner, team, icp_fit, segment, amount_band, deal_type, lead_source, pipeline
) as [
    {factor: 'stage', factor_value: stage},
    {factor: 'owner', factor_value: owner},
    {factor: 'team', factor_value: team},
    {factor: 'icp_fit', factor_value: icp_fit},
    {factor: 'segment', factor_value: segment},
    {factor: 'amount_band', factor_value: amount_band},
    {factor: 'deal_type', factor_value: deal_type},
    {factor: 'lead_source', factor_value: lead_source},
    {factor: 'pipeline', factor_value: pipeline}
];
