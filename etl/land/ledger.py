"""Rows that could not be used, and the account of every file: rows read = rows loaded + rows rejected."""

from __future__ import annotations

from collections.abc import Mapping

from etl.land.context import Landing, Source, in_file_order
from etl.normalise import Cell, typed_rows
from etl.read import parser_rejects, passed_over, reconcile, scan_numbered
from etl.sqltext import literal

DELETED = "was deleted in the CRM"
MERGED = "was merged into another deal"
NO_DEAL = "its deal is not among the deals that were loaded"
MERGED = "was merged into another deal"
DEAL_MERGED = "its deal was merged into another deal"

REJECT_COLUMNS = "row_number bigint, rejected_text varchar, reason varchar"
"""Last columns of a landed table: of a row that is to be rejected its number among the rows read, what to name, and why; else null."""


def open_ledger(landing: Landing) -> None:
    """Make the temporary tables `landed_counts`, of rows by file, and `unsplit`, of the row numbers after a record passed over."""
    landing.con.execute("create temp table landed_counts (file_no integer, loaded bigint, not_needed bigint)")
    landing.con.execute("create temp table unsplit (file_no integer, first bigint, last bigint)")


def reject_columns(text: str) -> str:
    """Return SQL of REJECT_COLUMNS over numbered rows that have a `reason`, null for good ones; `text` is SQL of what to name."""
    return f"case when reason is not null then row_number end, case when reason is not null then {text} end, reason"


def join_deals(found: Mapping[str, Cell]) -> str:
    """Return SQL of the join that gives history rows the deal_key of their deal, null where that is not among the loaded ones."""
    return f"left join (select history_id, deal_key from deal_numbers) as numbers on numbers.history_id = {found['deal_id'].text}"


def no_deal_sql(found: Mapping[str, Cell]) -> str:
    """Return SQL of why a history row has no deal_key."""
    merged = f"{found['deal_id'].text} in (select merged_id from merged)"
    return f"case when {merged} then {literal(DEAL_MERGED)} else {literal(NO_DEAL)} end"


def settle(landing: Landing, source: Source, table: str, read: int, column: str | None = None) -> int:
    """Move the rows of a landed table that have a reason to raw.rejects, blaming a column; return how many rows of the file remain.

    `read` is how many rows of the file were landed; what the parser could not split into cells is rejected too.
    """
    reject_unsplit(landing, source, read)
    rejected = landing.con.execute(
        f"""
        insert into raw.rejects
        select {literal(landing.load_id)}, {literal(source.matched.table.name)}, {row_in_file(source)}, 'row', {literal(column)},
            rejected_text, reason
        from {table} where reason is not null
        order by row_number
        """
    ).fetchall()[0][0]
    if rejected:
        landing.con.execute(f"delete from {table} where reason is not null")
    return int(read - rejected)


def reject_unsplit(landing: Landing, source: Source, read: int) -> None:
    """Reject the records that the parser could not split into cells, if fewer rows were read than the file holds."""
    table = source.matched.table
    if read == table.records:
        return
    rejects = parser_rejects(landing.con, table)
    for first, last in passed_over(table, [reject.row for reject in rejects]):
        landing.con.execute("insert into unsplit values (?, ?, ?)", [source.number, first, last])
    for reject in rejects:
        landing.con.execute(
            "insert into raw.rejects values (?, ?, ?, 'row', null, ?, ?)",
            [landing.load_id, table.name, reject.row, reject.text, reject.reason],
        )


def row_in_file(source: Source) -> str:
    """Return SQL of the row in the file of the row that was read as `row_number`: records that were passed over have numbers too."""
    return f"row_number + (select count(*) from unsplit where file_no = {source.number} and row_number between first and last)"


def count_loaded(landing: Landing, source: Source, loaded: int, not_needed: int = 0) -> None:
    """Note how many rows of a file were loaded, and how many of those no setting asks for."""
    landing.con.execute("insert into landed_counts values (?, ?, ?)", [source.number, loaded, not_needed])


def write_ledger(landing: Landing) -> None:
    """Fill raw.load_files; raises RowsLost for the first file whose rows do not add up."""
    for source in landing.sources:
        _note_doubts(landing, source)
        _write_account(landing, source)


def _note_doubts(landing: Landing, source: Source) -> None:
    """Note the values of loaded rows that may be others than those read. The file is read once more; most have no such columns."""
    table, found = source.matched.table, landing.cells(source)
    doubtful = [cell for cell in found.values() if cell.doubt != "null"]
    if not doubtful:
        return
    doubts = ", ".join(
        f"struct_pack(column_name := {literal(cell.header)}, text := {cell.text}, reason := {cell.doubt})" for cell in doubtful
    )
    with in_file_order(landing.con, table):
        landing.con.execute(
            f"""
            insert into raw.rejects
            with doubts as (
                select {row_in_file(source)} as row_number, unnest([{doubts}]) as doubt
                from {typed_rows(found, scan_numbered(table))}
            )
            select {literal(landing.load_id)}, {literal(table.name)}, row_number, 'value', doubt.column_name, doubt.text, doubt.reason
            from doubts
            where doubt.reason is not null and row_number not in (
                select row_number from raw.rejects where file = {literal(table.name)} and level = 'row' and row_number is not null
            )
            order by row_number
            """
        )


def _write_account(landing: Landing, source: Source) -> None:
    table = source.matched.table
    loaded, not_needed = landing.con.execute(
        "select coalesce(sum(loaded), 0)::bigint, coalesce(sum(not_needed), 0)::bigint from landed_counts where file_no = ?",
        [source.number],
    ).fetchall()[0]
    rejected = landing.value(f"select count(*) from raw.rejects where level = 'row' and file = {literal(table.name)}")
    reconcile(table, loaded, rejected)
    account = [table.records, loaded, not_needed, rejected, table.digest]
    described = [table.name, source.matched.role, table.dialect.encoding, table.dialect.delimiter]
    landing.con.execute("insert into raw.load_files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [landing.load_id, *described, *account])
