"""Each rule of sql/checks: a row that breaks it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import duckdb
import pytest

from etl.build import checks, run_checks
from etl.errors import CheckFailed

Row = tuple[object, ...]

# By the name of the check: a change that breaks its rule, and columns and values of the rows that it then returns.
BREAKS: dict[str, list[tuple[str, str, list[Row]]]] = {
    "amounts_add_up": [
        ("update marts.load_amounts set amount_read = 7.01", "file, currency, amount_read", [("Opportunity.csv", "EUR", Decimal("7.01"))]),
        ("update marts.load_amounts set values_unreadable = 0", "file, currency, values_read", [("Opportunity.csv", "EUR", 4)]),
    ],
    "answers_are_complete": [("delete from marts.deal_answers where deal_key = 1 and question = 'pain'", "deal_key, questions", [(1, 2)])],
    "cycles_are_calendar_days": [
        ("update marts.deals set cycle_days = 46 where deal_key = 1", "deal_key, cycle_days", [(1, 46)]),
        ("update marts.deals set cycle_days = -1, closed_date = created_date - 1 where deal_key = 1", "deal_key, cycle_days", [(1, -1)]),
    ],
    "deals_are_complete": [
        ("delete from marts.deals where deal_key = 2", "deal_id, outcome", [("D2", "open")]),
        ("update raw.deals set outcome = 'pending' where deal_key = 2", "deal_id, outcome", [("D2", "pending")]),
    ],
    "deals_are_unique": [
        (
            "insert into marts.deals from marts.deals where deal_key = 1",
            "source, deal_id, deals",
            [("key", "1", 2), ("salesforce", "D1", 2)],
        ),
        ("update marts.deals set deal_id = 'D1' where deal_key = 2", "source, deal_id, deals", [("salesforce", "D1", 2)]),
        ("update marts.deals set deal_key = 1 where deal_key = 2", "source, deal_id, deals", [("key", "1", 2)]),
    ],
    "parts_add_up": [("delete from prepared.landmark_deals where deal_key = 1", "parts, deals", [(1, 2)])],
    "rejects_are_listed": [
        ("delete from raw.rejects", "file, rows_rejected, listed", [("Opportunity.csv", 1, 0)]),
        ("update raw.rejects set level = 'value'", "file, rows_rejected, listed", [("Opportunity.csv", 1, 0)]),
        ("insert into raw.rejects from raw.rejects", "file, rows_rejected, listed", [("Opportunity.csv", 1, 2)]),
    ],
    "rows_add_up": [
        ("update marts.loads set rows_read = 4", "file, rows_read, rows_loaded, rows_rejected", [("Opportunity.csv", 4, 2, 1)]),
        ("update marts.loads set rows_not_needed = 3", "file, rows_read, rows_loaded, rows_rejected", [("Opportunity.csv", 3, 2, 1)]),
    ],
    "settings_are_one_row": [
        ("insert into raw.settings from raw.settings", "settings, needed", [(2, 2)]),
        ("delete from raw.settings", "settings, needed", [(0, None)]),
        ("update raw.settings set answers_needed = 4", "settings, needed", [(1, 4)]),
    ],
    "spells_alternate": [
        (
            "update marts.deal_answers set end_days = [12, 14] where deal_key = 1 and question = 'pain'",
            "deal_key, question, start_days, end_days",
            [(1, "pain", [10], [12, 14])],
        ),
        (
            "update marts.deal_answers set start_days = [10, 12] where deal_key = 1 and question = 'pain'",
            "deal_key, question, start_days, end_days",
            [(1, "pain", [10, 12], None)],
        ),
    ],
    "stays_follow_each_other": [
        ("update marts.stage_spells set left_date = entered_date - 1 where position = 1", "deal_key, position", [(1, 1)])
    ],
}


@pytest.fixture(scope="module")
def kept(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return a database that keeps every rule: deal 1 won on day 45, deal 2 open, one of three rows rejected."""
    return built(
        deals="""
            deal_key | outcome | close_date
            1        | won     | day 45
            2        | open    |
        """,
        field_values="""
            deal_key | field_no
            1        | 1
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            1        | 1        | day 10       | answered
        """,
        stage_changes="""
            deal_key | changed_date | stage
            1        | day 0        | Discovery
            1        | day 45       | Closed Won
        """,
        loads="""
            load_id
            2025-12-31-a
        """,
        load_files="""
            file            | role  | rows_read | rows_loaded | rows_rejected
            Opportunity.csv | deals | 3         | 2           | 1
        """,
        load_amounts="""
            file            | values_read | values_loaded | values_rejected | values_unreadable | amount_read | amount_loaded | amount_rejected
            Opportunity.csv | 4           | 2             | 1               | 1                 | 7.00        | 5.50          | 1.50
        """,
        rejects="""
            file            | row_number | level | reason
            Opportunity.csv | 2          | row   | has no id
        """,
    )


@pytest.fixture
def con(kept: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the database with what a test breaks undone after it."""
    kept.begin()
    yield kept
    kept.rollback()


def test_every_check_has_rows_that_break_it() -> None:
    """A rule that nobody has seen broken may be one that cannot be."""
    assert BREAKS.keys() == checks().keys()


def test_nothing_is_found_where_every_rule_is_kept(con: duckdb.DuckDBPyConnection) -> None:
    """The database that the other tests break passes as it is."""
    assert {name: con.execute(sql).fetchall() for name, sql in checks().items()} == {name: [] for name in BREAKS}


@pytest.mark.parametrize(
    ("name", "change", "columns", "expected"),
    [pytest.param(name, *case, id=f"{name}: {case[0]}") for name in BREAKS for case in BREAKS[name]],
)
def test_a_row_that_breaks_the_rule_is_found(
    con: duckdb.DuckDBPyConnection, name: str, change: str, columns: str, expected: list[Row]
) -> None:
    """The check returns the offending rows and no others."""
    con.execute(change)
    assert con.execute(f"select {columns} from ({checks()[name]}) order by all").fetchall() == expected


def test_a_broken_rule_stops_the_build_by_name(con: duckdb.DuckDBPyConnection) -> None:
    """With the rule in words, and the first of the rows that break it."""
    con.execute("update marts.deals set cycle_days = 46 where deal_key = 1")
    with pytest.raises(CheckFailed, match=r"breaks 1 of its own rules:\n  - cycles_are_calendar_days: A cycle is .* 46\)"):
        run_checks(con)
