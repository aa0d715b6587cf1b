"""A first look at an export: whose it is, what each file is for, and which columns of the deals may answer the buyer questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import polars as pl

from etl.choices import Asked
from etl.config import Config
from etl.load import Request, examine_all, recognised
from etl.mapping import CrmMapping, folded, icp_fields, neutral_fields, question_fields
from etl.normalise import flag_sql, text_sql
from etl.read import TextTable, scan
from etl.recognise import Matched
from etl.sqltext import literal

Kind = Literal["empty", "flag", "number", "date", "id", "choice", "text"]
ANSWERING: Final[tuple[Kind, ...]] = ("text", "choice", "flag", "id")
"""Kinds of columns that may hold the answer to a question."""

_EXAMPLES: Final = 3
_EXAMPLE_LETTERS: Final = 60
_MOST_CHOICES: Final = 25
_CHOICE_LETTERS: Final = 20  # on average; beyond that it is a sentence that was pasted
_COLUMNS_AT_A_TIME: Final = 50


@dataclass(frozen=True, slots=True)
class File:
    """A file of an export: the role that it plays, or none, and its rows."""

    name: str
    role: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of the deals: rows, rows that are filled, about how many values differ, what kind they are of, the most frequent ones.

    `feeds` is the canonical column that it feeds, such as "amount", or empty.
    """

    header: str
    rows: int
    filled: int
    distinct: int
    kind: Kind
    examples: tuple[str, ...]
    feeds: str = ""

    @property
    def may_answer(self) -> bool:
        """Return whether the column may hold the answer to a question."""
        return not self.feeds and self.kind in ANSWERING


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found: the CRM, the files, names of what is no table, the columns, and what the configuration makes of them."""

    crm: str
    crm_label: str
    files: tuple[File, ...]
    ignored: tuple[str, ...]
    columns: tuple[ColumnFacts, ...]
    questions: tuple[Asked, ...]
    neutral: tuple[str, ...]

    @property
    def deals(self) -> int:
        """Return how many rows the files of deals have."""
        return sum(file.rows for file in self.files if file.role == "deals")

    def files_frame(self) -> pl.DataFrame:
        """Return a row per file: name, role (null where it is not used), rows."""
        rows = [(file.name, file.role, file.rows) for file in self.files] + [(name, None, None) for name in self.ignored]
        return pl.DataFrame(rows, {"name": pl.String, "role": pl.String, "rows": pl.Int64}, orient="row")

    def columns_frame(self) -> pl.DataFrame:
        """Return a row per column of the deals.

        header; filled, the share of rows, and distinct, that of the filled rows, 0 to 1; kind; examples, in a line; feeds.
        """
        rows = [
            (
                each.header,
                each.filled / (each.rows or 1),
                each.distinct / (each.filled or 1),
                each.kind,
                " · ".join(each.examples),
                each.feeds,
            )
            for each in self.columns
        ]
        return pl.DataFrame(rows, ["header", "filled", "distinct", "kind", "examples", "feeds"], orient="row")

    @classmethod
    def of_parts(cls, parts: dict[str, Any]) -> Proposal:
        """Return the proposal that `dataclasses.asdict` took apart, as it comes out of JSON."""
        columns = tuple(ColumnFacts(**each | {"examples": tuple(each["examples"])}) for each in parts["columns"])
        questions = tuple(Asked(**each | {"columns": tuple(each["columns"])}) for each in parts["questions"])
        files = tuple(File(**each) for each in parts["files"])
        texts = {name: tuple(parts[name]) for name in ("ignored", "neutral")}
        return cls(**parts | texts | {"columns": columns, "questions": questions, "files": files})


def propose(request: Request, work: Path) -> Proposal:
    """Return a first look at the inputs of a load; copies go to `work`, and nothing is written elsewhere.

    Raises SameSideError as `load` does for what cannot be read, is of no known CRM, or lacks a column.
    """
    tables, ignored = examine_all(request, work)
    mapping, matched, unused = recognised(request, tables, work)
    deals = [each for each in matched if each.role == "deals"]
    with duckdb.connect(config={"memory_limit": request.config.storage.memory_limit.replace(" ", "")}) as con:
        con.execute(f"set temp_directory = {literal(str(work / 'spill'))}")
        columns = _together(facts for each in deals for facts in _facts(con, each, mapping, request.config))
    files = [File(each.table.name, each.role, each.table.records) for each in matched]
    files += [File(table.name, None, table.records) for table in unused]
    headers = {folded(each.header): each.header for each in columns}
    return Proposal(
        mapping.name,
        mapping.label,
        tuple(files),
        tuple(ignored),
        tuple(columns),
        _questions(request.config, mapping, headers),
        _held((each.name for each in neutral_fields(request.config, mapping)), headers),
    )


def _questions(config: Config, mapping: CrmMapping, headers: dict[str, str]) -> tuple[Asked, ...]:
    return tuple(
        Asked(topic, question.label, question.ask, _held((each.name for each in question_fields(config, mapping, topic)), headers))
        for topic, question in config.questions.items()
    )


def _held(names: Iterable[str], headers: dict[str, str]) -> tuple[str, ...]:
    """Return the headers of the export among names that a configuration gives."""
    return tuple(dict.fromkeys(headers[folded(name)] for name in names if folded(name) in headers))


def _facts(con: duckdb.DuckDBPyConnection, deals: Matched, mapping: CrmMapping, config: Config) -> list[ColumnFacts]:
    """Return what is in each column of a file of deals, a few columns to a scan."""
    feeds = {position: name for name, position in deals.positions.items()}
    icp = {folded(name) for name in icp_fields(config, mapping)}
    named = [position for position, header in enumerate(deals.table.headers) if header]
    found = []
    for start in range(0, len(named), _COLUMNS_AT_A_TIME):
        positions = named[start : start + _COLUMNS_AT_A_TIME]
        counted = _counted(con, deals.table, positions, mapping)
        for position, counts in zip(positions, counted, strict=True):
            header = deals.table.headers[position]
            feeds_column = feeds.get(position, "icp_fit" if folded(header) in icp else "")
            found.append(_column(header, deals.table.records, counts, feeds_column))
    return found


def _counted(
    con: duckdb.DuckDBPyConnection, table: TextTable, positions: Sequence[int], mapping: CrmMapping
) -> list[tuple[int, int, int, int, int, int, float, list[str]]]:
    """Return, per column: filled rows, distinct values, rows that read as flag, number, date and id, mean letters, frequent values."""
    texts = ", ".join(f"{text_sql(position, mapping.empty)} as t{position}" for position in positions)
    sums = ", ".join(_sums(f"t{position}") for position in positions)
    row = con.execute(f"select {sums} from (select {texts} from {scan(table, positions)})").fetchall()[0]
    size = len(row) // len(positions)
    return [row[place : place + size] for place in range(0, len(row), size)]


def _sums(text: str) -> str:
    is_id = f"regexp_full_match({text}, '[A-Za-z0-9]{{15}}([A-Za-z0-9]{{3}})?') and regexp_matches({text}, '[0-9]{{3}}')"
    dated = f"try_cast({text} as timestamp) is not null or regexp_matches({text}, '^\\d{{1,4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,4}}')"
    numeric = f"try_cast(replace({text}, ',', '') as double) is not null"
    return (
        f"count({text}), approx_count_distinct({text}), "
        f"count({flag_sql(text)}), count_if({numeric}), count_if({dated}), count_if({is_id}), "
        f"coalesce(avg(length({text})), 0), coalesce(approx_top_k(left({text}, {_EXAMPLE_LETTERS}), {_EXAMPLES}), [])"
    )


def _column(header: str, rows: int, counts: tuple[int, int, int, int, int, int, float, list[str]], feeds: str) -> ColumnFacts:
    filled, distinct, flags, numbers, dates, ids, letters, examples = counts
    kind: Kind = "text"
    if not filled:
        kind = "empty"
    elif flags == filled:
        kind = "flag"
    elif numbers == filled:
        kind = "number"
    elif dates == filled:
        kind = "date"
    elif ids == filled:
        kind = "id"
    elif distinct <= min(_MOST_CHOICES, filled // 2) and letters <= _CHOICE_LETTERS:
        kind = "choice"
    return ColumnFacts(header, rows, filled, min(distinct, filled), kind, tuple(examples), feeds)


def _together(columns: Iterable[ColumnFacts]) -> list[ColumnFacts]:
    """Return columns of several files as one where they share a header; the kind is that of the file in which more is filled."""
    merged: dict[str, ColumnFacts] = {}
    for each in columns:
        key = folded(each.header)
        old = merged.get(key)
        if old is None:
            merged[key] = each
            continue
        fuller = max(old, each, key=lambda one: one.filled)
        merged[key] = ColumnFacts(
            old.header,
            old.rows + each.rows,
            old.filled + each.filled,
            max(old.distinct, each.distinct),
            fuller.kind,
            fuller.examples,
            old.feeds or each.feeds,
        )
    return list(merged.values())
