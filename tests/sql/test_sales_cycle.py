"""Sales cycle of customer-focused and seller-focused deals: metrics.sales_cycle."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return deals of three segments: nine, six, and five wins among customer-focused deals, and what does not count beside them."""
    return built(
        settings="""
            as_of      | answers_needed
            2025-12-31 | 1
        """,
        deals="""
            deal_key | segment | outcome | close_date | answered
            1        | nine    | won     | day 90     | 1
            2        | nine    | won     | day 40     | 1
            3        | nine    | won     | day 50     | 1
            4        | nine    | won     | day 60     | 1
            5        | nine    | won     | day 70     | 1
            6        | nine    | won     | day 80     | 1
            7        | nine    | won     | day 100    | 1
            8        | nine    | won     | day 110    | 1
            9        | nine    | won     | day 210    | 1
            11       | six     | won     | day 35     | 1
            12       | six     | won     | day 45     | 1
            13       | six     | won     | day 55     | 1
            14       | six     | won     | day 58     | 1
            15       | six     | won     | day 75     | 1
            16       | six     | won     | day 208    | 1
            21       | five    | won     | day 31     | 1
            22       | five    | won     | day 41     | 1
            23       | five    | won     | day 51     | 1
            24       | five    | won     | day 61     | 1
            25       | five    | won     | day 141    | 1
            26       | five    | won     | day 30     | 1
            27       | five    | won     | day 211    | 1
            28       | five    | lost    | day 33     | 1
            29       | five    | open    |            | 1
            31       | five    | lost    | day 34     |
            32       | five    | won     | day 300    |
        """,
    )


def cycle(con: duckdb.DuckDBPyConnection, segment: str, columns: str) -> tuple[object, ...]:
    """Return columns of the customer-focused deals of a segment."""
    asked = f"select {columns} from metrics.sales_cycle(dimension := 'segment') where by_value = ? and focus = 'customer-focused'"
    [row] = con.execute(asked, [segment]).fetchall()
    assert isinstance(row, tuple)
    return row


def test_the_median_of_an_odd_number_is_the_middle(con: duckdb.DuckDBPyConnection) -> None:
    """Nine wins; the fifth of 40, 50, 60, 70, 80, 90, 100, 110, 210 is 80, and their sum is 810."""
    assert cycle(con, "nine", "won, deals, median_days, mean_days") == (9, 9, 80.0, 90.0)


def test_the_median_of_an_even_number_lies_half_way(con: duckdb.DuckDBPyConnection) -> None:
    """Six wins; between 55 and 58."""
    assert cycle(con, "six", "won, deals, median_days") == (6, 6, 56.5)


def test_the_interval_of_nine_wins_is_from_the_second_to_the_eighth(con: duckdb.DuckDBPyConnection) -> None:
    """Wilson's limits of 4.5 of 9 are 0.2265 and 0.7735, times 9 are 2.04 and 6.96; as in the tables of the sign test for n = 9."""
    assert cycle(con, "nine", "low, high") == (50.0, 110.0)


def test_the_interval_of_six_wins_is_their_whole_range(con: duckdb.DuckDBPyConnection) -> None:
    """The least number for which first and last cover the median in 95 of 100 cases: 1 - 2 / 2⁶ = 0.97."""
    assert cycle(con, "six", "low, high") == (35.0, 208.0)


def test_below_six_wins_there_is_no_interval(con: duckdb.DuckDBPyConnection) -> None:
    """Five wins cover the median in 1 - 2 / 2⁵ = 0.94."""
    assert cycle(con, "five", "won, median_days, low, high") == (5, 51.0, None, None)


def test_only_wins_from_the_landmark_to_the_horizon_count(con: duckdb.DuckDBPyConnection) -> None:
    """Of the nine that are customer-focused, day 30 is decided by the landmark and not compared; day 211, lost and open are, without days."""
    assert cycle(con, "five", "won, deals, mean_days") == (5, 8, 65.0)


def test_without_wins_there_is_no_median(con: duckdb.DuckDBPyConnection) -> None:
    """The two seller-focused deals were lost, and won too late."""
    found = con.execute(
        "select by_value, won, deals, median_days, mean_days, low, high from metrics.sales_cycle() where focus = 'seller-focused'"
    ).fetchall()
    assert found == [("all", 0, 2, None, None, None, None)]


def test_a_group_without_deals_has_no_row(con: duckdb.DuckDBPyConnection) -> None:
    """The segment of six has no seller-focused deals."""
    found = con.execute("select focus from metrics.sales_cycle(scope := map {'segment': ['six']})").fetchall()
    assert found == [("customer-focused",)]


def test_settings_may_be_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    """By day 60 + 30 the segment of nine has the wins of days 70, 80 and 90; those of days 40, 50 and 60 were decided before."""
    found = con.execute(
        "select won, deals, median_days from metrics.sales_cycle(landmark_day := 60, horizon_days := 30, scope := map {'segment': ['nine']})"
    ).fetchall()
    assert found == [(3, 6, 80.0)]
