"""The data dictionary of what is public, read from the comments and the contract that a published file carries."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from typing import Any

import polars as pl

from etl import contract
from etl.analysis import worked_questions
from etl.errors import UsageError
from etl.queries import Database

# Each public name with its comment; one that has none is left out, which a test of the contract would not let pass.
_COMMENTED = """
    with catalogue as (
        select schema_name, table_name as name, comment from duckdb_tables() where database_name = 'deals'
        union all
        select schema_name, function_name, comment from duckdb_functions() where database_name = 'deals'
    ),
    public as (
        select
            name as full_name,
            kind,
            coalesce(
                string_agg(item || coalesce(' := ' || detail, ''), ', ' order by position) filter (where part = 'parameter'), ''
            ) as parameters
        from raw.contract
        group by name, kind
    )
    select catalogue.schema_name, catalogue.name, public.kind, public.parameters, catalogue.comment
    from public
    join catalogue on catalogue.schema_name || '.' || catalogue.name = public.full_name
"""


def relations(database: Database) -> pl.DataFrame:
    """Return one row per public table and metric: schema_name, name, kind, parameters with their defaults, comment."""
    return database.sql(f"{_COMMENTED} where public.kind <> 'macro' order by schema_name, name")


def macros(database: Database) -> pl.DataFrame:
    """Return one row per public macro, with the columns of `relations`."""
    return database.sql(f"{_COMMENTED} where public.kind = 'macro' order by schema_name, name")


def columns(database: Database) -> pl.DataFrame:
    """Return one row per column of a public table: schema_name, name, column_name, data_type, comment."""
    return database.sql(
        """
        select columns.schema_name, columns.table_name as name, columns.column_name, columns.data_type, columns.comment
        from duckdb_columns() as columns
        join raw.contract as contract
            on contract.kind = 'table' and contract.name = columns.schema_name || '.' || columns.table_name
            and contract.item = columns.column_name
        where columns.database_name = 'deals'
        order by columns.schema_name, columns.table_name, columns.column_index
        """
    )


def metric_columns(database: Database) -> pl.DataFrame:
    """Return one row per column of a public metric: schema_name, name, column_name, data_type; the metric's comment says what it is."""
    return database.sql(
        """
        select split_part(name, '.', 1) as schema_name, split_part(name, '.', 2) as name, item as column_name, detail as data_type
        from raw.contract
        where kind = 'metric' and part = 'column'
        order by raw.contract.name, position
        """
    )


def formulas(database: Database) -> pl.DataFrame:
    """Return one row per metric and macro, metrics first: name (schema.name), comment, and sql, what the file runs when it is asked."""
    return database.sql(
        """
        select formulas.formula as name, any_value(functions.comment) as comment, formulas.sql
        from raw.formulas as formulas
        join duckdb_functions() as functions
            on functions.database_name = 'deals' and functions.schema_name || '.' || functions.function_name = formulas.formula
        group by formulas.formula, formulas.sql
        order by starts_with(formulas.formula, 'macros.'), formulas.formula
        """
    )


def contract_version(database: Database) -> str:
    """Return the version of the contract that the file was made under."""
    version: str = database.sql("select any_value(contract_version) as version from raw.contract")["version"][0]
    return version


def dictionary(database: Database) -> dict[str, Any]:
    """Return the dictionary as plain values: contract, relations and macros with their columns, and worked questions."""
    return {
        "load_id": database.load_id,
        "contract": {
            "version": contract_version(database),
            "versions": [{"version": each.version, "changes": list(each.changes)} for each in contract.versions()],
        },
        "relations": list(_with_columns(database)),
        "macros": macros(database).to_dicts(),
        "questions": [
            {"name": asked.name, "question": asked.question, "reading": asked.reading, "sql": asked.sql} for asked in worked_questions()
        ],
    }


def _with_columns(database: Database) -> Iterator[dict[str, Any]]:
    described = pl.concat([columns(database), metric_columns(database)], how="diagonal")
    for relation in relations(database).iter_rows(named=True):
        own = described.filter(schema_name=relation["schema_name"], name=relation["name"])
        yield relation | {"columns": own.select("column_name", "data_type", "comment").to_dicts()}


def overview_lines(database: Database) -> list[str]:
    """Return what there is, a line each: public tables, metrics and macros, then the worked questions."""
    told = dictionary(database)
    names = {f"{each['schema_name']}.{each['name']}": _first_sentence(each["comment"]) for each in told["relations"] + told["macros"]}
    asked = {question["name"]: question["question"] for question in told["questions"]}
    return [
        f"Load {told['load_id']}, contract {told['contract']['version']}. `sameside describe NAME` tells all of one.",
        "",
        *_aligned(names),
        "",
        "Worked questions: `sameside describe NAME` prints the query.",
        "",
        *_aligned(asked),
    ]


