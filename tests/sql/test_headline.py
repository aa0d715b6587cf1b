"""The headline figures of both groups side by side: metrics.headline."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import duckdb
import pytest

ONE_ANSWER = """
    as_of      | answers_needed
    2025-12-31 | 1
"""
T_5 = 2.5705818356363146  # R: qt(0.975, 5)
VALUES = "customer_value, customer_count, customer_deals, seller_value, seller_count, seller_deals, difference"


@pytest.fixture(scope="module")
def few(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return few deals of two owners, with every figure in both groups."""
    return built(
        settings=ONE_ANSWER,
        deals="""
            deal_key | owner | segment | outcome | close_date | amount | answered
            1        | Ann   | SMB     | won     | day 60     | 1000   | 1
            2        | Bob   | SMB     | won     | day 90     | 3000   | 1
            3        | Ann   | SMB     | lost    | day 130    | 9000   | 1
            4        | Ann   | SMB     | won     | day 80     |        |
            5        | Bob   | SMB     | won     | day 100    | 500    |
            6        | Bob   | SMB     | open    |            | 800    |
            7        | Ann   | SMB     | lost    | day 40     | 800    |
            8        | Ann   | Public  | lost    | day 40     | 800    | 1
        """,
    )


@pytest.fixture(scope="module")
def six(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return a win of each of six owners in each group: 100 to 600 on day 40, and twice that on day 50."""
    return built(
        settings=ONE_ANSWER,
        deals="""
            deal_key | owner | outcome | close_date | amount | answered
            1        | Ann   | won     | day 40     | 100    | 1
            2        | Bob   | won     | day 40     | 200    | 1
            3        | Cleo  | won     | day 40     | 300    | 1
            4        | Dan   | won     | day 40     | 400    | 1
            5        | Eve   | won     | day 40     | 500    | 1
            6        | Finn  | won     | day 40     | 600    | 1
            11       | Ann   | won     | day 50     | 200    |
            12       | Bob   | won     | day 50     | 400    |
            13       | Cleo  | won     | day 50     | 600    |
            14       | Dan   | won     | day 50     | 800    |
            15       | Eve   | won     | day 50     | 1000   |
            16       | Finn  | lost    | day 50     | 1200   |
        """,
    )


@cache
def headline(con: duckdb.DuckDBPyConnection, arguments: str) -> dict[str, dict[str, object]]:
    """Return the rows of the metric by figure, as columns by name; asked once, as many tests look at it."""
    answered = con.execute(f"from metrics.headline({arguments})")
    names = [column[0] for column in answered.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in answered.fetchall()}


def figure(con: duckdb.DuckDBPyConnection, name: str, columns: str, arguments: str = "") -> tuple[object, ...]:
    """Return columns of a figure."""
    row = headline(con, arguments)[name]
    return tuple(row[column] for column in columns.split(", "))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("win_rate", (2 / 4, 2, 4, 2 / 4, 2, 4, 0), id="won of compared deals, as in metrics.win_rate"),
        pytest.param("sales_cycle", (75, 2, 4, 90, 2, 4, -15), id="median of 60 and 90, and of 80 and 100"),
        pytest.param("average_won_deal", (2000, 2, 4, 500, 1, 4, 1500), id="the win without an amount is not counted"),
        pytest.param(
            "sales_velocity",
            (4000 / 200, 2, 4, 500 / 310, 1, 4, 20 - 500 / 310),
            id="by days open after day 30: 30 + 60 + 100 + 10, 50 + 70 + 180 + 10",
        ),
    ],
)
def test_each_figure_is_that_of_both_groups(few: duckdb.DuckDBPyConnection, name: str, expected: tuple[float, ...]) -> None:
    """Value, deals behind the numerator and deals compared of each, and the difference of the values."""
    assert figure(few, name, VALUES) == pytest.approx(expected, rel=1e-12)


def test_the_four_figures_come_in_order(few: duckdb.DuckDBPyConnection) -> None:
    """They do so where nothing is compared too."""
    names = ["win_rate", "sales_cycle", "average_won_deal", "sales_velocity"]
    assert list(headline(few, "")) == names
    assert list(headline(few, "scope := map {'segment': ['Moon']}")) == names


@pytest.mark.parametrize("name", ["average_won_deal", "sales_velocity"])
def test_below_six_owners_amounts_have_no_interval(few: duckdb.DuckDBPyConnection, name: str) -> None:
    """Two owners tell next to nothing of how owners differ."""
    assert figure(few, name, "customer_low, customer_high, seller_low, seller_high, low, high") == (None,) * 6


def test_an_empty_group_has_no_values_and_no_difference(few: duckdb.DuckDBPyConnection) -> None:
    """Of the public deals one is compared, and lost: a rate of 0, no days and no average, a velocity of 0."""
    of_public = "scope := map {'segment': ['Public']}"
    assert figure(few, "win_rate", VALUES, of_public) == (0.0, 0, 1, None, 0, 0, None)
    assert figure(few, "sales_cycle", VALUES, of_public) == (None, 0, 1, None, 0, 0, None)
    assert figure(few, "average_won_deal", VALUES, of_public) == (None, 0, 1, None, 0, 0, None)
    assert figure(few, "sales_velocity", VALUES, of_public) == (0.0, 0, 1, None, 0, 0, None)


def test_where_nothing_is_compared_all_values_are_null(few: duckdb.DuckDBPyConnection) -> None:
    """Counts are 0."""
    for name in ("win_rate", "sales_cycle", "average_won_deal", "sales_velocity"):
        assert figure(few, name, VALUES, "scope := map {'segment': ['Moon']}") == (None, 0, 0, None, 0, 0, None)


def test_figures_in_money_are_of_deals_in_one_currency(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Of two wins one is in euros; a euro deal without an amount is open for nothing, and dollars take no part, nor do their days."""
    con = built(
        settings=ONE_ANSWER,
        deals="""
            deal_key | owner | outcome | close_date | amount | currency | answered
            1        | Ann   | won     | day 60     | 1000   | EUR      | 1
            2        | Bob   | won     | day 90     | 3000   | USD      | 1
            3        | Bob   | lost    | day 50     |        | EUR      | 1
        """,
    )
    assert figure(con, "win_rate", "customer_value, customer_count, customer_deals") == (2 / 3, 2, 3)
    assert figure(con, "average_won_deal", "customer_value, customer_count, customer_deals") == (1000.0, 1, 2)
    assert figure(con, "sales_velocity", "customer_value, customer_count, customer_deals") == (1000 / (30 + 20), 1, 2)


def test_the_interval_of_the_average_is_that_of_a_mean(six: duckdb.DuckDBPyConnection) -> None:
    """One win per owner, so the textbook's interval: 350 ± t · s / √6 with s² = 175,000 / 5."""
    reach = T_5 * (35000 / 6) ** 0.5
    assert figure(six, "average_won_deal", "customer_value, customer_low, customer_high") == pytest.approx(
        (350, 350 - reach, 350 + reach), rel=1e-12
    )


def test_the_interval_of_a_ratio_is_linearised_by_owner(six: duckdb.DuckDBPyConnection) -> None:
    """3,000 won over five owners' wins, while Finn has none: 600 ± t · √(6/5 · (400² + 200² + 0 + 200² + 400² + 0)) / 5."""
    reach = T_5 * (6 / 5 * 400_000) ** 0.5 / 5
    assert figure(six, "average_won_deal", "seller_value, seller_low, seller_high") == pytest.approx(
        (600, 600 - reach, 600 + reach), rel=1e-12
    )


def test_velocity_is_won_amount_by_days_open(six: duckdb.DuckDBPyConnection) -> None:
    """2,100 over 6 · 10 days, and 3,000 over 6 · 20 with Finn's days for nothing; residuals by owner are y - 350 and y - 500."""
    customer = T_5 * (6 / 5 * 175_000) ** 0.5 / 60
    seller = T_5 * (6 / 5 * (300**2 + 100**2 + 100**2 + 300**2 + 500**2 + 500**2)) ** 0.5 / 120
    assert figure(
        six, "sales_velocity", "customer_value, customer_low, customer_high, seller_value, seller_low, seller_high"
    ) == pytest.approx((35, 35 - customer, 35 + customer, 25, max(0, 25 - seller), 25 + seller), rel=1e-12)


def test_the_interval_of_a_difference_is_from_those_of_both(six: duckdb.DuckDBPyConnection) -> None:
    """350 - 600, and the limits' distances added in squares (MOVER)."""
    customer, seller = T_5 * (35000 / 6) ** 0.5, T_5 * (6 / 5 * 400_000) ** 0.5 / 5
    reach = (customer**2 + seller**2) ** 0.5
    assert figure(six, "average_won_deal", "difference, low, high") == pytest.approx((-250, -250 - reach, -250 + reach), rel=1e-12)


def test_the_interval_of_the_win_rate_is_that_of_step_4(six: duckdb.DuckDBPyConnection) -> None:
    """1 - 5/6. Without any owner but Finn both rates lose one win or none: the jackknife's √(5/6 · (5 · (1/30)² + (1/6)²)) by t."""
    # Left out: an owner with two wins leaves 5/5 - 4/5 = 1/5, which is 1/30 above 1/6; Finn leaves 5/5 - 5/5 = 0.
    reach = T_5 * (5 / 6 * (5 * (1 / 30) ** 2 + (1 / 6) ** 2)) ** 0.5
    found = figure(six, "win_rate", "difference, low, high")
    assert found == pytest.approx((1 / 6, 1 / 6 - reach, 1 / 6 + reach), rel=1e-9)
    assert [found[1:]] == six.execute("select low, high from metrics.evidence_ladder() where step = 4").fetchall()


def test_settings_may_be_asked_for(few: duckdb.DuckDBPyConnection) -> None:
    """At day 85 deals 2, 3 and 5, 6 are left."""
    assert figure(few, "win_rate", VALUES, "landmark_day := 85") == (0.5, 1, 2, 0.5, 1, 2, 0.0)
