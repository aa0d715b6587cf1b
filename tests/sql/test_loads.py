"""What was read and what could not be used: marts.loads, marts.rejects_by_reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        loads="""
            load_id
            2025-12-31-a
        """,
        load_files="""
            file            | role          | rows_read | rows_loaded | rows_not_needed | rows_rejected
            Opportunity.csv | deals         | 7         | 4           | 0               | 3
            History.csv     | field_history | 9         | 9           | 5               | 0
            Notes.csv       | unused        | 2         | 2           | 2               | 0
        """,
        rejects="""
            file            | row_number | level | column_name | text     | reason
            Opportunity.csv | 6          | row   | Id          |          | has no id
            Opportunity.csv | 4          | row   | Id          |          | has no id
            Opportunity.csv | 5          | row   |             | 006B     | a later row has the same id
            Opportunity.csv | 3          | value | Amount      | 12 apple | is not an amount
            Opportunity.csv | 2          | value | Amount      | 1O0      | is not an amount
            Opportunity.csv | 2          | value | CloseDate   | soon     | is not a date
        """,
    )


def test_each_file_of_the_load_is_a_row(con: duckdb.DuckDBPyConnection) -> None:
    """With its role and what became of its rows."""
    found = con.execute(
        "select file, role, rows_read, rows_loaded, rows_not_needed, rows_rejected from marts.loads order by file"
    ).fetchall()
    assert found == [
        ("History.csv", "field_history", 9, 9, 5, 0),
        ("Notes.csv", "unused", 2, 2, 2, 0),
        ("Opportunity.csv", "deals", 7, 4, 0, 3),
    ]


def test_each_file_says_which_load_it_came_with(con: duckdb.DuckDBPyConnection) -> None:
    """The load's own columns stand beside each of its files."""
    found = con.execute("select distinct load_id, loaded_at, as_of, source, version, encoding, delimiter from marts.loads").fetchall()
    assert found == [("2025-12-31-a", datetime(2026, 1, 1, 2, 15), date(2025, 12, 31), "salesforce", "0.1.0", "utf-8", ",")]  # noqa: DTZ001 - UTC without a zone, as stored


def test_rejects_are_counted_by_reason(con: duckdb.DuckDBPyConnection) -> None:
    """With the first row among them, and the first of the texts in the order of the alphabet."""
    found = con.execute(
        "select level, column_name, reason, occurrences, first_row, example from marts.rejects_by_reason order by level, column_name, reason"
    ).fetchall()
    assert found == [
        ("row", "Id", "has no id", 2, 4, None),
        ("row", None, "a later row has the same id", 1, 5, "006B"),
        ("value", "Amount", "is not an amount", 2, 2, "12 apple"),
        ("value", "CloseDate", "is not a date", 1, 2, "soon"),
    ]
