"""What stands in the columns of a file of deals: how much is filled, how many values differ, and what kind they are of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import duckdb

from etl.mapping import CrmMapping, folded, vocabulary
from etl.normalise import flag_sql, text_sql
from etl.read import TextTable, scan
from etl.recognise import Matched
from etl.sqltext import literals

Kind = Literal["empty", "flag", "number", "date", "id", "choice", "text"]
ANSWERING: Final[tuple[Kind, ...]] = ("text", "choice", "flag", "id")
"""Kinds of columns that may hold the answer to a question."""

_EXAMPLES: Final = 3
_EXAMPLE_LETTERS: Final = 60
_MOST_CHOICES: Final = 25
_CHOICE_LETTERS: Final = 20  # on average; beyond that it is a sentence that was pasted
_COLUMNS_AT_A_TIME: Final = 50
_NUMBER: Final = (
    r"\(?[+-]?(?:\p{Sc}|[A-Z]{3})? ?[+-]?\d[\d., \x{a0}\x{202f}]* ?(?:\p{Sc}|[A-Z]{3}|%)?\)?"  # with signs and marks of amounts
)


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of the deals: rows, rows that are filled, about how many values differ, what kind they are of, the most frequent ones.

    `outcomes` are rows whose value is a word for won, lost or open. `feeds` is the canonical column that it feeds, such as "amount", or
    empty.
    """

    header: str
    rows: int
    filled: int
    distinct: int
    kind: Kind
    examples: tuple[str, ...]
    feeds: str = ""
    outcomes: int = 0

    @property
    def may_answer(self) -> bool:
        """Return whether the column may hold the answer to a question."""
        return not self.feeds and self.kind in ANSWERING


class _Counts(NamedTuple):
    """Filled rows, about how many values differ, rows that read as flag, number, date, id and outcome, mean letters, frequent values."""

    filled: int
    distinct: int
    flags: int
    numbers: int
    dates: int
    ids: int
    outcomes: int
    letters: float
    examples: list[str]


def column_facts(con: duckdb.DuckDBPyConnection, deals: Matched, mapping: CrmMapping, icp: Collection[str] = ()) -> list[ColumnFacts]:
    """Return what is in each column of a file of deals, a few columns to a scan. `icp` are the fields that tell of ICP fit."""
    feeds = {position: name for name, position in deals.positions.items()}
    fits = {folded(name) for name in icp}
    named = [position for position, header in enumerate(deals.table.headers) if header]
    found = []
    for start in range(0, len(named), _COLUMNS_AT_A_TIME):
        positions = named[start : start + _COLUMNS_AT_A_TIME]
        counted = _counted(con, deals.table, positions, mapping)
        for position, counts in zip(positions, counted, strict=True):
            header = deals.table.headers[position]
            feeds_column = feeds.get(position, "icp_fit" if folded(header) in fits else "")
            found.append(_column(header, deals.table.records, counts, feeds_column))
    return found


def _counted(con: duckdb.DuckDBPyConnection, table: TextTable, positions: Sequence[int], mapping: CrmMapping) -> list[_Counts]:
    """Return the counts of some columns."""
    texts = ", ".join(f"{text_sql(position, mapping.empty)} as t{position}" for position in positions)
    sums = ", ".join(_sums(f"t{position}") for position in positions)
    row = con.execute(f"select {sums} from (select {texts} from {scan(table, positions)})").fetchall()[0]
    size = len(row) // len(positions)
    return [_Counts(*row[place : place + size]) for place in range(0, len(row), size)]


def _sums(text: str) -> str:
    """Return SQL of the columns of _Counts."""
    is_id = f"regexp_full_match({text}, '[A-Za-z0-9]{{15}}([A-Za-z0-9]{{3}})?') and regexp_matches({text}, '[0-9]{{3}}')"
    dated = f"try_cast({text} as timestamp) is not null or regexp_matches({text}, '^\\d{{1,4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,4}}')"
    numeric = f"try_cast(replace({text}, ',', '') as double) is not null or regexp_full_match({text}, '{_NUMBER}')"
    outcome = f"lower({text}) in ({literals(word.lower() for words in vocabulary().outcome.values() for word in words)})"
    return (
        f"count({text}), approx_count_distinct({text}), "
        f"count({flag_sql(text)}), count_if({numeric}), count_if({dated}), count_if({is_id}), count({text}) filter ({outcome}), "
        f"coalesce(avg(length({text})), 0), coalesce(approx_top_k(left({text}, {_EXAMPLE_LETTERS}), {_EXAMPLES}), [])"
    )


def _column(header: str, rows: int, counts: _Counts, feeds: str) -> ColumnFacts:
    distinct = min(counts.distinct, counts.filled)
    return ColumnFacts(header, rows, counts.filled, distinct, _kind(counts), tuple(counts.examples), feeds, counts.outcomes)


def _kind(counts: _Counts) -> Kind:
    filled = counts.filled
    kinds: dict[Kind, bool] = {
        "empty": not filled,
        "flag": counts.flags == filled,
        "date": counts.dates == filled,
        "number": counts.numbers == filled,
        "id": counts.ids == filled,
        "choice": counts.distinct <= min(_MOST_CHOICES, filled // 2) and counts.letters <= _CHOICE_LETTERS,
    }
    return next((kind for kind, is_it in kinds.items() if is_it), "text")


def together(columns: Iterable[ColumnFacts]) -> list[ColumnFacts]:
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
            old.outcomes + each.outcomes,
        )
    return list(merged.values())
