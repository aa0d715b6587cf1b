"""Files of any format → text tables. What is no CSV becomes a plain CSV copy first, and then goes the one way of `etl.read`.

Each format has a file of its own here. Its records are counted without the reader that copies them, and the two are held against each
other, so that no reader can lose a row unnoticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from etl.errors import RowsLost, UnreadableFile
from etl.formats import gzipped, jsontext, parquet, workbook
from etl.formats.copies import Copies
from etl.formats.kind import Kind, kind_of
from etl.read import TextTable, examine
from etl.steady import stamped
from etl.troubles import NO_ROOM
from etl.unpack import Export

_COPIES: Final[dict[Kind, Callable[[Export, Path, str | None], Copies]]] = {
    "xlsx": workbook.copies,
    "parquet": parquet.copies,
    "json": jsontext.copies,
    "json lines": jsontext.copies,
}


class Found(NamedTuple):
    """The tables of a file, and the names of what else is in it: sheets that hold none."""

    tables: tuple[TextTable, ...]
    ignored: tuple[str, ...]


def tables_of(export: Export, work: Path, encoding: str | None = None) -> Found:
    """Return the tables of a file, whose format is found from its content; copies are written to `work`.

    Raises UnreadableFile for what cannot be read, what `examine` raises, and OSError where there is no room for the copies.
    """
    try:
        stamp = stamped(export)
        found = _tables_of(export, work, encoding)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise UnreadableFile(
            f"{export.name} cannot be read: {error.strerror or error}", todo="See whether it is still there, and who may read it."
        ) from error
    return found._replace(tables=tuple(replace(table, original=stamp) for table in found.tables))


def _tables_of(export: Export, work: Path, encoding: str | None) -> Found:
    work.mkdir(parents=True, exist_ok=True)
    kind = kind_of(export)
    if kind == "gzip":
        return _unpacked(export, work, encoding)
    if kind is None:
        return Found((examine(export, work, encoding),), ())
    made = _COPIES[kind](export, work, encoding)
    digest = _digest(export.path)
    tables = []
    for copy in made.copies:
        table = examine(Export(copy.name, copy.path), work, "utf-8", ",", may_have_title=kind == "xlsx")
        _hold_against(table, copy.rows)
        tables.append(replace(table, digest=digest, dialect=replace(table.dialect, encoding=kind)))
    return Found(tuple(tables), made.ignored)


def _unpacked(export: Export, work: Path, encoding: str | None) -> Found:
    """Return the tables of what a gzip file holds, which bear its name and its digest."""
    inner = gzipped.unpacked(export, work)
    if kind_of(inner) == "gzip":
        raise UnreadableFile(f"{export.name} holds another gzip file", expected="one file, packed once", todo="Unpack it, then load it.")
    digest = _digest(export.path)
    found = _tables_of(inner, work, encoding)
    return Found(tuple(replace(table, digest=digest) for table in found.tables), found.ignored)


def _hold_against(table: TextTable, rows: int) -> None:
    """Raise RowsLost unless a table holds as many rows, its header and title among them, as were counted in the original."""
    copied = table.records + 1 + table.title_lines
    if copied != rows:
        raise RowsLost(
            f"{table.name} holds {rows:,} rows with the header in one count and {copied:,} in another",
            expected="two counts that agree",
            todo="Nothing was published. Save it as CSV and load that.",
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
