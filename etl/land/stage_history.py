"""Stages: what each says of the outcome, and the moments at which deals entered them."""

from __future__ import annotations

from etl.land.context import Landing, Source, in_file_order
from etl.land.deals import tells_outcome
from etl.land.field_history import STAGE
from etl.land.ledger import DELETED, NO_DEAL, REJECT_COLUMNS, count_loaded, join_deals, reject_columns, settle
from etl.normalise import local_date_sql, typed_rows
from etl.read import scan_numbered
from etl.sqltext import literal
from etl.stages import StageUse, resolve_stages


def scan_stage_history(landing: Landing) -> None:
    """Make the temporary table `landed_stages` of the rows that belong to a deal: its key, and what the row tells."""
    landing.con.execute(
        "create temp table landed_stages "
        f"(deal_key bigint, changed_at timestamp, stage varchar, amount decimal(18, 2), close_date date, {REJECT_COLUMNS})"
    )
    for source in landing.of_role("stage_history"):
        _scan(landing, source)


def take_from_field_history(landing: Landing) -> None:
    """Fill `landed_stages` from the changes of the stage field, for an export without stage history.

    A field history that does not record first values tells the first stage of a deal as the old value of its first change; a deal without
    a change is in its first stage still. That holds from the deal's creation on, or if that was before, from the first change of any
    deal's stage: until then nobody can know whether changes were tracked.
    """
    landing.con.execute(
        f"insert into landed_stages (deal_key, changed_at, stage) "
        f"select deal_key, changed_at, new_text from landed_changes where field_no = {STAGE} and new_text is not null"
    )
    if landing.mapping.history.records_first_value:
        return
    landing.con.execute(
        f"""
        insert into landed_stages (deal_key, changed_at, stage)
        with changes as (select deal_key, changed_at, old_text from landed_changes where field_no = {STAGE}),
        first_changes as (
            select deal_key, min(changed_at) as first_changed_at, min_by(old_text, changed_at) as first_stage from changes group by deal_key
        ),
        deals as (
            select numbers.deal_key, landed.stage, greatest(landed.created_at, (select min(changed_at) from changes)) as known_since
            from landed_deals as landed join deal_numbers as numbers using (file_no, row_number)
            where landed.created_at is not null and exists (from changes)
        )
        select deal_key, known_since, case when first_changed_at is null then stage else first_stage end as first_known
        from deals left join first_changes using (deal_key)
        where first_known is not null and coalesce(known_since < first_changed_at, true)
        """
    )


def write_stages(landing: Landing) -> None:
    """Fill raw.stages; raises UnknownOutcome where the stage of a deal has to tell the outcome and does not."""
    rows = landing.con.execute(
        """
        select stage, count(deal_id), coalesce(bool_or(is_won), false), coalesce(bool_or(is_closed), false),
            count(*) filter (deal_id is not null and forecast_category is null)
        from (
            select stage, deal_id, is_won, is_closed, forecast_category
            from landed_deals semi join deal_numbers using (file_no, row_number)
            union all
            select distinct stage, null, null, null, null from landed_stages
        )
        where stage is not null group by stage order by stage
        """
    ).fetchall()
    uses = [StageUse(*row) for row in rows]
    resolved = resolve_stages(uses, landing.config.stages, landing.mapping, flagged=tells_outcome(landing))
    if resolved:
        landing.con.executemany("insert into raw.stages values (?, ?, ?)", resolved)


def write_stage_changes(landing: Landing) -> None:
    """Fill raw.stage_changes."""
    landing.con.execute(
        f"""
        insert into raw.stage_changes
        select deal_key, changed_at, {local_date_sql("changed_at", landing.time_zone)}, stage, amount, close_date
        from landed_stages
        """
    )


def _scan(landing: Landing, source: Source) -> None:
    found = landing.cells(source)
    values = [found[name].value if name in found else "null" for name in ("changed_at", "stage", "amount", "close_date")]
    deleted = found["is_deleted"].value if "is_deleted" in found else "false"
    problem = (
        f"case when {deleted} then {literal(DELETED)} when deal_key is null then {literal(NO_DEAL)} "
        f"else coalesce({found['changed_at'].problem}, {found['stage'].problem}) end"
    )
    with in_file_order(landing.con, source.matched.table):
        read = landing.con.execute(
            f"insert into landed_stages select deal_key, {', '.join(values)}, {reject_columns(found['deal_id'].text)} "
            f"from (select *, {problem} as reason from {typed_rows(found, scan_numbered(source.matched.table))} {join_deals(found)})"
        ).fetchall()[0][0]
    count_loaded(landing, source, settle(landing, source, "landed_stages", read, found["deal_id"].header))
