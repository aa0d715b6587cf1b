"""The `sql/` folder → relations of a database: a file is a relation, its stem the name, its folder the schema.

Order comes from what each file reads. Comments come from the files too, and a column without one stops the build.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from etl import contract
from etl.config import Storage
from etl.errors import CheckFailed, DatabaseError, SameSideError
from etl.sqltext import literal, literals
from etl.states import STATES

SQL_FOLDER = Path(__file__).parent.parent / "sql"
SCHEMAS = ("raw", "macros", "staging", "intermediate", "marts", "metrics", "prepared")
# What the prepared tables and the metrics say in words of their own.
_WORDS = (
    *("all", "(none)", "fits", "does not fit", "unknown", "won", "lost", "open", "no decision", "still open at the horizon"),
    *("customer-focused", "seller-focused", "unclassified", "compared", "no questions mapped", "no creation date", "cycle below zero"),
    *("closed without a date", "never in that stage", "too young", "decided by the landmark", "timing unknown"),
)
_BLOCK, _SMALL_BLOCK = "262144", "16384"  # bytes: what DuckDB takes, and the smallest that it has
_REFERENCE = re.compile(rf"\b({'|'.join(SCHEMAS)})\.(\w+)")
_COMMENT = re.compile(r"--[^\n]*")
_OPENING_COMMENT = re.compile(r"\A(?:--[^\n]*\n)+")

_ROOM = 2_000
"""Bytes of memory that a deal is given where many are worked out at once, for its lists."""


@dataclass(frozen=True, slots=True)
class Model:
    """A file of `sql/`: the relation or macro that it makes."""

    schema: str
    name: str
    sql: str

    @property
    def full_name(self) -> str:
        """Return schema.name."""
        return f"{self.schema}.{self.name}"

    @property
    def reads(self) -> set[str]:
        """Return the full names that the file refers to, other than its own."""
        return {".".join(found) for found in _REFERENCE.findall(_COMMENT.sub("", self.sql))} - {self.full_name}

    @property
    def comment(self) -> str:
        """Return the comment that the file opens with: what the relation is, and its grain."""
        lines = []
        for line in self.sql.splitlines():
            if not line.startswith("--"):
                break
            lines.append(line.removeprefix("--").removeprefix(" "))
        return "\n".join(lines)

    @property
    def statement(self) -> str:
        """Return the SQL without the comment that the file opens with."""
        return _OPENING_COMMENT.sub("", self.sql)

    @property
    def column_comments(self) -> dict[str, str]:
        """Return the trailing comments of the output columns: of the last select list, or of a table's definition."""
        body = self.sql[self.sql.rfind("\nselect\n") + 1 :]
        return dict(_documented(body))


def _documented(body: str) -> Iterator[tuple[str, str]]:
    for line in body.splitlines():
        if line.startswith("from "):
            return
        code, _, comment = line.partition(" -- ")
        if comment and code.strip() != "":
            yield _column_name(code), comment.strip()


def _column_name(code: str) -> str:
    """Return the column that a line of a select list or table definition ends in.

    >>> _column_name("    deals.deal_key,"), _column_name("    x + 1 as y,"), _column_name("    stage varchar not null,")
    ('deal_key', 'y', 'stage')
    """
    code = code.strip().rstrip(",")
    if match := re.search(r"\bas (\w+)$", code):
        return match.group(1)
    if re.fullmatch(r"[\w.]+", code):
        return code.rpartition(".")[2]
    return code.split()[0]


@cache
def models() -> tuple[Model, ...]:
    """Return every model of `sql/`, those that are read before those that read them; always in the same order."""
    found = {
        f"{path.parent.name}.{path.stem}": Model(path.parent.name, path.stem, path.read_text(encoding="utf-8").strip())
        for path in sorted(SQL_FOLDER.glob("*/*.sql"))
        if path.parent.name in SCHEMAS
    }
    unknown = [f"{name} reads {other}" for name, model in found.items() for other in model.reads - found.keys()]
    if unknown:
        raise SameSideError(f"a model refers to a relation that is not in sql/: {'; '.join(unknown)}")
    order = TopologicalSorter({name: sorted(model.reads) for name, model in found.items()}).static_order()
    return tuple(found[name] for name in order)


