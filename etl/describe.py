"""The data dictionary, read from the comments that a published file carries."""

from __future__ import annotations

import polars as pl

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
