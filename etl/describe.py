"""The data dictionary, read from the comments that a published file carries."""

from __future__ import annotations

import duckdb
import polars as pl

from etl.build import create_raw, models
from etl.queries import Database

_PUBLIC = "('marts', 'metrics')"


def relations(database: Database) -> pl.DataFrame:
    """Return one row per public relation and metric: schema_name, name, kind, parameters, comment."""
    return database.sql(
        f"""
        select schema_name, table_name as name, 'table' as kind, '' as parameters, comment
        from duckdb_tables() where database_name = 'deals' and schema_name in {_PUBLIC}
        union all
        select schema_name, function_name, 'metric', array_to_string(parameters, ', '), comment
        from duckdb_functions() where database_name = 'deals' and schema_name in {_PUBLIC} and function_type = 'table_macro'
        order by schema_name, name
        """
    )


def columns(database: Database) -> pl.DataFrame:
    """Return one row per column of a mart: schema_name, name, column_name, data_type, comment."""
    return database.sql(
        f"""
        select schema_name, table_name as name, column_name, data_type, comment
        from duckdb_columns() where database_name = 'deals' and schema_name in {_PUBLIC}
        order by schema_name, table_name, column_index
        """
    )


def formulas(database: Database) -> pl.DataFrame:
    """Return one row per metric and macro: name (schema.name), comment, and sql, what the file runs when it is asked.

    The file keeps its macros without line breaks. Where this version of Same Side has the same macro, sql is the text that it was made
    from; else it is the file's own.
    """
    held = database.sql(
        """
        select schema_name || '.' || function_name as name, coalesce(comment, '') as comment, any_value(macro_definition) as definition
        from duckdb_functions()
        where database_name = 'deals' and schema_name in ('metrics', 'macros')
        group by schema_name, function_name, comment
        order by schema_name = 'macros', name
        """
    )
    written = _as_written()
    shown = [_shown(row["definition"], *written.get(row["name"], ("", ""))) for row in held.iter_rows(named=True)]
    return held.select("name", "comment", pl.Series("sql", shown, dtype=pl.String))


def _shown(definition: str, text: str, own_definition: str) -> str:
    return text if definition == own_definition else definition


def _as_written() -> dict[str, tuple[str, str]]:
    """Return the text of each macro of sql/ without its opening comment, and the definition that DuckDB makes of it, by full name."""
    texts = {model.full_name: model.sql for model in models() if model.schema in ("metrics", "macros")}
    with duckdb.connect(config={"threads": 1}) as con:
        create_raw(con)
        for model in models():
            if model.schema != "raw":
                con.execute(texts.get(model.full_name) or f"create view {model.full_name} as {model.sql}")
        made = con.execute(
            "select schema_name || '.' || function_name, macro_definition from duckdb_functions() where schema_name in ('metrics', 'macros')"
        ).fetchall()
    return {name: (_without_comment(texts[name]), definition) for name, definition in made}


def _without_comment(sql: str) -> str:
    lines = sql.splitlines()
    first = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    return "\n".join(lines[first:])


def dictionary_markdown(database: Database) -> str:
    """Return the dictionary as Markdown: each mart with its columns, each metric with its parameters."""
    lines = [
        "# Data dictionary",
        "",
        f"Of load {database.load_id}. Every text below is a comment in the database file itself.",
        "",
    ]
    described = columns(database)
    for relation in relations(database).iter_rows(named=True):
        lines += [f"## {relation['schema_name']}.{relation['name']}", "", *_comment(relation["comment"]), ""]
        if relation["kind"] == "metric":
            lines += [
                f"Call: `from metrics.{relation['name']}({relation['parameters']})`, each parameter by name with `:=`.",
                "",
            ]
            continue
        lines += ["| column | type | meaning |", "|---|---|---|"]
        for column in described.filter(pl.col("name") == relation["name"]).iter_rows(named=True):
            lines.append(f"| {column['column_name']} | {column['data_type'].lower()} | {column['comment'].replace('|', '/')} |")
        lines.append("")
    return "\n".join(lines)


def _comment(text: str) -> list[str]:
    """Return a comment as Markdown lines: a line that is indented, as a list of columns is, becomes an item."""
    return [f"- {line.strip()}" if line.startswith("  ") else line for line in text.splitlines()]
