"""Publishing to a database that is no file of this machine: a hosted DuckDB (`md:…`) or a DuckLake catalogue (`ducklake:…`).

Tables with their comments, views and metrics are replaced in one transaction: readers see what was there before, or all of the new.
DuckLake keeps no enumerations, so that names are plain text there, and no parameter that is null unless it is given, so that it gets no
metrics. Either place needs an extension of DuckDB, which no build fetches: it must have been installed on this machine before.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from etl.attach import in_memory
from etl.build import SCHEMAS, Model, comment, models
from etl.errors import DatabaseError
from etl.sqltext import identifier, literal

EXTENSIONS = {"md:": "motherduck", "ducklake:": "ducklake"}
"""What hosted addresses begin with, and the extension of DuckDB that each needs."""

_TABLES = ("raw", "marts", "prepared")
_NAMES = re.compile(r"\bknown_name\b")


def is_hosted(target: str) -> bool:
    """Return whether an address is of a hosted database, not of a data folder."""
    return target.startswith(tuple(EXTENSIONS))


def require_hosted(target: str) -> None:
    """Raise DatabaseError where a hosted database cannot be reached: before hours are spent on what it is to hold."""
    with in_memory() as con:
        _attach(con, target)


def publish_hosted(built: Path, target: str) -> None:
    """Replace what a hosted database holds by a finished file; raises DatabaseError where it cannot be reached or written."""
    with in_memory() as con:
        _attach(con, target)
        try:
            replace_all(con, built, with_metrics=not target.startswith("ducklake:"))
        except duckdb.Error as error:
            raise DatabaseError(
                f"the database cannot be written there: {error}", where=target, todo="What stood there before is still there. Try again."
            ) from error


def _attach(con: duckdb.DuckDBPyConnection, target: str) -> None:
    extension = next(name for start, name in EXTENSIONS.items() if target.startswith(start))
    try:
        con.execute(f"load {extension}")
    except duckdb.Error as error:
        raise DatabaseError(
            f"DuckDB's extension {extension} cannot be loaded: {error}",
            where=target,
            todo=f"Install it once, with the DuckDB that Same Side uses: python -c \"import duckdb; duckdb.sql('install {extension}')\".",
        ) from error
    try:
        con.execute(f"attach {literal(target)} as target")
    except duckdb.Error as error:
        raise DatabaseError(
            f"the database cannot be reached: {error}", where=target, todo="See its name, its token and the way to it."
        ) from error


def replace_all(con: duckdb.DuckDBPyConnection, built: Path, *, with_metrics: bool) -> None:
    """Replace all in the database that is attached as `target` by what a file holds, in one transaction."""
    con.execute(f"attach {literal(str(built))} as built (read_only)")
    con.execute("use target")
    con.begin()
    try:
        for schema in reversed(SCHEMAS):
            con.execute(f"drop schema if exists {schema} cascade")
        for schema in SCHEMAS:
            con.execute(f"create schema {schema}")
        for model in models():
            if model.schema in ("macros", "metrics") and not with_metrics:
                continue
            _put(con, model)
            if model.schema in _TABLES:  # of views and macros, DuckLake keeps no comments
                comment(con, model)
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _put(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    match model.schema:
        case schema if schema in _TABLES:
            con.execute(f"create table {model.full_name} as select {_as_text(con, model)} from built.{model.full_name}")
        case "staging" | "intermediate":
            con.execute(f"create view {model.full_name} as {model.sql}")
        case _:
            con.execute(_NAMES.sub("varchar", model.sql))


def _as_text(con: duckdb.DuckDBPyConnection, model: Model) -> str:
    """Return the select list of a table: columns of an enumeration as text, the others as they are."""
    described = con.execute(f"describe built.{model.full_name}").fetchall()
    return ", ".join(
        f"cast({identifier(name)} as varchar) as {identifier(name)}" if kind.startswith("ENUM") else identifier(name)
        for name, kind, *_ in described
    )
