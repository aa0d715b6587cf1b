"""Queries of a user's own, guarded: one statement that only reads, on a connection that can do nothing but read one published file.

Three walls stand behind each other. DuckDB's own settings shut off files, network, extensions and attaching, and are locked. What a query
says is judged before it runs, so that what is refused is refused with its reason, and what reveals the machine is not read. And
`etl.ask` runs all of it in a process of its own, which is killed where a query takes more time or memory than it may.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
import pyarrow as pa

from etl.attach import in_memory
from etl.build import models_digest
from etl.config import Sql
from etl.errors import DatabaseError, QueryError, QueryRefused, QueryTooLarge
from etl.sqltext import identifier, literal
from etl.troubles import WAY_BACK
from etl.workings import SEARCH_PATH

MOST_LETTERS: Final = 100_000
"""The longest text of a query that is read at all."""

_TABLE_FUNCTIONS: Final = frozenset(
    {
        *("unnest", "range", "generate_series", "repeat", "repeat_row", "summary", "json_each", "json_tree", "regexp_split_to_table"),
        *("histogram", "histogram_values", "pg_timezone_names", "icu_calendar_names", "pragma_table_info", "pragma_version"),
        *("duckdb_columns", "duckdb_constraints", "duckdb_functions", "duckdb_keywords", "duckdb_schemas", "duckdb_tables"),
        *("duckdb_types", "duckdb_views"),
    }
)
"""DuckDB's table functions that look at nothing but values and the file; beside them the file's own metrics are called."""

_FUNCTIONS_SHUT: Final = frozenset(
    {
        *("current_setting", "getenv", "getvariable", "which_secret"),
        *("inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port", "pg_conf_load_time", "pg_postmaster_start_time"),
        *("write_log", "parse_duckdb_log_message", "nextval", "currval", "setval", "setseed", "sleep_ms", "pg_sleep"),
        *("json_execute_serialized_sql", "json_serialize_plan", "json_deserialize_sql", "query", "query_table"),
    }
)
"""Functions of values that tell of the machine, change the connection, only wait, or hold a query that cannot be judged."""

_RELATIONS_SHUT: Final = frozenset(
    {
        *("duckdb_databases", "duckdb_logs", "duckdb_logs_parsed", "duckdb_settings", "duckdb_secrets", "duckdb_variables"),
        *("pragma_database_list", "pg_settings", "pg_database", "pg_prepared_statements"),
    }
)
"""DuckDB's own relations that tell where the file lies, how the machine is set up, or what others ask."""

