"""Rows that could not be used, and the account of every file: rows read = rows loaded + rows rejected."""

from __future__ import annotations

from etl.errors import RowsLost
from etl.land.context import Landing, Source, in_file_order
from etl.normalise import typed_rows
from etl.read import parser_rejects, scan
from etl.sqltext import literal

DELETED = "was deleted in the CRM"
NO_DEAL = "its deal is not among the deals that were loaded"


def count_loaded(landing: Landing, source: Source, loaded: int, not_needed: int = 0) -> None:
    """Note how many rows of a file were loaded, and how many of those no setting asks for."""
    landing.con.execute(
        "insert into landed_counts values (?, ?, ?)",
        [source.number, loaded, not_needed],
    )


def reject_rows(landing: Landing, source: Source, problem: str, column: str, text: str, join: str = "", among: str = "true") -> None:
    """Reject the rows of a file for which the SQL `problem` is not null, naming header and text that are to blame.

    The SQL is over the rows of `typed_rows`. The file is read once more for this, in its own order, so that the rows can be numbered;
    clean files never come here. `among`, SQL over the cells as read, spares rows that cannot be meant the closer look.
    """
    numbered = f"(select * from (select *, row_number() over () as row_number from {scan(source.matched.table)}) where {among})"
    with in_file_order(landing.con):
        landing.con.execute(
            f"""
        insert into raw.rejects
        select {literal(landing.load_id)}, {literal(source.matched.table.name)}, row_number, 'row', column_name, text, reason
        from (
            select rows.row_number, {column} as column_name, {text} as text, {problem} as reason
            from {typed_rows(landing.cells(source), numbered)} as rows {join}
        )
        where reason is not null
        """
        )


def suspects(landing: Landing, source: Source, table: str) -> str:
    """Return SQL, for `reject_rows`, that is true for the history rows whose deals have a rejected row in a landed table.

    Those are the rows whose rejected_id is not null: the cell that names their deal, empty where it is.
    """
    kept = f"rejected_ids_{source.number}"
    landing.con.execute(f"create or replace temp table {kept} as select distinct rejected_id from {table} where rejected_id is not null")
    landing.con.execute(f"delete from {table} where rejected_id is not null")
    return f"{cell_of(source)} in (from {kept})"


def cell_of(source: Source) -> str:
    """Return SQL of the cell that names the deal of a history row, as read; an empty one is an empty text."""
    return f"coalesce(c{source.matched.positions['deal_id']}, '')"


def write_ledger(landing: Landing) -> None:
    """Fill raw.load_files; raises RowsLost for the first file whose rows do not add up."""
    for source in landing.sources:
        _write_account(landing, source)


def _write_account(landing: Landing, source: Source) -> None:
    table = source.matched.table
    loaded, not_needed = landing.con.execute(
        "select coalesce(sum(loaded), 0)::bigint, coalesce(sum(not_needed), 0)::bigint from landed_counts where file_no = ?",
        [source.number],
    ).fetchall()[0]
    if loaded + _rejected(landing, source) != table.records:
        _reject_unsplit(landing, source)
    rejected = _rejected(landing, source)
    if loaded + rejected != table.records:
        raise RowsLost(
            f"{table.name} holds {table.records:,} rows, but {loaded:,} were loaded and {rejected:,} rejected",
            expected="rows read = rows loaded + rows rejected",
            todo="Nothing was published. Look for stray quotes or broken lines in the file, and export it anew.",
        )
    account = [table.records, loaded, not_needed, rejected, table.digest]
    described = [table.name, source.matched.role, table.dialect.encoding, table.dialect.delimiter]
    landing.con.execute("insert into raw.load_files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [landing.load_id, *described, *account])


def _rejected(landing: Landing, source: Source) -> int:
    file = literal(source.matched.table.name)
    return landing.value(f"select count(*) from raw.rejects where level = 'row' and file = {file}")


def _reject_unsplit(landing: Landing, source: Source) -> None:
    """Reject the rows that the parser could not split into cells, and number the other rejects as if it had passed none over."""
    table = source.matched.table
    unsplit = parser_rejects(landing.con, table)
    came_before = [reject.row - before for before, reject in enumerate(unsplit)]
    landing.con.execute(
        "update raw.rejects as rejects set row_number = row_number + "
        "(select count(*) from (select unnest(?::bigint[]) as came_before) where came_before <= rejects.row_number) where file = ?",
        [came_before, table.name],
    )
    for reject in unsplit:
        landing.con.execute(
            "insert into raw.rejects values (?, ?, ?, 'row', null, ?, ?)",
            [landing.load_id, table.name, reject.row, reject.text, reject.reason],
        )