def one(database: Database, name: str) -> str:
    """Return all there is to know of a public name as Markdown, or the SQL of a worked question; raises UsageError for any other name."""
    told = dictionary(database)
    found = {f"{each['schema_name']}.{each['name']}": "\n".join(_section(each)) for each in told["relations"] + told["macros"]}
    found |= {question["name"]: question["sql"] for question in told["questions"]}
    if name not in found:
        near = difflib.get_close_matches(name, found, n=3)
        raise UsageError(
            f"nothing public is called {name}",
            expected=", ".join(near),
            todo="`sameside describe` lists all names, such as marts.deals and metrics.win_rate.",
        )
    return found[name].rstrip("\n")


def dictionary_markdown(database: Database) -> str:
    """Return the dictionary as Markdown: how to ask, each table with its columns, each metric and macro, questions, and the contract."""
    told = dictionary(database)
    lines = [
        "# Data dictionary",
        "",
        f"Of load {told['load_id']}, under contract {told['contract']['version']}: what stands here may be built on, and nothing of it",
        "goes or changes without a new first number. Every text is a comment in the database file itself.",
        "",
        *_how_to_ask(told),
    ]
    for each in told["relations"] + told["macros"]:
        lines += _section(each)
    lines += ["## Worked questions", "", "`sameside describe NAME` prints the query.", "", "| name | question |", "|---|---|"]
    lines += [f"| {asked['name']} | {asked['question']} |" for asked in told["questions"]]
    lines += ["", "## Changes of the contract", ""]
    lines += [f"- {each['version']}: {' '.join(each['changes'])}" for each in told["contract"]["versions"]]
    return "\n".join(lines) + "\n"


def _how_to_ask(told: dict[str, Any]) -> list[str]:
    (settings,) = (each for each in told["relations"] if each["name"] == "settings")
    meant = {each["column_name"]: each["comment"] for each in settings["columns"]}
    return [
        "Metrics are asked like tables, parameters by name: `from metrics.win_rate(dimension := 'segment', landmark_day := 60);`. A file",
        "that was attached under a name of your own answers after `use NAME;`. Parameters that many metrics take:",
        "",
        "| parameter | meaning |",
        "|---|---|",
        *(f"| {name} | {meant[name]}; null for the file's own |" for name in ("landmark_day", "answers_needed", "horizon_days")),
        "| dimension | what to split by; metrics.win_rate lists the words |",
        "| scope | which deals, such as `map {'segment': ['SMB']}`; metrics.scoped_deals lists the words |",
        "| strata | what alike deals share; metrics.like_for_like lists the words |",
        "",
    ]


def _section(each: dict[str, Any]) -> list[str]:
    name = f"{each['schema_name']}.{each['name']}"
    lines = [f"## {name}", "", *_comment(each["comment"]), ""]
    match each["kind"]:
        case "table":
            lines += ["| column | type | meaning |", "|---|---|---|", *(_row(column) for column in each["columns"]), ""]
        case "metric":
            types = ", ".join(f"{column['column_name']} {column['data_type'].lower()}" for column in each["columns"])
            lines += [f"Call: `from {name}({each['parameters']})`", "", f"Columns: {types}", ""]
        case _:
            lines += [f"Call: `{name}({each['parameters']})`", ""]
    return lines


def _row(column: dict[str, str]) -> str:
    return f"| {column['column_name']} | {column['data_type'].lower()} | {column['comment'].replace('|', '/')} |"


def _comment(text: str) -> list[str]:
    """Return a comment as Markdown lines: a column that is explained becomes an item, a line that goes on with it stays with it."""
    return [f"- {line.strip()}" if line.startswith("  ") and not line.startswith("   ") else line for line in text.splitlines()]


def _first_sentence(text: str) -> str:
    r"""Return the first sentence of a comment, or as much of it as fits on a line.

    >>> _first_sentence("Time in stage. One row per deal and stay:\n  stage: the stage")
    'Time in stage'
    """
    sentence = " ".join(text.partition(":\n")[0].split()).partition(". ")[0]
    return textwrap.shorten(sentence.rstrip("."), 110, placeholder=" …")


def _aligned(told: dict[str, str]) -> list[str]:
    width = max(map(len, told))
    return [f"  {name:{width}}  {text}" for name, text in told.items()]
