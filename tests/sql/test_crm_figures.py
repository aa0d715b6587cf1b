"""The figures as a CRM reports them: metrics.crm_figures."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        deals="""
            deal_key | segment | outcome | created_date | close_date | amount | currency | loss_reason
            1        | SMB     | won     | day 0        | day 10     | 100.50 | EUR      |
            2        | SMB     | won     | day 0        | day 20     | 200    | EUR      |
            3        | SMB     | won     | day 5        | day 65     | 700    | USD      |
            4        | SMB     | won     | day 5        |            |        | EUR      |
            5        | SMB     | lost    | day 0        | day 30     | 900    | EUR      | Duplicate
            6        | SMB     | lost    | day 0        | day 41     |        | EUR      |
            7        | SMB     | lost    | day 10       | day 4      | 900    | EUR      |
            8        | SMB     | lost    |              | day 4      | 900    | EUR      |
            9        | Public  | open    | day 0        | day 99     | 900    | EUR      |
        """,
        loss_kinds="""
            loss_reason | loss_kind
            duplicate   | disqualified
        """,
    )


def figures(con: duckdb.DuckDBPyConnection, columns: str, scope: str = "") -> tuple[object, ...]:
    """Return columns of the one row."""
    [row] = con.execute(f"select {columns} from metrics.crm_figures({scope})").fetchall()
    assert isinstance(row, tuple)
    return row


def test_deals_are_counted_by_outcome(con: duckdb.DuckDBPyConnection) -> None:
    """Four won, four lost, one open; a disqualified deal, number 5, is lost as the CRM has it."""
    assert figures(con, 'deals, won, lost, "open"') == (9, 4, 4, 1)


def test_the_win_rate_is_of_decided_deals(con: duckdb.DuckDBPyConnection) -> None:
    """4 of 8, and Wilson's interval: (4 + z²/2 ± z·√(4·4/8 + z²/4)) / (8 + z²) with z² = 3.8415."""
    assert figures(con, "win_rate, low, high") == pytest.approx((0.5, 0.21521, 0.78479), abs=1e-5)


def test_days_are_of_won_and_lost_deals_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Won after 10, 20 and 60 days: mean 30, median 20. Lost after 30 and 41."""
    assert figures(con, "mean_days_won, median_days_won, mean_days_lost, median_days_lost") == (30.0, 20.0, 35.5, 35.5)


def test_closed_deals_without_a_cycle_are_counted(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 7 closed before it was created; deal 4 lacks the closing day, deal 8 that of creation."""
    assert figures(con, "negative_cycles, cycles_missing") == (1, 2)


def test_amounts_of_another_currency_are_counted_and_not_added(con: duckdb.DuckDBPyConnection) -> None:
    """100.50 and 200 euros; the dollars of deal 3 are one deal."""
    assert figures(con, "won_amount::double, other_currency") == (300.5, 1)


def test_without_decided_deals_there_is_no_rate(con: duckdb.DuckDBPyConnection) -> None:
    """Null, never 0; and no days."""
    columns = "deals, won, lost, win_rate, low, high, mean_days_won, median_days_won, mean_days_lost, median_days_lost"
    assert figures(con, columns, "scope := map {'segment': ['Public']}") == (1, 0, 0, *[None] * 7)


def test_without_deals_there_is_a_row_of_zeros(con: duckdb.DuckDBPyConnection) -> None:
    """A scope may be empty."""
    assert figures(con, 'deals, won, lost, "open", win_rate', "scope := map {'segment': ['Moon']}") == (0, 0, 0, 0, None)
