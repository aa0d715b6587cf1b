"""Owner changes, told by name."""

from __future__ import annotations

from etl.land.context import Landing
from etl.land.field_history import OWNER
from etl.normalise import local_date_sql


def write_owner_changes(landing: Landing) -> None:
    """Fill raw.owner_changes. Of the two rows that a CRM writes for one change, the one with ids is kept and named by the users."""
    landing.con.execute(
        f"""
        insert into raw.owner_changes
        select changes.deal_key, changes.changed_at, {local_date_sql("changes.changed_at", landing.time_zone)},
            coalesce(before.user_name, changes.old_text), coalesce(after.user_name, changes.new_text), 'history'
        from landed_changes as changes
        left join users as before on before.user_id = changes.old_text
        left join users as after on after.user_id = changes.new_text
        where changes.field_no = {OWNER}
        qualify row_number() over (
            partition by changes.deal_key, changes.changed_at order by after.user_id is null, before.user_id is null, changes.new_text
        ) = 1
        """
    )
