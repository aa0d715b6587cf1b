"""A first look at an export: whose it is, what each file is for, and which columns of the deals may answer the buyer questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from etl.attach import in_memory
from etl.choices import Asked
from etl.columns import ColumnFacts, column_facts, together
from etl.config import Config
from etl.errors import UsageError
from etl.guess import guess_columns, guess_questions, is_for_people, may_be_stage
from etl.load import Request, examine_all, recognised
from etl.mapping import CrmMapping, folded, icp_fields, neutral_fields, packaged_mappings, question_fields
from etl.read import TextTable, scan
from etl.recognise import GENERIC, Matched, match_others
from etl.sqltext import literal

_MOST_STAGES: Final = 60


@dataclass(frozen=True, slots=True)
class File:
    """A file of an export: the role that it plays, or none, and its rows."""

    name: str
    role: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Other:
    """A file that goes with the deals: its role, its name without ending, and canonical columns with their headers."""

    role: str
    stem: str
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found: the CRM, the files, names of what is no table, the columns, and what the configuration makes of them.

    `crm` is empty where nobody knows the files. `guessed` are canonical columns of deals and the headers that seem to hold them, what
    the mapping knows included; `is_guess` is true where a person should look at them before anything is loaded. Then `stages` are the
    values of each column that may be the stage, with how many deals have them, and `others` the files that go with the deals.
    """

    crm: str
    crm_label: str
    files: tuple[File, ...]
    ignored: tuple[str, ...]
    columns: tuple[ColumnFacts, ...]
    questions: tuple[Asked, ...]
    neutral: tuple[str, ...]
    guessed: dict[str, str]
    is_guess: bool
    stages: dict[str, list[tuple[str, int]]]
    others: tuple[Other, ...]

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
        stages = {header: [(value, deals) for value, deals in values] for header, values in parts["stages"].items()}
        others = tuple(Other(**each) for each in parts["others"])
        found = {"columns": columns, "questions": questions, "files": files, "stages": stages, "others": others}
        return cls(**parts | texts | found)


def propose(request: Request, work: Path) -> Proposal:
    """Return a first look at the inputs of a load; copies go to `work`, and nothing is written elsewhere.

    Files that nobody knows are looked at too: then the one whose columns seem to hold most of what a deal has is taken for the deals.
    Raises SameSideError as `load` does for what cannot be read, or lacks a column.
    """
    tables, ignored = examine_all(request, work)
    with in_memory(memory_limit=request.config.storage.memory_limit.replace(" ", "")) as con:
        con.execute(f"set temp_directory = {literal(str(work / 'spill'))}")
        try:
            mapping, matched, unused = recognised(request, tables, work)
        except UsageError:
            if request.mapping or not tables:
                raise
            return _unknown(con, request.config, tables, ignored)
        icp = icp_fields(request.config, mapping)
        columns = together(facts for each in matched if each.role == "deals" for facts in column_facts(con, each, mapping, icp))
        is_guess = is_for_people(mapping)
        stages = _stages(con, next(each.table for each in matched if each.role == "deals"), columns) if is_guess else {}
    files = [File(each.table.name, each.role, each.table.records) for each in matched]
    files += [File(table.name, None, table.records) for table in unused]
    headers = {folded(each.header): each.header for each in columns}
    known = {each.feeds: each.header for each in columns if each.feeds and each.feeds != "icp_fit"}
    return Proposal(
        mapping.name,
        mapping.label,
        tuple(files),
        tuple(ignored),
        tuple(columns),
        _questions(request.config, mapping, headers),
        _held((each.name for each in neutral_fields(request.config, mapping)), headers),
        guess_columns(columns, known) if is_guess else known,
        is_guess,
        stages,
        tuple(_other(each) for each in matched if each.role != "deals"),
    )


def _unknown(con: duckdb.DuckDBPyConnection, config: Config, tables: Sequence[TextTable], ignored: Sequence[str]) -> Proposal:
    """Return what files that nobody knows seem to hold."""
    generic = packaged_mappings()[GENERIC]
    looks = [together(column_facts(con, Matched(table, "deals", {}), generic)) for table in tables]
    guesses = [guess_columns(columns, {}) for columns in looks]
    best = max(range(len(tables)), key=lambda place: (bool(guesses[place].keys() & {"stage", "status"}), len(guesses[place])))
    if not guesses[best].keys() & {"stage", "status", "is_won"}:
        raise UsageError(
            "nobody knows these files, and none of their columns seems to hold a stage or a status",
            where=", ".join(table.name for table in tables),
            expected="a table of deals with a column such as Won, Lost, Negotiation",
            todo="Add the stage to the export, or describe the file in a mapping (README, “Any other CRM”) and give it with --mapping.",
        )
    others = match_others(generic, [table for place, table in enumerate(tables) if place != best])
    roles = {each.table.name: each.role for each in others} | {tables[best].name: "deals"}
    taken = {header: name for name, header in guesses[best].items()}
    columns = [replace(each, feeds=taken.get(each.header, "")) for each in looks[best]]
    answering = guess_questions(columns, config)
    return Proposal(
        "",
        "",
        tuple(File(table.name, roles.get(table.name), table.records) for table in tables),
        tuple(ignored),
        tuple(columns),
        tuple(Asked(topic, each.label, each.ask, tuple(answering[topic])) for topic, each in config.questions.items()),
        (),
        guesses[best],
        is_guess=True,
        stages=_stages(con, tables[best], columns),
        others=tuple(map(_other, others)),
    )


def _stages(con: duckdb.DuckDBPyConnection, table: TextTable, columns: Sequence[ColumnFacts]) -> dict[str, list[tuple[str, int]]]:
    """Return the values of each column that may be the stage, the most frequent first."""
    found = {}
    for header in (each.header for each in columns if may_be_stage(each)):
        place = table.headers.index(header)
        found[header] = con.execute(
            f"select trim(c{place}) as value, count(*) as deals from {scan(table, [place])} where trim(c{place}) <> '' "
            f"group by value order by deals desc, value limit {_MOST_STAGES}"
        ).fetchall()
    return found


def _other(matched: Matched) -> Other:
    return Other(matched.role, matched.table.stem, {name: matched.header(name) for name in matched.positions})


def _questions(config: Config, mapping: CrmMapping, headers: dict[str, str]) -> tuple[Asked, ...]:
    return tuple(
        Asked(topic, question.label, question.ask, _held((each.name for each in question_fields(config, mapping, topic)), headers))
        for topic, question in config.questions.items()
    )


def _held(names: Iterable[str], headers: dict[str, str]) -> tuple[str, ...]:
    """Return the headers of the export among names that a configuration gives."""
    return tuple(dict.fromkeys(headers[folded(name)] for name in names if folded(name) in headers))