_READING_NODES: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_EXPLAIN: Final = re.compile(r"\s*explain(\s+analyze)?(\s*\(\s*format\s+\w+\s*\))?\s+", re.IGNORECASE)
_BATCH: Final = 2048  # rows; what is handed out is weighed after each
_BYTES: Final = 10**6
_AS_THEY_ARE: Final = frozenset(
    {
        *("boolean", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "hugeint"),
        *("float", "double", "decimal", "varchar", "date", "time", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"),
        "timestamp with time zone",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may take: rows and millions of bytes that are handed out, seconds, and DuckDB's memory such as 2GB."""

    rows: int
    megabytes: int
    seconds: float
    memory: str

    @classmethod
    def of(cls, settings: Sql) -> Limits:
        """Return what the settings allow."""
        return cls(settings.max_rows, settings.max_megabytes, settings.max_seconds, settings.memory_limit)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query, no more than it may have; is_cut where it has more."""

    frame: pl.DataFrame
    is_cut: bool


class Guard:
    """A connection of its own to one published file, for queries that nobody has read. One query at a time."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Open a published file; raises DatabaseError where it is missing, damaged or of another version."""
        self._limits = limits
        self._con = hardened(path, limits.memory)
        self._con.execute("use deals")
        self._con.execute(f"set search_path = '{','.join(SEARCH_PATH)}'")
        lock(self._con)
        own = "select function_name from duckdb_functions() where database_name = 'deals' and function_type = 'table_macro'"
        self._tables = _TABLE_FUNCTIONS | {str(name) for (name,) in self._con.execute(own).fetchall()}

    def ask(self, text: str) -> Answer:
        """Return the rows of a query.

        Raises QueryRefused for anything but one statement that reads, QueryTooLarge where it takes more than it may, and QueryError
        where DuckDB finds fault with it. The connection can be used afterwards in any case.
        """
        self._judge(text)
        timer = threading.Timer(self._limits.seconds, self._con.interrupt)
        timer.start()
        try:
            return self._answer(self._con.sql(text))
        except duckdb.InterruptException as error:
            raise too_slow(self._limits) from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise too_big(self._limits) from error
        except duckdb.PermissionException as error:
            raise QueryRefused("the query reaches for what is shut off", str(error), "no files, no network, no settings", _SHUT) from error
        except duckdb.Error as error:
            raise QueryError("DuckDB cannot run the query", str(error), todo=_LOOK_UP) from error
        finally:
            timer.cancel()

    def _judge(self, text: str) -> None:
        """Raise QueryRefused unless a text is one statement that only reads the file."""
        if len(text) > MOST_LETTERS:
            raise QueryRefused("the query is too long", expected=f"at most {MOST_LETTERS:,} letters", todo="Make it shorter.")
        for node in _nodes(self._parsed(text)):
            self._judge_node(node)

    def _parsed(self, text: str) -> dict[str, Any]:
        """Return the syntax tree of what a text selects, or of what it asks to have explained."""
        try:
            statements = duckdb.extract_statements(text)
            explained = _EXPLAIN.match(text) if [*map(_kind, statements)] == ["EXPLAIN"] else None
            selected = text[explained.end() :] if explained else text
            told = self._con.execute("select json_serialize_sql($text)", {"text": selected}).fetchall()
            tree: dict[str, Any] = json.loads(told[0][0])
        except duckdb.Error as error:
            raise QueryError("DuckDB cannot read the query", str(error), todo=_LOOK_UP) from error
        except RecursionError as error:
            raise QueryRefused("the query is nested too deeply", todo="Take it apart into steps: with … as (…).") from error
        if len(statements) != 1 or tree.get("error", True) or len(tree.get("statements", ())) != 1:
            kinds = ", ".join(map(_kind, statements))
            raise QueryRefused(
                "only one statement that reads is run",
                where=f"the query: {kinds or 'nothing'}",
                expected=f"{_READS}: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE or EXPLAIN; a PIVOT with its values listed: on … in (…)",
                todo="Leave out everything else.",
            )
        return tree

    def _judge_node(self, node: dict[str, Any]) -> None:
        kind = str(node.get("type", ""))
        if kind.endswith("_NODE") and kind not in _READING_NODES:
            raise QueryRefused(
                "the query writes", where=kind.split("_", maxsplit=1)[0].lower(), expected="a query that only reads", todo=_SHUT
            )
        if kind == "TABLE_FUNCTION" and (name := str(node["function"]["function_name"]).lower()) not in self._tables:
            raise QueryRefused("this function is shut off", where=f"{name}()", expected="the metrics of the file", todo=_SHUT)
        if node.get("class") == "FUNCTION" and (name := str(node["function_name"]).lower()) in _FUNCTIONS_SHUT:
            raise QueryRefused("this function is shut off", where=f"{name}()", expected="functions of values", todo=_SHUT)
        if kind in {"BASE_TABLE", "SHOW_REF"} and (name := str(node["table_name"]).strip('"').lower()) in _RELATIONS_SHUT:
            raise QueryRefused("this relation is shut off", where=name, expected="the relations of the file", todo=_SHUT)

    def _answer(self, relation: duckdb.DuckDBPyRelation | None) -> Answer:
        if relation is None:
            return Answer(pl.DataFrame(), is_cut=False)
        most = self._limits.rows
        batches, size, ends_at = [], 0, time.monotonic() + self._limits.seconds
        with relation.project(_plain_columns(relation)).limit(most + 1).to_arrow_reader(_BATCH) as reader:
            for batch in reader:
                batches.append(batch)
                size += batch.nbytes
                if size > self._limits.megabytes * _BYTES:
                    raise too_much(self._limits)
                if time.monotonic() > ends_at:
                    raise too_slow(self._limits)
        frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches, reader.schema)))
        return Answer(frame.head(most), is_cut=frame.height > most)


def trusted(path: Path, text: str) -> pl.DataFrame:
    """Return the rows of the last of some statements, run without a guard: they may do whatever their author may, but write to the file.

    Raises QueryError where DuckDB finds fault with them.
    """
    try:
        con = duckdb.connect(str(path), read_only=True)
        con.execute(f"set search_path = '{','.join(name.removeprefix('deals.') for name in SEARCH_PATH)}'")
        return _frame(con.sql(text))
    except duckdb.Error as error:
        raise QueryError("DuckDB cannot run the query", str(error), todo=_LOOK_UP) from error


