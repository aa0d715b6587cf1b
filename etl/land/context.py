"""What is landed, with which settings, on which connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from etl.config import Config
from etl.mapping import CrmMapping
from etl.normalise import AskedField, Cell, cells
from etl.read import TextTable, needs_order
from etl.recognise import Matched
from etl.records import ROLES, Role
from etl.styles import Styles

TYPES = {
    "id": "varchar",
    "text": "varchar",
    "timestamp": "timestamp",
    "date": "date",
    "money": "decimal(18, 2)",
    "flag": "boolean",
}
"""SQL type of each kind of canonical column."""


@dataclass(frozen=True, slots=True)
class Source:
    """A matched file, its number within the load, and the styles of its columns."""

    number: int
    matched: Matched
    styles: Styles


@dataclass(frozen=True, slots=True)
class Landing:
    """One load: the connection to the new file, the settings, and the files with their roles."""

    con: duckdb.DuckDBPyConnection
    load_id: str
    config: Config
    mapping: CrmMapping
    sources: tuple[Source, ...]
    asked: tuple[AskedField, ...]
    as_of: date | None  # None: the latest moment that the files tell of
    origin: str  # where the deals come from, as raw.deals.source says
    earlier: Path | None = None  # version whose loads go on in this one; None: there is none, or none is wanted
    is_partial: bool = False  # the files hold only what has changed since the last load

    @property
    def has_ids(self) -> bool:
        """Tell whether every deal file names its deals, so that an earlier load's can be told from new ones."""
        return all("deal_id" in source.matched.positions for source in self.of_role("deals"))

    @property
    def time_zone(self) -> str:
        """Return the organisation's zone."""
        return self.config.organisation.time_zone

    def of_role(self, role: Role) -> list[Source]:
        """Return the files of a role."""
        return [source for source in self.sources if source.matched.role == role]

    @property
    def tells_stage_history(self) -> bool:
        """Tell whether a file, or columns of the deals, say when stages were entered."""
        return bool(self.of_role("stage_history")) or any(source.matched.entered for source in self.of_role("deals"))

    def cells(self, source: Source) -> dict[str, Cell]:
        """Return the canonical columns of a file, by name."""
        return cells(source.matched, self.mapping, source.styles, self.time_zone)

    def value(self, sql: str) -> int:
        """Return the one whole number that a query yields."""
        return int(self.con.execute(sql).fetchall()[0][0] or 0)


@contextmanager
def in_file_order(con: duckdb.DuckDBPyConnection, table: TextTable) -> Iterator[None]:
    """Keep the rows of a table in the order of its file while they are numbered, where DuckDB would not: it costs time and memory."""
    con.execute(f"set preserve_insertion_order = {needs_order(table)}")
    try:
        yield
    finally:
        con.execute("set preserve_insertion_order = false")


def typed_columns(role: Role) -> str:
    """Return the canonical columns of a role as SQL column definitions."""
    return ", ".join(f"{column.name} {TYPES[column.kind]}" for column in ROLES[role])
