"""Relations between a DuckDB connection and a place: written as Parquet, read with their types, and counted on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from etl.build import Model
from etl.engines.lake import Place, scan_sql
from etl.errors import DataError, RowsLost
from etl.sqltext import literal

_FILE_SIZE = "256MB"


def write_relations(con: duckdb.DuckDBPyConnection, relations: Sequence[Model], place: Place, work: Path) -> dict[str, int]:
    """Write relations of a database to a place, those of deals in the order of their keys, and return the rows of each.

    The manifest is left to who knows that all is well. What goes to object storage is written to `work` first.
    """
    place.clear(relations)
    folder = work if place.is_remote else Path(place.address)
    rows = {relation.name: _write(con, relation, folder / relation.name) for relation in relations}
    if place.is_remote:
        place.put(folder)
    return rows


def _write(con: duckdb.DuckDBPyConnection, relation: Model, folder: Path) -> int:
    """Write one relation as files of a folder, and return its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    order = "order by deal_key" if "deal_key" in relation.column_comments else ""
    target = literal(str(folder))
    options = f"format parquet, compression zstd, file_size_bytes {literal(_FILE_SIZE)}, overwrite_or_ignore"
    return int(con.execute(f"copy (from {relation.full_name} {order}) to {target} ({options})").fetchall()[0][0])


def fill_raw(con: duckdb.DuckDBPyConnection, relations: Sequence[Model], place: Place, work: Path, rows: Mapping[str, int]) -> None:
    """Fill the raw tables from a place; raises RowsLost where there are not as many rows as its manifest tells."""
    folder = place.fetched(relations, work)
    for relation in relations:
        columns, read = ", ".join(relation.column_comments), scan_sql(folder, relation, place.file_kind(relation))
        try:
            filled = con.execute(f"insert into {relation.full_name} by name select {columns} from {read}").fetchall()[0][0]
        except (duckdb.DataError, duckdb.IntegrityError, duckdb.ProgrammingError) as error:  # not what the machine does
            raise DataError(
                f"the relation {relation.full_name} cannot be read: {error}",
                where=f"{place.address}/{relation.name}",
                expected=f"the columns of sql/raw/{relation.name}.sql",
            ) from error
        hold_against(relation, filled, rows[relation.name], place)


def hold_against(relation: Model, read: int, told: int, place: Place) -> None:
    """Raise RowsLost where as many rows were read of a relation as nobody wrote."""
    if read != told:
        raise RowsLost(
            f"{relation.full_name}: {told:,} rows were written, and {read:,} are read",
            where=f"{place.address}/{relation.name}",
            expected="as many rows as the manifest tells",
            todo="Nothing was published. Write the relations again.",
        )
