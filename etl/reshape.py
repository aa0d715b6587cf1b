"""Wide history → long: one row per deal and field with its changes side by side becomes one row per change."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from etl.dialect import Dialect
from etl.errors import RowsLost
from etl.mapping import CrmMapping, folded
from etl.read import MAX_RECORD, TextTable
from etl.recognise import Matched

_SAMPLED_ROWS = 1000
_FIXED = ("deal_id", "field")
"""Columns that a wide row holds once; all others come again with each change."""


def long_form(matched: Matched, mapping: CrmMapping, work: Path) -> Matched:
    """Return a history file with one row per change: as it is, or where its mapping says it is wide, as a copy in the work folder.

    The rows of the copy are what counts as read. A row of the file without a change gives none; a change without a time is a row, which
    is rejected later. Raises RowsLost where the file's rows are not those that were counted.
    """
    if mapping.files[matched.role].layout == "long" or not _is_wide(matched.table):
        return matched
    table, names = matched.table, tuple(matched.positions)
    changes = _Changes.of(matched)
    with tempfile.NamedTemporaryFile("w", dir=work, suffix=".csv", delete=False, encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(f"c{position}" for position in range(len(names)))
        rows = written = 0
        has_line_breaks = False
        for row in _rows(table):
            rows += 1
            for change in changes.in_row(row):
                writer.writerow(change)
                written += 1
                has_line_breaks |= any("\n" in cell or "\r" in cell for cell in change)
    if rows != table.records:
        raise RowsLost(f"{table.name} holds {table.records:,} rows in one count and {rows:,} in another")
    headers = tuple(matched.header(name) for name in names)
    dialect = Dialect(",", '"', table.dialect.encoding, "\n")
    long = replace(
        table, path=Path(target.name).absolute(), headers=headers, dialect=dialect, records=written, has_line_breaks=has_line_breaks,
        is_parallel=False, stray_quote=None, blank_lines=0, parts=(), has_short_records=False,
    )  # fmt: skip
    return Matched(long, matched.role, {name: position for position, name in enumerate(names)})


def _is_wide(table: TextTable) -> bool:
    """Tell whether a header comes again, or one of the first rows goes on beyond the header."""
    headers = [_unnumbered(header) for header in table.headers if header]
    return len(set(headers)) < len(headers) or any(len(row) > len(table.headers) for row in islice(_rows(table), _SAMPLED_ROWS))


def _unnumbered(header: str) -> str:
    """Return a header as it is compared, without the number that tells it from others of its name."""
    return re.sub(r"\d+$", "", folded(header))


def _rows(table: TextTable) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_RECORD)
    with table.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=table.dialect.delimiter, skipinitialspace=True)
        next(reader)
        yield from (row for row in reader if row)


@dataclass(frozen=True, slots=True)
class _Changes:
    """Where the cells of a change stand: those that a row holds once, and of the others the first place and how often they come again."""

    fixed: dict[int, int]  # place among the columns of a change → place in the row
    repeated: dict[int, int]  # likewise, in the first change of a row
    first: int
    width: int

    @classmethod
    def of(cls, matched: Matched) -> _Changes:
        """Return where the cells of a file stand. The first column that comes again tells how wide a change is."""
        headers = [_unnumbered(header) for header in matched.table.headers]
        places = list(matched.positions.items())
        fixed = {column: place for column, (name, place) in enumerate(places) if name in _FIXED}
        repeated = {column: place for column, (name, place) in enumerate(places) if name not in _FIXED}
        first = min(repeated.values())
        again = next((place for place in range(first + 1, len(headers)) if headers[place] == headers[first]), len(headers))
        return cls(fixed, repeated, first, again - first)

    def in_row(self, row: list[str]) -> Iterator[list[str]]:
        """Yield the changes of a row, as cells in the order of the columns."""
        for start in range(0, max(0, len(row) - self.first), self.width):
            cells = {column: place + start for column, place in self.repeated.items()}
            change = [_cell(row, (self.fixed | cells)[column]) for column in range(len(self.fixed) + len(cells))]
            if any(_cell(row, place).strip() for place in cells.values()):
                yield change


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""
