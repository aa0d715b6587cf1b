"""Deals that are compared, counted by what alike deals share: metrics.landmark_cells."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# Pain is question 1, champion question 3 and tracked since day 50; field 4 is neutral. Two of three answers are needed.
QUESTIONS = """
    question_no | topic           | is_neutral
    1           | pain            | false
    2           | success_measure | false
    3           | champion        | false
    4           | Product_Line    | true
"""
FIELDS = """
    field_no | field        | question_no | topic           | is_neutral | tracked_since
    1        | Pain__c      | 1           | pain            | false      | day -100
    2        | Success__c   | 2           | success_measure | false      | day -100
    3        | Champion__c  | 3           | champion        | false      | day 50
    4        | Product_Line | 4           | Product_Line    | true       | day -100
"""
DEALS = """
    deal_key | owner | team | segment | deal_type | lead_source | pipeline | is_icp_fit | amount | currency | outcome | close_date
    1        | Cleo  | East | SMB     | New       | Web         | Direct   | true       | 90000  | EUR      | won     | day 100
    2        | Cleo  | East | SMB     | New       | Web         | Direct   | true       | 90000  | EUR      | lost    | day 70
    3        | Ann   | East | SMB     | New       | Web         | Direct   | true       | 90000  | EUR      | won     | day 300
    4        |       |      |         |           |             |          |            | 90000  | USD      | open    |
    5        | Ann   | East | SMB     | New       | Web         | Direct   | true       | 90000  | EUR      | won     | day 20
"""
OWNER_CHANGES = """
    deal_key | changed_date | old_owner | new_owner
    1        | day 30       | Ann       | Bob
    1        | day 60       | Bob       | Cleo
    2        | day 31       | Ann       | Cleo
"""
STAGE_CHANGES = """
    deal_key | changed_date | stage     | amount
    1        | day 0        | Discovery | 5000
    1        | day 30       | Proposal  | 20000
    1        | day 31       | Proposal  | 90000
    2        | day 0        | Discovery | 5000
    2        | day 31       | Proposal  | 90000
    3        | day 0        | Discovery | 9000
    4        | day 0        | Discovery | 9000
"""
CHANGES = """
    deal_key | field_no | changed_date | new_state
    1        | 1        | day 10       | answered
    1        | 2        | day 30       | answered
    1        | 4        | day 30       | answered
    3        | 1        | day 10       | answered
    3        | 1        | day 20       | blank
"""
COUNTS = "is_customer, is_tidy, deals, won, days_open"


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        questions=QUESTIONS, fields=FIELDS, deals=DEALS, owner_changes=OWNER_CHANGES, stage_changes=STAGE_CHANGES, field_changes=CHANGES
    )


def cells(con: duckdb.DuckDBPyConnection, columns: str, arguments: str = "", where: str = "true") -> list[tuple[object, ...]]:
    """Return columns of the cells, in order."""
    return con.execute(f"select {columns} from metrics.landmark_cells({arguments}) where {where} order by all").fetchall()


def test_stage_owner_and_band_are_those_of_the_landmark(con: duckdb.DuckDBPyConnection) -> None:
    """Changes of day 30 count, those of day 31 do not. Deals 2 and 3 are alike and one row; 4 has no amount in euros; 5 was decided."""
    assert cells(con, f"stage, owner, amount_band, {COUNTS}") == [
        ("Discovery", "(none)", "(none)", False, False, 1, 0, 180),
        ("Discovery", "Ann", "under 10,000", False, False, 2, 0, 40 + 180),
        ("Proposal", "Bob", "10,000 to 50,000", True, True, 1, 1, 70),
    ]


def test_the_other_dimensions_are_those_of_the_export_and_never_null(con: duckdb.DuckDBPyConnection) -> None:
    """A missing value reads '(none)', and a fit 'unknown'."""
    assert cells(con, "distinct team, segment, deal_type, lead_source, pipeline, icp_fit") == [
        ("(none)", "(none)", "(none)", "(none)", "(none)", "unknown"),
        ("East", "SMB", "New", "Web", "Direct", "fits"),
    ]


@pytest.mark.parametrize(
    "scope",
    ["map([]::varchar[], []::varchar[][])", "map {'owner': ['Cleo']}", "map {'amount_band': ['50,000 to 250,000'], 'segment': ['SMB']}"],
)
def test_the_kept_counts_are_those_of_the_deals(con: duckdb.DuckDBPyConnection, scope: str) -> None:
    """Asked by value, the settings of the file give the same rows from the deals; a scope goes by what deals are today."""
    asked = f"landmark_day := 30, answers_needed := 2, horizon_days := 180, scope := {scope}"
    assert cells(con, "*", f"scope := {scope}") == cells(con, "*", asked) != []


def test_days_of_creation_are_asked_of_the_deals(con: duckdb.DuckDBPyConnection) -> None:
    """The counts kept know no days: all were created on 1 January 2025, and none after it."""
    assert cells(con, "*", "scope := map {'created_from': ['2025-01-01'], 'created_to': ['2025-01-01']}") == cells(con, "*")
    assert cells(con, "*", "scope := map {'created_from': ['2025-01-02']}") == []


def test_a_dimension_splits_the_cells(con: duckdb.DuckDBPyConnection) -> None:
    """By owner of today, while the owner of a cell stays that of the landmark."""
    assert cells(con, "by_value, owner, deals", "dimension := 'owner'") == [
        ("(none)", "(none)", 1), ("Ann", "Ann", 1), ("Cleo", "Ann", 1), ("Cleo", "Bob", 1),
    ]  # fmt: skip


def test_each_question_has_cells_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    """What stood answered at the end of day 30: deal 3 cleared its pain on day 20; the champion nobody knows of until day 50."""
    arguments = "dimension := 'question'"
    call = (
        "select by_value, sum(deals) filter (where is_customer)::integer, sum(deals)::integer from metrics.landmark_cells({}) group by all"
    )
    assert sorted(con.execute(call.format(arguments)).fetchall()) == [("Product_Line", 1, 4), ("pain", 1, 4), ("success_measure", 1, 4)]
    later = con.execute(call.format(f"{arguments}, landmark_day := 50")).fetchall()
    assert [row for row in later if row[0] == "champion"] == [("champion", None, 4)]
