"""Time in each stage, metrics.stage_times, and the spread of days to the close, metrics.cycle_spread: by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from etl.queries import Database, Scope

# All are tagged on day 30, and seen to the end of day 210. Deal 5 has no stage history.
DEALS = """
    deal_key | outcome | close_date | answered
    1        | won     | day 60     | 1
    2        | lost    | day 100    | 1
    3        | open    |            | 1
    4        | won     | day 250    |
    5        | lost    | day 210    |
    6        | lost    | day 30     |
"""
STAGES = """
    deal_key | changed_date | stage
    1        | day 0        | Discovery
    1        | day 40       | Proposal
    1        | day 60       | Closed Won
    2        | day 0        | Discovery
    2        | day 10       | Proposal
    2        | day 20       | Discovery
    3        | day 0        | Discovery
    3        | day 220      | Proposal
    4        | day 0        | Discovery
    4        | day 40       | Proposal
    4        | day 250      | Closed Won
    6        | day 0        | Proposal
    6        | day 30       | Closed Lost
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return the six deals above, exported on day 364."""
    settings = """
        as_of      | answers_needed
        2025-12-31 | 1
    """
    return built(settings=settings, deals=DEALS, stage_changes=STAGES)


def rows(con: duckdb.DuckDBPyConnection, metric: str) -> list[dict[str, Any]]:
    """Return the rows of a metric, by column."""
    cursor = con.execute(f"from metrics.{metric}()")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_stays_are_counted_by_stage_and_focus(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 2 was in Discovery twice; what began after the horizon, and what was decided by the landmark, does not count."""
    found = {(row["stage"], row["focus"]): (row["stage_order"], row["stays"], row["stays_ended"]) for row in rows(con, "stage_times")}
    assert found == {
        ("Discovery", "customer-focused"): (1, 4, 3),
        ("Discovery", "seller-focused"): (1, 1, 1),
        ("Discovery", "difference"): (1, 5, 4),
        ("Proposal", "customer-focused"): (2, 2, 2),
        ("Proposal", "seller-focused"): (2, 1, 0),
        ("Proposal", "difference"): (2, 3, 2),
    }


def test_a_stay_beyond_the_horizon_counts_as_at_least_so_long(con: duckdb.DuckDBPyConnection) -> None:
    """Discovery: 10, 40, 80 (to the close, as no closed stage was entered) and 210 or more; the median lies between 40 and 80.

    Of the one stay in Proposal that lasted beyond day 210 nobody knows the median; it is not taken for 170 days.
    """
    found = {(row["stage"], row["focus"]): row["median_days"] for row in rows(con, "stage_times")}
    assert found == {
        ("Discovery", "customer-focused"): 60,
        ("Discovery", "seller-focused"): 40,
        ("Discovery", "difference"): 20,
        ("Proposal", "customer-focused"): 15,
        ("Proposal", "seller-focused"): None,
        ("Proposal", "difference"): None,
    }


def test_without_stage_history_there_is_no_row(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Nothing is made up where the export tells no stage."""
    assert rows(built(deals=DEALS), "stage_times") == []


def test_a_stay_of_no_day_counts(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Entered and left on one day: the stay is there, and took 0 days."""
    con = built(
        deals="""
            deal_key | outcome | close_date
            1        | won     | day 60
        """,
        stage_changes="""
            deal_key | changed_at          | stage
            1        | 2025-01-01 09:00:00 | Discovery
            1        | 2025-01-01 10:00:00 | Proposal
            1        | 2025-03-02 10:00:00 | Closed Won
        """,
    )
    assert [(row["stage"], row["median_days"]) for row in rows(con, "stage_times")] == [("Discovery", 0), ("Proposal", 60)]


def test_days_to_the_close_are_those_of_deals_closed_by_the_horizon(con: duckdb.DuckDBPyConnection) -> None:
    """A win on day 250 is none by day 210; a loss on day 210 is one; without any there is no day."""
    found = {(row["focus"], row["outcome"]): (row["closed"], row["deals"], row["days_50"]) for row in rows(con, "cycle_spread")}
    assert found == {
        ("customer-focused", "won"): (1, 3, 60),
        ("customer-focused", "lost"): (1, 3, 100),
        ("seller-focused", "won"): (0, 2, None),
        ("seller-focused", "lost"): (1, 2, 210),
    }


def test_quantiles_lie_between_the_days(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Of 40, 50, 60, 70, 80 the tenth part is at 0.1 · 4 = 0.4 of the way from 40 to 50; five losses have no interval."""
    closed = "\n".join(f"{number} | lost | day {day}" for number, day in enumerate((40, 50, 60, 70, 80), 1))
    [row] = [row for row in rows(built(deals=f"deal_key | outcome | close_date\n{closed}"), "cycle_spread") if row["outcome"] == "lost"]
    assert [row[f"days_{part}"] for part in (10, 25, 50, 75, 90)] == pytest.approx([44, 50, 60, 70, 76])
    assert (row["low"], row["high"]) == (None, None)


def test_median_days_to_win_are_those_of_the_sales_cycle(golden_sample: Database) -> None:
    """Two metrics that tell one figure tell the same, with the same interval."""
    spread = golden_sample.cycle_spread(Scope()).filter(outcome="won").sort("focus")
    cycle = golden_sample.sales_cycle(Scope()).sort("focus")
    assert (
        spread.select("closed", "deals", "days_50", "low", "high").rows()
        == cycle.select("won", "deals", "median_days", "low", "high").rows()
    )
