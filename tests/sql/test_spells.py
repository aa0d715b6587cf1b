"""Who owned a deal and what it was worth when: marts.owner_spells, marts.amount_spells."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        deals="""
            deal_key | owner | created_date
            1        | Cleo  | day 0
            2        | Bob   | day 10
            3        | Bob   | day 0
            4        | Bob   |
        """,
        owner_changes="""
            deal_key | changed_date | old_owner | new_owner
            1        | day 20       | Ann       | Bob
            1        | day 45       | Bob       | Cleo
            2        | day 8        |           | Bob
            4        | day 8        | Ann       | Bob
        """,
        stage_changes="""
            deal_key | changed_date | stage     | amount
            1        | day 0        | Discovery | 100
            1        | day 5        | Proposal  | 100
            1        | day 9        | Proposal  |
            1        | day 30       | Proposal  | 250
            1        | day 40       | Proposal  | 100
            2        | day 12       | Discovery |
            4        | day 12       | Discovery | 100
        """,
    )


def test_owners_follow_each_other(con: duckdb.DuckDBPyConnection) -> None:
    """Ann from creation to day 20, Bob to day 45, Cleo since."""
    found = con.execute(
        "select position, owner, entered_day, left_day from marts.owner_spells where deal_key = 1 order by position"
    ).fetchall()
    assert found == [(0, "Ann", 0, 20), (1, "Bob", 20, 45), (2, "Cleo", 45, None)]


def test_a_change_before_creation_is_of_day_0(con: duckdb.DuckDBPyConnection) -> None:
    """Bob took deal 2 over before it says it was created, from nobody."""
    found = con.execute(
        "select position, owner, entered_day, left_day from marts.owner_spells where deal_key = 2 order by position"
    ).fetchall()
    assert found == [(0, None, 0, 0), (1, "Bob", 0, None)]


def test_only_deals_that_changed_hands_have_stays(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 3 never did; deal 4 has no creation date to count from."""
    assert con.execute("select distinct deal_key from marts.owner_spells order by deal_key").fetchall() == [(1,), (2,)]


def test_an_amount_holds_until_it_differs(con: duckdb.DuckDBPyConnection) -> None:
    """A stage that changes with the same amount, or a row without an amount, ends nothing; an amount may come back."""
    found = con.execute(
        "select amount::double, entered_day, left_day from marts.amount_spells where deal_key = 1 order by entered_day"
    ).fetchall()
    assert found == [(100.0, 0, 30), (250.0, 30, 40), (100.0, 40, None)]


def test_a_history_without_amounts_has_no_stays(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 2 tells none; deal 4 has no creation date to count from."""
    assert con.execute("select distinct deal_key from marts.amount_spells").fetchall() == [(1,)]
