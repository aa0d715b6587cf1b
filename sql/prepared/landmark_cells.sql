-- The deals of prepared.landmark_deals that may be compared, counted by everything that a scope, a stratum or a tag may ask for, so that
-- a view costs little however many deals there are. One row per combination that occurs.
select
    landmark_day, -- days after creation at whose end the deals are looked at
    landmark_stage_name, -- stage at the landmark; null where the history does not tell
    landmark_owner, -- owner at the landmark
    landmark_band, -- band of the amount at the landmark
    owner, -- owner on the export date
    team, -- the owner's team
    segment, -- market segment
    deal_type, -- such as new business or renewal
    lead_source, -- where the deals came from
    pipeline, -- sales pipeline or record type
    amount_band, -- band of the amount on the export date
    icp_fit, -- fits, does not fit, unknown
    source, -- where the deals come from
    answers_known, -- questions that stood answered at the landmark
    answers_unknown, -- questions of which that cannot be known
    controls_known, -- neutral fields that stood filled
    controls_unknown, -- neutral fields of which that cannot be known
    count(*) as deals, -- deals
    count(*) filter (where is_won_by_horizon) as won, -- deals won by the horizon
    sum(days_open)::bigint as days_open -- days open after the landmark up to the horizon, added up
from prepared.landmark_deals
where part_by_age = 'compared'
group by all
