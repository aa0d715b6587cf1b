-- Who owned a deal when, for deals that changed hands; all others have the owner of marts.deals throughout. One row per deal and stay.
with changes as (
    select
        changes.deal_key,
        changes.old_owner,
        changes.new_owner,
        changes.changed_at,
        greatest(0, date_diff('day', deals.created_date, changes.changed_date)) as changed_day,
        row_number() over (partition by changes.deal_key order by changes.changed_at, changes.new_owner, changes.old_owner) as position
    from raw.owner_changes as changes
    join staging.deals as deals on deals.deal_key = changes.deal_key
    where deals.created_date is not null
),

stays as (
    select deal_key, 0 as position, old_owner as owner, 0 as entered_day
    from changes
    where position = 1
    union all
    select deal_key, position, new_owner, changed_day
    from changes
)

select
    deal_key, -- the deal, see marts.deals
    position, -- 0 for the first owner
    owner, -- name of the owner, else the CRM's id; null where the history names nobody
    entered_day, -- days after creation
    lead(entered_day) over (partition by deal_key order by position) as left_day -- days after creation; null for the last stay
from stays
