"""The SQL page: what may be asked, what came of it, and what there is to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.wording.common import Answer
from dashboard.wording.table import Table, made

QUESTION = "What else do you want to know?"
QUERY = "Query"
QUERY_HELP = "One statement that reads: SELECT, FROM, WITH, DESCRIBE or EXPLAIN."
SAVED = "Saved questions"
NO_SAVED = "Choose one to start from"
RUN = "Run"
RUNNING = "Asking the database …"
ASK = (
    "Ask in SQL",
    "The filters of the sidebar do not change a query: it says itself what to look at, as in scope := map {'segment': ['SMB']}.",
)
RESULT = "Result"
SCHEMA = ("What there is to ask", "The tables with their columns, and the metrics, which are tables with parameters.")
RELATION = "Table or metric"
FIRST_RELATION = "metrics.win_rate"
FIRST_QUERY = "from metrics.win_rate(dimension := 'segment')"


def answer(rows: int, seconds: float, memory: str) -> Answer:
    """Return what may be asked here, and how much of it."""
    return Answer(
        "In short",
        "Ask the database yourself: it is read, and nothing else can be reached or changed.",
        f"At most {rounding.count(rows, 'row')}, {rounding.count(int(seconds), 'second')} and {memory} of memory for a query. "
        "On the command line, sameside sql has the same guard, and can be told to hand out more.",
    )


def how_many(frame: pl.DataFrame, *, is_cut: bool) -> str:
    """Return how many rows there are, and plainly whether these are all of them."""
    if is_cut:
        return (
            f"The first {rounding.count(frame.height, 'row')} only: the query has more, and neither this table nor the CSV holds them. "
            "Add up in the query, or narrow it with where."
        )
    return f"{rounding.count(frame.height, 'row')} in all." if frame.height else "No rows are like what you asked for."


def relation_names(relations: pl.DataFrame) -> list[str]:
    """Return the names of tables and metrics, the tables first."""
    return (relations["schema_name"] + "." + relations["name"]).to_list()


def named(relations: pl.DataFrame, name: str) -> Mapping[str, Any]:
    """Return the row of a table or metric by its name."""
    return relations.filter(pl.col("schema_name") + "." + pl.col("name") == name).row(0, named=True)


def call(relation: Mapping[str, Any]) -> str:
    """Return the query that a table or metric is asked with."""
    name = f"{relation['schema_name']}.{relation['name']}"
    return f"from {name} limit 100" if relation["kind"] == "table" else f"from {name}()"


def parameters(relation: Mapping[str, Any]) -> str:
    """Return what a metric can be asked with, nothing for a table."""
    return f"Parameters with their defaults: {relation['parameters']}." if relation["parameters"] else ""


def columns_table(columns: pl.DataFrame, name: str) -> Table:
    """Return the columns of a table; without any for a metric, whose comment tells them."""
    own = columns.filter(pl.col("schema_name") + "." + pl.col("name") == name)
    return made(
        {
            "Column": ("text", own["column_name"]),
            "Meaning": ("wide", own["comment"]),
            "Type": ("text", own["data_type"].str.to_lowercase()),
        }
    )
