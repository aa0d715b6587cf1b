-- Dates of deals in scope that cannot be right. One row per deal and fault, the worst kind first:
--   fault: implausible date: created or closed before 1990 or after 2099; an open deal's forecast too
--          created after the export: on a day after that of the export
--          closed after the export: a closed deal whose closing is dated after the day of the export
--          closed before created: as the CRM has it
--   deal_id, deal_name, owner, outcome: as in marts.deals; names null where the export has none
--   created_date, close_date, closed_date: as in marts.deals; null where missing
--   deals_in_all: deals with any fault; faults_in_all: rows, of which at most row_limit are given; a null row_limit gives all
-- Texts that are no date at all, such as 31 February, are in marts.rejects_by_reason. Deals closed before they were created have no cycle and
-- are not compared; the others are counted with the dates that they have. Not for mending here: dates are mended in the CRM.
-- Source: marts.deals.
create or replace macro metrics.bad_dates(scope := map([]::varchar[], []::varchar[][]), row_limit := null) as table
with judged as (
    select
        deals.*,
        unnest([
            {
                'position': 1, 'fault': 'implausible date',
                'is_found': list_bool_or([
                    not deals.created_date between date '1990-01-01' and date '2099-12-31',
                    not coalesce(deals.closed_date, deals.close_date) between date '1990-01-01' and date '2099-12-31'
                ])
            },
            {
                'position': 2, 'fault': 'created after the export',
                'is_found': deals.created_date > deals.last_seen_on
            },
            {
                'position': 3, 'fault': 'closed after the export',
                'is_found': deals.closed_date > deals.last_seen_on
            },
            {
                'position': 4, 'fault': 'closed before created',
                'is_found': deals.has_negative_cycle
            }
        ], recursive := true)
    from metrics.scoped_deals(scope := scope) as deals
),

placed as (
    select
        *,
        row_number() over (order by position, deal_key) as place,
        count(distinct deal_key) over () as deals_in_all,
        count(*) over () as faults_in_all
    from judged
    where is_found
)

select
    fault,
    deal_id,
    deal_name,
    owner,
    outcome,
    created_date,
    close_date,
    closed_date,
    deals_in_all,
    faults_in_all
from placed
where row_limit is null or place <= row_limit
order by place;