def new_database(path: Path, spill: Path, storage: Storage, shared_by: int = 1, *, is_small: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection to a new file, whose storage version old clients can read; what does not fit into memory goes to `spill`.

    `shared_by` is how many are written side by side: each keeps to its part of memory, and one of several to one thread. A small one takes
    a fifth of the room, in blocks that would slow a large one down.
    """
    block = _SMALL_BLOCK if is_small else _BLOCK
    try:
        con = duckdb.connect(str(path), config={"storage_compatibility_version": storage.version, "default_block_size": block})
    except duckdb.InvalidInputException as error:
        raise DatabaseError(
            f"the new database cannot be made: {error}", where=str(path), todo="See storage.version in sameside.toml."
        ) from error
    number, unit = re.findall(r"[\d.]+|[A-Za-z]+", storage.memory_limit)
    settings = {
        "memory_limit": f"{float(number) / shared_by:.3f}{unit}",
        "temp_directory": str(spill),
        "TimeZone": "UTC",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_progress_bar": "false",
        "preserve_insertion_order": "false",
    } | ({"threads": "1"} if shared_by > 1 else {})
    for name, value in settings.items():
        con.execute(f"set {name} = {literal(value)}")
    return con


def create_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas, and the type of names, to which `build` adds those of the data."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    con.execute(f"create or replace type known_name as enum ({literals(sorted(_WORDS))})")


@cache
def models_digest() -> str:
    """Return the digest of all models: files made with others hold other relations or other figures."""
    texts = sorted(f"{model.full_name} {model.sql}" for model in models())
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=8).hexdigest()


def create_raw(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas and the empty raw tables."""
    with _committed_once(con):
        create_schemas(con)
        con.execute(f"create type answer_state as enum ({literals(STATES)})")
        for model in models():
            if model.schema == "raw":
                con.execute(model.sql)


@contextmanager
def _committed_once(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run several hundred statements in one transaction: each commit of its own would wait for the disk."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def build(
    con: duckdb.DuckDBPyConnection, step: Callable[[str], None] = lambda _: None, ready: Callable[[Model], str] | None = None
) -> None:
    """Create every relation and macro over the raw tables, with comments; raises CheckFailed where a check finds rows.

    `step` is called with the name of each mart before it is computed. An intermediate model that several models read is worked out once,
    into a temporary table that stands in for its view while the marts are made. Marts that another engine worked out are not computed:
    `ready` tells the relation that holds the rows of one, which are filled into a table of the model's own columns and types.
    """
    with _committed_once(con):
        for model in models():
            match model.schema:
                case "raw" | "metrics" | "prepared":
                    continue
                case "staging" | "intermediate":
                    con.execute(f"create or replace view {model.full_name} as {model.sql}")
                    if model.full_name in shared() and not ready:
                        con.execute(f"create or replace temp table {model.name} as {_over_stand_ins(model)}")
                case "marts":
                    step(model.full_name)
                    if ready:
                        con.execute(f"create or replace table {model.full_name} as from (\n{model.sql}\n) limit 0")
                        con.execute(f"insert into {model.full_name} by name from {ready(model)}")
                    else:
                        _fill(con, model, _over_stand_ins(model))
                case _:
                    con.execute(model.sql)
        for name in () if ready else shared():
            con.execute(f"drop table temp.{name.partition('.')[2]}")
        _build_metrics(con, step)
        for model in models():
            comment(con, model)
        _write_formulas(con)
        _write_contract(con)
    run_checks(con)


# Every name that a scope, a group or a part may have, in order of its text, so that an ordered enumeration is an ordered list.
_KNOWN_NAMES = """
    create or replace type known_name as enum (
        select distinct name
        from (
            select
                unnest([
                    source, owner, team, segment, deal_type, lead_source, pipeline, currency, outcome, loss_kind,
                    strftime(created_date, '%Y')
                ]) as name
            from marts.deals
            union
            select macros.fiscal_quarter(created_date, fiscal_year_start_month, named_for := fiscal_year_named_for)
            from (select distinct created_date from marts.deals)
            cross join raw.settings
            union
            select stage from marts.stage_spells
            union
            select owner from marts.owner_spells
            union
            select topic from raw.questions
            union
            select unnest(macros.band_names(amount_bands)) from raw.settings
            union
            select unnest($words)
        )
        where name is not null
        order by name
    )
"""


def _build_metrics(con: duckdb.DuckDBPyConnection, step: Callable[[str], None]) -> None:
    """Create metrics and prepared tables, once the type that their texts are of knows all names."""
    con.execute(_KNOWN_NAMES.replace("$words", f"[{literals(_WORDS)}]"))
    for model in models():
        if model.schema == "metrics":
            con.execute(model.sql)
        elif model.schema == "prepared":
            step(model.full_name)
            _fill(con, model, model.sql)


def _fill(con: duckdb.DuckDBPyConnection, model: Model, sql: str) -> None:
    """Make the table of a model.

    One with rows of deals is worked out for some deals after the other: lists, of which theirs are full, are never spilled to disk, and
    would take more memory than there is.
    """
    first, *others = _slices(con) if "deal_key" in model.column_comments else ("true",)
    con.execute(f"create or replace table {model.full_name} as from (\n{sql}\n) where {first}")
    for each in others:
        con.execute(f"insert into {model.full_name} from (\n{sql}\n) where {each}")


def _slices(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return conditions that part the deals, by their keys, into as many as there is memory for."""
    deals, first, last, at_once = con.execute(
        "select count(*), min(deal_key), max(deal_key), parse_formatted_bytes(current_setting('memory_limit')) // ? from raw.deals", [_ROOM]
    ).fetchall()[0]
    if deals <= at_once:
        return ["true"]
    step = -(-(last - first + 1) // -(-deals // at_once))
    return [f"deal_key >= {low} and deal_key < {low + step}" for low in range(first, last + 1, step)]


def _write_formulas(con: duckdb.DuckDBPyConnection) -> None:
    """Fill raw.formulas with the text of each metric and macro."""
    made = [(model.full_name, model.statement) for model in models() if model.schema in ("metrics", "macros")]
    con.execute("delete from raw.formulas")
    con.executemany("insert into raw.formulas values (?, ?)", sorted(made))


def _write_contract(con: duckdb.DuckDBPyConnection) -> None:
    """Fill raw.contract with what the file may be asked for."""
    con.execute("delete from raw.contract")
    con.execute("insert into raw.contract select unnest($rows, recursive := true)", {"rows": contract.rows()})


@cache
def shared() -> frozenset[str]:
    """Return the full names of the intermediate models that several models read."""
    readers = Counter(name for model in models() for name in model.reads)
    return frozenset(name for name, count in readers.items() if count > 1 and name.startswith("intermediate."))


def _over_stand_ins(model: Model) -> str:
    """Return the SQL of a model that reads the temporary tables of shared models in place of their views."""
    return _REFERENCE.sub(lambda found: f"temp.{found[2]}" if found[0] in shared() else found[0], model.sql)


def comment(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Comment a relation and its columns, or a macro, as its file does; raises SameSideError where the file does not tell all."""
    kind = {"raw": "table", "marts": "table", "prepared": "table", "metrics": "macro table", "macros": "macro"}.get(model.schema, "view")
    if not model.comment:
        raise SameSideError(f"sql/{model.schema}/{model.name}.sql does not open with a comment", expected="what it is, and its grain")
    con.execute(f"comment on {kind} {model.full_name} is {literal(model.comment)}")
    if kind in ("table", "view"):
        documented = model.column_comments
        columns = [row[0] for row in con.execute(f"describe {model.full_name}").fetchall()]
        if list(documented) != columns:
            wrong = ", ".join(sorted(set(columns) ^ set(documented))) or "their order"
            raise SameSideError(
                f"the comments of sql/{model.schema}/{model.name}.sql do not match its columns: {wrong}",
                expected="a trailing comment on each output column",
            )
        for column, comment in documented.items():
            con.execute(f"comment on column {model.full_name}.{column} is {literal(comment)}")


def checks() -> dict[str, str]:
    """Return the checks by name: SQL that returns the rows which break a rule."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL_FOLDER / "checks").glob("*.sql"))}


def run_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Run every check; raises CheckFailed that names those with offending rows, and the first row of each."""
    settle_checks({name: con.execute(sql).fetchmany(1) for name, sql in checks().items()})


def settle_checks(offending: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Raise CheckFailed where a check, by its name, has offending rows, the first of which is told."""
    failed = [
        f"{name}: {checks()[name].splitlines()[0].removeprefix('-- ')} For example {rows[0]}" for name, rows in offending.items() if rows
    ]
    if failed:
        raise CheckFailed(
            f"the database breaks {len(failed)} of its own rules:\n" + "\n".join(f"  - {each}" for each in failed),
            todo="Nothing was published. If the export is right, this is our fault: report it with the rows above.",
        )
