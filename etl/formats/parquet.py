"""Parquet → a CSV copy made by DuckDB. Its rows are counted by what the file says of itself, read by pyarrow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType
from pyarrow import parquet

from etl.attach import in_memory
from etl.errors import UnreadableFile
from etl.formats.copies import Copies, Copy, CsvCopy
from etl.read import no_pattern, refuse_too_wide
from etl.sqltext import literal
from etl.unpack import Export, check_size

_FEWEST = 3  # characters of an empty cell in a copy: its quotes, and what comes after it
_DEEPEST = 16  # levels of columns within columns that become columns of their own; what lies deeper stays together as JSON


def copies(export: Export, work: Path, _: str | None) -> Copies:
    """Return the table of a Parquet file.

    Columns within a column become columns named with a dot (`owner.name`), lists and maps stay together as JSON. Times with a zone are
    told in UTC, whole numbers without a decimal point, decimals with all their digits.
    """
    try:
        with parquet.ParquetFile(export.path) as file:
            rows, columns = file.metadata.num_rows, file.metadata.num_columns
        refuse_too_wide(export.name, columns)
        check_size(export, rows * columns * _FEWEST)
        return Copies((Copy(export.name, _copied(export, work), rows + 1),))
    except (duckdb.Error, pa.ArrowException, ValueError) as error:
        raise UnreadableFile(
            f"{export.name} is a Parquet file that cannot be read: {str(error).splitlines()[0].replace(str(export.path), export.name)}",
            expected="a Parquet file that is whole and not encrypted",
            todo="Export it again, or export it as CSV.",
        ) from error


def _copied(export: Export, work: Path) -> Path:
    source = f"read_parquet({literal(no_pattern(export.path))}, hive_partitioning = false)"
    with in_memory(threads=1) as con:
        con.execute("set TimeZone = 'UTC'")
        columns = con.sql(f"from {source}")
        leaves = [
            leaf for name, dtype in zip(columns.columns, columns.types, strict=True) for leaf in _leaves(name, _quoted(name), dtype, 1)
        ]
        lengths = ", ".join(f"coalesce(sum(strlen({text})), 0)" for _, text in leaves)
        check_size(export, int(sum(con.execute(f"select {lengths} from {source}").fetchall()[0])))
        with CsvCopy(export, work) as copy:
            copy.write(name for name, _ in leaves)
        with tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False) as body:
            cells = ", ".join(f"coalesce({text}, '')" for _, text in leaves)
        form = "format csv, header false, force_quote *, delimiter ',', quote '\"', escape '\"'"
        con.execute(f"copy (select {cells} from {source}) to {literal(body.name)} ({form})")
    with copy.path.open("ab") as target, Path(body.name).open("rb") as rows:
        while block := rows.read(2**20):
            target.write(block)
    Path(body.name).unlink()
    return copy.path


def _leaves(name: str, value: str, dtype: DuckDBPyType, depth: int) -> Iterator[tuple[str, str]]:
    """Yield name and SQL of the text of a column, or of each column within it."""
    if dtype.id == "struct" and depth < _DEEPEST:
        for child, inner in dtype.children:
            if isinstance(inner, DuckDBPyType):
                yield from _leaves(f"{name}.{child}", f"({value}).{_quoted(child)}", inner, depth + 1)
    else:
        yield name, _text(value, dtype)


def _text(value: str, dtype: DuckDBPyType) -> str:
    """Return SQL of a value as text."""
    match dtype.id:
        case "list" | "array" | "map" | "struct" | "union":
            return f"to_json({value})::varchar"
        case "timestamp with time zone":
            return f"strftime({value} at time zone 'UTC', '%Y-%m-%d %H:%M:%S.%f+00:00')"
        case "blob":
            return f"coalesce(try(decode({value})), {value}::varchar)"
        case "double" | "float":
            return f"case when {value} = trunc({value}) and abs({value}) < 1e15 then {value}::bigint::varchar else {value}::varchar end"
        case _:
            return f"{value}::varchar"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
