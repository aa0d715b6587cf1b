"""When closed deals closed: intermediate.closings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        deals="""
            deal_key | outcome | close_date | created_date
            1        | won     | day 99     | day 0
            2        | lost    | day 40     | day 0
            3        | won     | day 50     | day 0
            4        | won     | day 50     | day 0
            5        | lost    |            | day 0
            6        | open    | day 70     | day 0
            7        | open    | day 70     | day 0
            8        | lost    | day 90     | day 100
            9        | won     | day 60     |
            10       | lost    | day 80     | day 0
            11       | lost    | day 80     | day 0
        """,
        stage_changes="""
            deal_key | changed_date | stage
            1        | day 0        | Discovery
            1        | day 45       | Closed Won
            3        | day 0        | Discovery
            3        | day 20       | Closed Lost
            3        | day 30       | Proposal
            3        | day 65       | Closed Won
            4        | day 48       | Closed Won
            7        | day 0        | Discovery
            7        | day 10       | Closed Lost
            7        | day 12       | Proposal
            10       | day 0        | Discovery
            10       | day 30       | Closed Won
            11       | day 0        | Discovery
            11       | day 20       | Closed Lost
            11       | day 30       | Closed Won
        """,
    )


def closing(con: duckdb.DuckDBPyConnection, deal_key: int) -> list[tuple[object, ...]]:
    """Return what closed a deal, on which date and day after creation."""
    return con.execute(
        "select closed_date_from, closed_date, closed_day from intermediate.closings where deal_key = ?", [deal_key]
    ).fetchall()


def test_the_stage_history_tells_before_the_close_date(con: duckdb.DuckDBPyConnection) -> None:
    """A deal that became won on day 45 closed then, whatever its close date says: 15 February is 45 days after 1 January."""
    assert closing(con, 1) == [("stage history", date(2025, 2, 15), 45)]


def test_without_stage_history_the_close_date_tells(con: duckdb.DuckDBPyConnection) -> None:
    """No history row, so the CRM's date it is."""
    assert closing(con, 2) == [("close date", date(2025, 2, 10), 40)]


def test_of_a_deal_that_was_opened_again_the_last_closing_counts(con: duckdb.DuckDBPyConnection) -> None:
    """Lost on day 20, opened on day 30, won on day 65."""
    assert closing(con, 3) == [("stage history", date(2025, 3, 7), 65)]


def test_a_deal_entered_when_already_closed_has_no_closing_event(con: duckdb.DuckDBPyConnection) -> None:
    """Its first history row is the day of typing it in, day 48; the CRM's date is day 50."""
    assert closing(con, 4) == [("close date", date(2025, 2, 20), 50)]


def test_a_closed_deal_may_tell_no_date(con: duckdb.DuckDBPyConnection) -> None:
    """Neither history nor close date: a row without a date."""
    assert closing(con, 5) == [(None, None, None)]


@pytest.mark.parametrize("deal_key", [6, 7])
def test_open_deals_have_no_closing(con: duckdb.DuckDBPyConnection, deal_key: int) -> None:
    """Neither a forecast date nor an earlier closing makes one."""
    assert closing(con, deal_key) == []


def test_a_closing_before_creation_stays_below_zero(con: duckdb.DuckDBPyConnection) -> None:
    """Bad data is kept as it is here, so that it can be counted later."""
    assert closing(con, 8) == [("close date", date(2025, 4, 1), -10)]


def test_without_a_creation_date_there_is_no_day(con: duckdb.DuckDBPyConnection) -> None:
    """The date is known, the days after creation are not."""
    assert closing(con, 9) == [("close date", date(2025, 3, 2), None)]


def test_a_closing_of_another_outcome_is_not_the_one(con: duckdb.DuckDBPyConnection) -> None:
    """A deal that entered a won stage and is lost, as a status or an archive tells, was not closed by that entry: an earlier loss, or the close date, tells."""
    assert closing(con, 10) == [("close date", date(2025, 3, 22), 80)]
    assert closing(con, 11) == [("stage history", date(2025, 1, 21), 20)]