def _frame(relation: duckdb.DuckDBPyRelation | None) -> pl.DataFrame:
    """Return the rows of a relation; a statement that has none gives no relation."""
    return pl.DataFrame() if relation is None else pl.DataFrame(relation.project(_plain_columns(relation)).pl())


def hardened(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """Return a connection that can read the file, as `deals`, and nothing else: no other file, no network, no extension.

    Its settings can still be changed until `lock`. Raises DatabaseError where the file is missing, damaged or of another version.
    """
    con = in_memory(threads=2)
    try:
        con.execute(f"attach {literal(str(path))} as deals (read_only)")
        for setting in (
            "TimeZone = 'UTC'",
            "enable_external_access = false",  # before anything in the file is looked at: a view of it may read other files
            "allow_community_extensions = false",
            "allow_persistent_secrets = false",
            "python_enable_replacements = false",
            "max_temp_directory_size = '0KB'",
            f"memory_limit = {literal(memory_limit)}",
        ):
            con.execute(f"set {setting}")
        made_with = con.execute("select models from deals.raw.loads order by load_no desc limit 1").fetchall()
    except duckdb.BinderException:  # it notes its loads in another way
        made_with = []
    except duckdb.Error as error:
        raise _unusable(path, f"the database cannot be opened: {error}") from error
    if made_with != [(models_digest(),)]:
        raise _unusable(path, "the database was made by another version of Same Side")
    return con


def lock(con: duckdb.DuckDBPyConnection) -> None:
    """Let no setting of a connection be changed any more."""
    con.execute("set lock_configuration = true")


def too_slow(limits: Limits) -> QueryTooLarge:
    """Return what is said of a query that took too long."""
    return QueryTooLarge("the query took too long, and was stopped", expected=f"at most {limits.seconds:g} seconds", todo=_LESS)


def too_big(limits: Limits) -> QueryTooLarge:
    """Return what is said of a query that took too much memory."""
    return QueryTooLarge("the query needs more memory than it may use", expected=f"at most {limits.memory}", todo=_LESS)


def too_much(limits: Limits) -> QueryTooLarge:
    """Return what is said of a result of too many bytes."""
    return QueryTooLarge("the result is too large", expected=f"at most {limits.megabytes:,} MB", todo=_LESS)


_READS: Final = "a query that only reads"
_SHUT: Final = "Ask the relations and metrics of the file alone. `sameside sql --trusted` on the command line knows no such limits."
_LESS: Final = "Ask for fewer rows or columns, or add up in the query. Whoever runs Same Side can raise the limits: [sql] in sameside.toml."
_LOOK_UP: Final = "`sameside describe`, or the Definitions page, lists relations, columns and metrics."


def _kind(statement: duckdb.Statement) -> str:
    """Return what kind of statement it is; those that DuckDB's Python does not know by name are of no use here."""
    try:
        return statement.type.name
    except ValueError:
        return "OTHER"


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a syntax tree, however deep: a list of what is to be looked at, as a deep tree would exhaust the stack."""
    left = [tree]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            yield each
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)


def _plain_columns(relation: duckdb.DuckDBPyRelation) -> str:
    """Return the columns of a relation with names that differ, and as text where their type is one that a table cannot hold."""
    taken: set[str] = set()
    columns = []
    for number, (name, dtype) in enumerate(zip(relation.columns, relation.types, strict=True), start=1):
        own, again = name, 1
        while own.lower() in taken:
            again += 1
            own = f"{name}_{again}"
        taken.add(own.lower())
        columns.append(f"{_plain(number, dtype)} as {identifier(own)}")
    return ", ".join(columns)


def _plain(number: int, dtype: Any) -> str:
    match dtype.id:
        case kind if kind in _AS_THEY_ARE:
            return f"#{number}"
        case "list" | "array" if dtype.children[0][1].id in _AS_THEY_ARE:
            return f"#{number}::{dtype.children[0][1]}[]"
        case "list" | "array" | "struct" | "map" | "union" | "variant":
            return f"to_json(#{number})::varchar"
        case _:
            return f"#{number}::varchar"


def _unusable(path: Path, what: str) -> DatabaseError:
    return DatabaseError(
        what,
        where=str(path),
        expected="a file that this version of Same Side published",
        todo=f"Load the export again; the new file is put beside the old one. {WAY_BACK}",
    )
