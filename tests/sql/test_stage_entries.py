"""Entries into stages and stays in them: intermediate.stage_entries, marts.stage_spells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        deals="""
            deal_key | created_date
            1        | day 0
            2        | day 10
            3        |
            4        | day 0
        """,
        stage_changes="""
            deal_key | changed_at   | stage      | amount
            1        | day 0 09:00  | Discovery  | 100
            1        | day 5 09:00  | Discovery  | 200
            1        | day 9 09:00  | Proposal   | 200
            1        | day 12 09:00 | Discovery  | 200
            1        | day 40 09:00 | Closed Won | 200
            2        | day 8 09:00  | Proposal   |
            2        | day 8 17:00  | Discovery  |
            3        | day 3 09:00  | Discovery  |
            3        | day 4 09:00  | Proposal   |
        """,
    )


def test_changes_within_a_stage_are_no_entries(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 1 changed its amount in Discovery on day 5; it came back to Discovery on day 12, which is an entry of its own."""
    found = con.execute(
        "select position, stage, previous_stage, stage_outcome, entered_date from intermediate.stage_entries where deal_key = 1 order by position"
    ).fetchall()
    assert found == [
        (1, "Discovery", None, "open", date(2025, 1, 1)),
        (2, "Proposal", "Discovery", "open", date(2025, 1, 10)),
        (3, "Discovery", "Proposal", "open", date(2025, 1, 13)),
        (4, "Closed Won", "Discovery", "won", date(2025, 2, 10)),
    ]


def test_entries_of_one_day_follow_the_clock(con: duckdb.DuckDBPyConnection) -> None:
    """Proposal at nine, Discovery at five in the afternoon of the same day."""
    found = con.execute(
        "select position, stage, entered_at::varchar from intermediate.stage_entries where deal_key = 2 order by position"
    ).fetchall()
    assert found == [(1, "Proposal", "2025-01-09 09:00:00"), (2, "Discovery", "2025-01-09 17:00:00")]


def test_a_stay_ends_on_the_day_the_next_begins(con: duckdb.DuckDBPyConnection) -> None:
    """Days count from creation; the last stay has no end."""
    found = con.execute(
        "select position, stage, entered_day, left_day, left_date from marts.stage_spells where deal_key = 1 order by position"
    ).fetchall()
    assert found == [
        (1, "Discovery", 0, 9, date(2025, 1, 10)),
        (2, "Proposal", 9, 12, date(2025, 1, 13)),
        (3, "Discovery", 12, 40, date(2025, 2, 10)),
        (4, "Closed Won", 40, None, None),
    ]


def test_a_stay_may_begin_before_the_deal_was_created(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 2 was created on day 10, and its history begins two days earlier: the stay of hours there has no length."""
    found = con.execute("select stage, entered_day, left_day from marts.stage_spells where deal_key = 2 order by position").fetchall()
    assert found == [("Proposal", -2, -2), ("Discovery", -2, None)]


def test_without_a_creation_date_stays_have_dates_and_no_days(con: duckdb.DuckDBPyConnection) -> None:
    """What is known is kept."""
    found = con.execute(
        "select stage, entered_date, left_date, entered_day, left_day from marts.stage_spells where deal_key = 3 order by position"
    ).fetchall()
    assert found == [
        ("Discovery", date(2025, 1, 4), date(2025, 1, 5), None, None),
        ("Proposal", date(2025, 1, 5), None, None, None),
    ]


def test_a_deal_without_history_has_no_stays(con: duckdb.DuckDBPyConnection) -> None:
    """Its stage today says nothing of when it came there."""
    assert con.execute("select count(*) from marts.stage_spells where deal_key = 4").fetchall() == [(0,)]
