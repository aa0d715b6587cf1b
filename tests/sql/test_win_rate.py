"""Win rate of customer-focused and seller-focused deals: metrics.win_rate."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

ONE_ANSWER = """
    as_of      | answers_needed
    2025-12-31 | 1
"""

# Deals 1 to 3 are alike in every dimension, and so are 4 and 5; deal 6 tells nothing. Those with an answer are customer-focused.
DEALS = """
    deal_key | owner | team | segment    | deal_type | lead_source | pipeline | is_icp_fit | outcome | close_date | created_date | answered
    1        | Ann   | East | SMB        | New       | Web         | Direct   | true       | won     | 2025-03-01 | 2025-01-01   | 1
    2        | Ann   | East | SMB        | New       | Web         | Direct   | true       | lost    | 2025-03-01 | 2025-01-01   | 1
    3        | Ann   | East | SMB        | New       | Web         | Direct   | true       | lost    | 2025-03-01 | 2025-01-01   |
    4        | Bob   | West | Enterprise | Renewal   | Partner     | Channel  | false      | won     | 2025-02-01 | 2024-12-01   |
    5        | Bob   | West | Enterprise | Renewal   | Partner     | Channel  | false      | won     | 2025-02-01 | 2024-12-01   |
    6        |       |      |            |           |             |          |            | open    |            | 2025-01-01   | 2
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        settings=ONE_ANSWER,
        deals=DEALS,
        stage_changes="""
            deal_key | changed_date | stage     | amount
            1        | 2025-01-01   | Discovery | 5000
            2        | 2025-01-01   | Discovery | 5000
            3        | 2025-01-01   | Discovery | 5000
            4        | 2024-12-01   | Discovery | 60000
            5        | 2024-12-01   | Discovery | 60000
        """,
    )


def rates(con: duckdb.DuckDBPyConnection, columns: str, arguments: str = "") -> list[tuple[object, ...]]:
    """Return columns of every row, in the metric's own order."""
    return con.execute(f"select {columns} from metrics.win_rate({arguments})").fetchall()


@pytest.mark.parametrize(
    ("dimension", "of_1_to_3", "of_4_and_5", "of_6"),
    [
        ("segment", "SMB", "Enterprise", "(none)"),
        ("deal_type", "New", "Renewal", "(none)"),
        ("lead_source", "Web", "Partner", "(none)"),
        ("owner", "Ann", "Bob", "(none)"),
        ("team", "East", "West", "(none)"),
        ("pipeline", "Direct", "Channel", "(none)"),
        ("icp_fit", "fits", "does not fit", "unknown"),
        ("amount_band", "under 10,000", "50,000 to 250,000", "(none)"),
    ],
)
def test_each_dimension_parts_the_deals(con: duckdb.DuckDBPyConnection, dimension: str, of_1_to_3: str, of_4_and_5: str, of_6: str) -> None:
    """1 of 2 customer-focused and 0 of 1 seller-focused deals, 2 of 2 seller-focused, and 0 of 1 where the value is missing."""
    assert rates(con, "by_value, focus, won, deals, win_rate", f"dimension := '{dimension}'") == sorted(
        [
            (of_1_to_3, "customer-focused", 1, 2, 0.5),
            (of_1_to_3, "seller-focused", 0, 1, 0.0),
            (of_4_and_5, "seller-focused", 2, 2, 1.0),
            (of_6, "customer-focused", 0, 1, 0.0),
        ]
    )


def test_deals_part_by_year_of_creation(con: duckdb.DuckDBPyConnection) -> None:
    """Deals 4 and 5 are of 2024."""
    assert rates(con, "by_value, focus, won, deals", "dimension := 'created_year'") == [
        ("2024", "seller-focused", 2, 2),
        ("2025", "customer-focused", 1, 3),
        ("2025", "seller-focused", 0, 1),
    ]


def test_without_a_dimension_there_are_two_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Customer-focused deals 1, 2 and 6; seller-focused 3, 4 and 5. Ann and nobody own the former, Ann and Bob the latter."""
    assert rates(con, "by_value, focus, won, deals, owners, effective_deals") == [
        ("all", "customer-focused", 1, 3, 2, 3.0),
        ("all", "seller-focused", 2, 3, 2, 3.0),
    ]


def test_the_interval_of_few_owners_is_wilsons(con: duckdb.DuckDBPyConnection) -> None:
    """Of 1 in 2: (1 + z²/2 ± z·√(1/2 + z²/4)) / (2 + z²); of 2 in 2 the upper limit is 1 and the lower 2 / (2 + z²); z² = 3.841459."""
    found = rates(con, "low, high", "dimension := 'owner', scope := map {'owner': ['Ann', 'Bob']}")
    assert found[0] == pytest.approx((0.0945312, 0.9054688), abs=1e-7)
    assert found[2] == pytest.approx((2 / 5.841459, 1.0), abs=1e-6)


def test_a_group_without_deals_has_no_row(con: duckdb.DuckDBPyConnection) -> None:
    """No deals, no rate: never 0."""
    assert rates(con, "focus, win_rate", "scope := map {'owner': ['Bob']}") == [("seller-focused", 1.0)]


def test_deals_that_are_not_compared_have_no_part_in_it(con: duckdb.DuckDBPyConnection) -> None:
    """By day 62 all but the open deal 6 were decided: 1 February is 62 days after 1 December, 1 March 59 after 1 January."""
    assert rates(con, "focus, won, deals", "landmark_day := 62") == [("customer-focused", 0, 1)]


def test_a_win_after_the_horizon_is_none(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 1 was won on day 59: by day 30 + 29, not by 30 + 28."""
    of_deal_1 = "scope := map {'owner': ['Ann'], 'segment': ['SMB']}"
    assert rates(con, "won, deals", f"horizon_days := 29, {of_deal_1}")[0] == (1, 2)
    assert rates(con, "won, deals", f"horizon_days := 28, {of_deal_1}")[0] == (0, 2)


def test_six_owners_count_as_clusters(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Two deals each, of which 2, 2, 1, 1, 0, 0 were won by the owner at the landmark: p = 6/12, V = 6/5 · 4 / 12² = 1/30, so the deals are worth
    p (1 - p) / V = 7.5, and (z / t)² of that, where R has qt(0.975, 5) = 2.5705818."""
    con = built(
        settings=ONE_ANSWER,
        deals="""
            deal_key | owner | outcome | close_date
            1        | Ann   | won     | day 60
            2        | Ann   | won     | day 60
            3        | Bob   | won     | day 60
            4        | Bob   | won     | day 60
            5        | Cleo  | won     | day 60
            6        | Cleo  | lost    | day 60
            7        | Dan   | won     | day 60
            8        | Dan   | open    |
            9        | Eve   | lost    | day 60
            10       | Eve   | lost    | day 60
            11       | Ann   | lost    | day 60
            12       | Ann   | lost    | day 60
        """,
        owner_changes="""
            deal_key | changed_date | old_owner | new_owner
            11       | day 31       | Finn      | Ann
            12       | day 31       | Finn      | Ann
        """,
    )
    [row] = rates(con, "won, deals, owners, effective_deals, low, high")
    effective = 7.5 * (1.959963984540054 / 2.5705818356363146) ** 2
    # Half of n: the interval is 1/2 ± z / (2 √(n + z²)).
    reach = 1.959963984540054 / 2 / (effective + 1.959963984540054**2) ** 0.5
    assert row == pytest.approx((6, 12, 6, effective, 0.5 - reach, 0.5 + reach), rel=1e-12)
