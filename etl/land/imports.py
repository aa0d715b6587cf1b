"""Imports, automation and bulk edits: changes of answers that no person made deal by deal."""

from __future__ import annotations

from typing import Final

from etl.land.context import Landing
from etl.normalise import local_date_sql, local_time_sql

_MINUTE: Final = "interval 1 minute"


def find_imports(landing: Landing) -> None:
    """Make the temporary tables `imports` and `imported_values`, both empty where the settings let imports count.

    `imports`: one row per deal, field and moment of change, where the field of the deal was ever imported: deal_key, field_no, changed_at,
    is_import, and follows_import, of the moment after one. `imported_values` (deal_key, field_no): fields whose last change was an import.
    """
    _find_moments(landing)
    landing.con.execute(
        """
        create temp table imports as
        select *, coalesce(lag(is_import) over (partition by deal_key, field_no order by changed_at), false) as follows_import
        from (
            select deal_key, field_no, changed_at, (deal_key, field_no, changed_at) in (
                select (deal_key, field_no, changed_at) from import_moments
            ) as is_import
            from (select distinct deal_key, field_no, changed_at from landed_changes)
            where (deal_key, field_no) in (select (deal_key, field_no) from import_moments)
        )
        """
        if landing.value("select count(*) from import_moments")
        else "create temp table imports "
        "(deal_key bigint, field_no integer, changed_at timestamp, is_import boolean, follows_import boolean)"
    )
    landing.con.execute(
        "create temp table imported_values as select deal_key, field_no from imports "
        "group by deal_key, field_no having arg_max(is_import, changed_at)"
    )


def _find_moments(landing: Landing) -> None:
    """Make the temporary table `import_moments` (deal_key, field_no, changed_at): what the CRM calls automatic, and bulk edits."""
    landing.con.execute("create temp table import_moments (deal_key bigint, field_no integer, changed_at timestamp)")
    if landing.config.answers.count_imported:
        return
    _find_busy_changes(landing)
    landing.con.execute(
        f"""
        insert into import_moments
        with starts as (
            select *, count(distinct deal_key) over (
                partition by field_no, author order by changed_at range between current row and {_MINUTE} following
            ) >= {landing.config.answers.bulk_deals} as is_start
            from busy_changes
        ),

        bulk as (
            select *, bool_or(is_start) over (
                partition by field_no, author order by changed_at range between {_MINUTE} preceding and current row
            ) as is_bulk
            from starts
        )

        select deal_key, field_no, changed_at from bulk where is_bulk
        union
        select deal_key, field_no, changed_at from landed_changes where is_automatic and field_no > 0
        """
    )


def _find_busy_changes(landing: Landing) -> None:
    """Make the temporary table `busy_changes`: changes by one author of one field near a minute with many of them.

    Of so many changes within a minute, half at least are in the same minute of the clock. Where no author is told, the moment stands in
    for one: many people may write within a minute, and none of them on many deals at once. A day without a time is no moment.
    """
    midnight = local_date_sql("changed_at", landing.time_zone)
    local = local_time_sql("changed_at", landing.time_zone)
    landing.con.execute(
        f"""
        create temp table busy_changes as
        with changes as (
            select deal_key, field_no, coalesce(author, hash(changed_at)) as author, changed_at, epoch_ms(changed_at) // 60000 as minute
            from landed_changes where field_no > 0 and {local} <> {midnight}
        ),

        busy as (
            select field_no, author, minute from changes
            group by field_no, author, minute having count(*) >= {(landing.config.answers.bulk_deals + 1) // 2}
        ),

        near as (
            select distinct field_no, author, minute + unnest([-1, 0, 1]) as minute from busy
        )

        select changes.deal_key, changes.field_no, changes.author, changes.changed_at
        from changes join near using (field_no, author, minute)
        """
    )
