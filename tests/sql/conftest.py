"""Databases made of literal rows: rows of the raw tables in, every relation and metric of sql/ out.

Rows are written as a table of text: a line of column names, then a line per row, with bars between the cells. An empty cell is null; a
column or table that is left out has the default below. `day 30` is 30 days after 1 January 2025, the day on which deals are created
unless they say otherwise. Of deals, `answered` lists the fields that have held an answer since creation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta

import duckdb
import pytest

from etl.build import build, create_raw, create_schemas, models, models_digest
from etl.sqltext import literal

Built = Callable[..., duckdb.DuckDBPyConnection]

DAY_0 = date(2025, 1, 1)

# With these, a deal is tagged on day 30, and its horizon ends on day 210; the export is of day 364.
TABLES = {
    "settings": """
        as_of
        2025-12-31
    """,
    "questions": """
        question_no | topic
        1           | pain
        2           | success_measure
        3           | champion
    """,
    "fields": """
        field_no | field       | question_no | topic
        1        | Pain__c     | 1           | pain
        2        | Success__c  | 2           | success_measure
        3        | Champion__c | 3           | champion
    """,
    "stages": """
        stage       | stage_outcome
        Discovery   | open
        Proposal    | open
        Closed Won  | won
        Closed Lost | lost
    """,
}

DEFAULTS = {
    "settings": {
        "landmark_day": "30",
        "answers_needed": "2",
        "horizon_days": "180",
        "margin_points": "5",
        "strata": "['stage', 'owner']",
        "amount_bands": "[10000, 50000, 250000]",
        "currency": "'EUR'",
        "locale": "'en_GB'",
        "time_zone": "'UTC'",
        "fiscal_year_start_month": "1",
        "fiscal_year_named_for": "'end'",
        "has_field_history": "true",
        "has_owners": "true",
    },
    "questions": {"label": "topic", "ask": "topic || '?'", "is_neutral": "false", "is_mapped": "true"},
    "fields": {
        "is_neutral": "false",
        "kind": "'text'",
        "is_in_export": "true",
        "tracked_since": "date '2020-01-01'",
        "records_first_value": "false",
        "source": "'salesforce'",
        "is_column": "true",
    },
    "stages": {"outcome_from": "'configuration'", "source": "'salesforce'"},
    "deals": {
        "source": "'salesforce'",
        "deal_id": "'D' || deal_key",
        "outcome": "'open'",
        "outcome_from": "'flags'",
        "currency": "'EUR'",
        "created_date": f"date '{DAY_0}'",
        "created_at": "created_date::date + interval 9 hours",
        "first_seen_on": "(select as_of from raw.settings)",
        "last_seen_on": "(select as_of from raw.settings)",
    },
    "field_values": {"state": "'answered'"},
    "field_changes": {
        "changed_at": "changed_date::date + interval 9 hours",
        "changed_date": "changed_at::date",
        "old_state": "case new_state when 'answered' then 'blank' else 'answered' end",
        "told_by": "'history'",
    },
    "stage_changes": {
        "changed_at": "changed_date::date + interval 9 hours",
        "changed_date": "changed_at::date",
        "told_by": "'history'",
    },
    "owner_changes": {
        "changed_at": "changed_date::date + interval 9 hours",
        "changed_date": "changed_at::date",
        "told_by": "'history'",
    },
    "loads": {
        "load_no": "1",
        "load_id": "'2025-12-31-a'",
        "loaded_at": "timestamp '2026-01-01 02:15:00'",
        "source": "'salesforce'",
        "mapping": "'salesforce'",
        "is_partial": "false",
        "is_sample": "false",
        "as_of": "date '2025-12-31'",
        "version": "'0.1.0'",
        "models": f"'{models_digest()}'",
        "fingerprint": "'a'",
        "settings": "'s'",
        "deals_new": "0",
        "deals_changed": "0",
        "deals_missing": "0",
        "deals_gone": "0",
        "changes_told": "0",
    },
    "load_files": {
        "load_id": "'2025-12-31-a'",
        "encoding": "'utf-8'",
        "delimiter": "','",
        "rows_not_needed": "0",
        "digest": "'d'",
    },
    "load_amounts": {
        "load_id": "'2025-12-31-a'",
        "column_name": "'Amount'",
        "currency": "'EUR'",
        "values_set_aside": "0",
        "amount_set_aside": "0",
    },
    "rejects": {"load_id": "'2025-12-31-a'"},
}


@pytest.fixture(scope="session")
def built() -> Iterator[Built]:
    """Return a function from raw tables, each a table of text, to a connection with all that is built over them."""
    with ExitStack() as opened:

        def of_rows(**tables: str) -> duckdb.DuckDBPyConnection:
            con = opened.enter_context(duckdb.connect(config={"threads": 1}))
            create_raw(con)
            for name, text in (TABLES | tables).items():
                _insert(con, name, *_table(text))
            build(con)
            return con

        yield of_rows


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection that knows the scalar macros and nothing else; a file whose tests need rows has a `con` of its own."""
    with duckdb.connect() as con:
        create_schemas(con)
        for model in models():
            if model.schema == "macros":
                con.execute(model.sql)
        yield con


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the column names, and the cells of each row, of a table of text."""
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return header, [[_dated(cell) for cell in row] for row in rows]


def _dated(cell: str) -> str:
    return re.sub(r"\bday (-?\d+)", lambda found: str(DAY_0 + timedelta(days=int(found.group(1)))), cell)


def _insert(con: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: list[list[str]]) -> None:
    cells = ", ".join(f"({', '.join(literal(cell or None) for cell in row)})" for row in rows)
    defaults = "".join(f", {sql} as {column}" for column, sql in DEFAULTS.get(name, {}).items() if column not in columns)
    given = f"(values {cells}) as given({', '.join(columns)})"
    if "answered" in columns:
        con.execute(
            f"insert into raw.field_values by name select deal_key, unnest(split(answered, ' ')) as field_no, 'answered' as state from {given}"
        )
        defaults = " exclude (answered)" + defaults
    con.execute(f"insert into raw.{name} by name select *{defaults} from {given}")
