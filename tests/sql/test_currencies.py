"""Amounts of several currencies: converted at the rate of their day, or told apart and never added up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import duckdb
import pytest

Rows = list[tuple[object, ...]]

# Deals are created on day 0, tagged on day 30, the horizon is day 210, the export of day 364. The dollar is worth 0.5 until day 59, 0.8 from
# day 60 on; nobody knows what a pound is worth.
RATES = """
    currency | from_date | rate
    USD      | day 10    | 0.5
    USD      | day 60    | 0.8
    JPY      |           | 0.0061
"""
DEALS = """
    deal_key | owner | outcome | close_date | amount   | currency | answered
    1        | Ann   | won     | day 90     | 20000    | USD      | 1 2
    2        | Ann   | lost    | day 90     | 10000    | EUR      | 1 2
    3        | Ben   | won     | day 40     | 20000    | USD      | 1
    4        | Ben   | lost    | day 90     | 1000     | GBP      | 1
    5        | Cyd   | open    | day 400    | 100.33   | USD      |
    6        | Cyd   | open    | day 400    |          | GBP      |
    7        | Cyd   | won     | day 95     | 1500     | GBP      | 1 2
    8        | Cyd   | won     | day 95     | 1        | JPY      | 1 2
"""
# Amounts stand in the history since creation; deal 1 was worth less at the landmark, and deal 3 nothing yet.
STAGE_CHANGES = """
    deal_key | changed_date | stage      | amount
    1        | day 0        | Discovery  | 18000
    1        | day 45       | Proposal   | 20000
    2        | day 0        | Discovery  | 10000
    3        | day 0        | Discovery  | 20000
    4        | day 0        | Discovery  | 1000
    7        | day 0        | Discovery  | 1500
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(deals=DEALS, rates=RATES, stage_changes=STAGE_CHANGES)


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return con.execute(sql).fetchall()


def test_an_amount_is_converted_at_the_rate_of_closing(con: duckdb.DuckDBPyConnection) -> None:
    """An open deal's at that of the export; the first rate holds for the days before it; halves go up; without a rate there is none."""
    own = {row[0]: row[1] for row in rows(con, "select deal_key, own_amount from marts.deals")}
    assert own == {
        1: Decimal(16000),
        2: Decimal(10000),
        3: Decimal(10000),
        4: None,
        5: Decimal("80.26"),
        6: None,
        7: None,
        8: Decimal("0.01"),
    }
    assert rows(con, "select amount, currency from marts.deals where deal_key = 1") == [(Decimal(20000), "USD")]


@pytest.mark.parametrize(
    ("amount", "rate", "converted"),
    [
        ("0.05", "0.5", "0.03"),
        ("-0.05", "0.5", "-0.03"),
        ("0.03", "0.5", "0.02"),
        ("1.00", "0.0049999999", "0.00"),
        ("9999999999999999.99", "1", "9999999999999999.99"),
        ("9999999999999999.99", "1.0000000001", None),
        ("9999999999999999.99", "9999999999", None),
        (None, "1", None),
        ("1", None, None),
    ],
)
def test_halves_are_rounded_away_from_zero(con: duckdb.DuckDBPyConnection, amount: str, rate: str, converted: str | None) -> None:
    """Exactly, with no float on the way; what no longer fits is no amount."""
    found = con.execute("select macros.converted(?::decimal(18, 2), ?::decimal(20, 10))", [amount, rate]).fetchall()
    assert found == [(None if converted is None else Decimal(converted),)]


def test_what_stood_at_the_landmark_takes_the_rate_of_that_day(con: duckdb.DuckDBPyConnection) -> None:
    """Day 30, whatever the dollar was worth when the deal closed; so does its band."""
    found = rows(
        con, "select deal_key, landmark_amount, landmark_band, amount, is_own_currency from metrics.tagged_deals() order by deal_key"
    )
    assert found[:4] == [
        (1, Decimal(9000), "under 10,000", Decimal(16000), True),
        (2, Decimal(10000), "10,000 to 50,000", Decimal(10000), True),
        (3, Decimal(10000), "10,000 to 50,000", Decimal(10000), True),
        (4, None, "(none)", None, False),
    ]


def test_a_later_rate_moves_nothing_at_the_landmark(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Rates from after day 30 on are in nobody's stratum."""
    ask = "select deal_key, landmark_amount, landmark_band from metrics.tagged_deals() order by deal_key"
    before = rows(built(deals=DEALS, stage_changes=STAGE_CHANGES, rates=RATES), ask)
    after = rows(built(deals=DEALS, stage_changes=STAGE_CHANGES, rates=RATES.replace("0.8", "80")), ask)
    assert before == after


def test_figures_in_money_take_in_converted_amounts(con: duckdb.DuckDBPyConnection) -> None:
    """Won amounts of the CRM, bands, and the win rate by value; the pounds are counted, and in no sum."""
    assert rows(con, "select won_amount, other_currency from metrics.crm_figures()") == [(Decimal("26000.01"), 1)]
    by_value = "select focus, won_amount, amount, deals from metrics.win_rate_by_value()"
    assert rows(con, by_value) == [("customer-focused", 9000, 19000, 2), ("seller-focused", 10000, 10000, 1)]
    assert rows(con, "select found, checked from metrics.data_problems() where problem = 'other currency'") == [(2, 7)]
    assert rows(con, "select amount_band from metrics.scoped_deals() where deal_key in (1, 7) order by deal_key") == [
        ("10,000 to 50,000",),
        ("(none)",),
    ]
    assert rows(con, "select deal_id, amount from metrics.coaching() order by deal_id") == [("D5", Decimal("80.26")), ("D6", None)]


def test_each_currency_has_figures_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    """As written, with or without a rate."""
    found = rows(con, "select by_value, focus, won_amount, amount from metrics.win_rate_by_value(dimension := 'currency')")
    assert found == [
        ("EUR", "customer-focused", 0, 10000),
        ("GBP", "customer-focused", 1500, 1500),
        ("GBP", "seller-focused", 0, 1000),
        ("USD", "customer-focused", 18000, 18000),
        ("USD", "seller-focused", 20000, 20000),
    ]
    by_deals = rows(con, "select by_value, focus, won, deals from metrics.win_rate(dimension := 'currency') where by_value = 'GBP'")
    assert by_deals == [("GBP", "customer-focused", 1, 1), ("GBP", "seller-focused", 0, 2)]


def test_without_amounts_in_the_history_todays_are_taken(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """At the rate of closing; in each currency as written."""
    con = built(deals=DEALS, rates=RATES)
    assert rows(con, "select focus, won_amount, amount from metrics.win_rate_by_value()") == [
        ("customer-focused", 16000.01, 26000.01),
        ("seller-focused", 10000, 10080.26),
    ]
    found = rows(
        con, "select by_value, won_amount from metrics.win_rate_by_value(dimension := 'currency') where focus = 'customer-focused'"
    )
    assert found == [("EUR", 0), ("GBP", 1500), ("JPY", 1), ("USD", 20000)]


def test_amounts_are_listed_by_currency(con: duckdb.DuckDBPyConnection) -> None:
    """The own one first; the rate is that of the export."""
    found = rows(con, "select * from metrics.amounts_by_currency()")
    usd, half, yen = Decimal("0.8"), Decimal("100.33"), Decimal("0.0061")
    assert [(*row[:3], str(row[3]), *row[4:]) for row in found] == [
        ("EUR", True, Decimal(1), "None", 1, 1, Decimal(10000), None, None, Decimal(10000), 0),
        ("GBP", False, None, "None", 3, 2, Decimal(2500), Decimal(1500), None, None, 2),
        ("USD", False, usd, "2025-03-02", 3, 3, 40000 + half, Decimal(40000), half, Decimal("26080.26"), 0),
        ("JPY", False, yen, "None", 1, 1, Decimal(1), Decimal(1), None, Decimal("0.01"), 0),
    ]
    assert rows(con, "select currency from metrics.amounts_by_currency(scope := map {'owner': ['Ben']})") == [("GBP",), ("USD",)]


def test_no_day_is_counted_twice_where_a_currency_has_several_rates(con: duckdb.DuckDBPyConnection) -> None:
    """Days by band of amount, each at the rate of its day, are as many as days by segment."""
    days = "select customer_days + seller_days from metrics.rate_ratio_over_time({}) where comparison = 'time-varying'"
    with_bands, without = (rows(con, days.format(f"strata := {strata}")) for strata in (["amount_band"], ["segment"]))
    assert with_bands == without != [(0,)]


def test_deals_without_a_day_appear_once(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Neither creation nor closing is known, and there are two rates: that of the export is taken."""
    con = built(
        rates=RATES,
        deals="""
            deal_key | outcome | created_date | amount | currency
            1        | lost    |              | 100    | USD
        """,
    )
    assert rows(con, "select own_amount from marts.deals") == [(Decimal(80),)]
    assert rows(con, "select count(*) from metrics.tagged_deals()") == [(1,)]


@pytest.mark.thorough
def test_one_currency_is_as_it_was(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Rates of others change nothing, to the digit."""
    deals = DEALS.replace("USD", "EUR").replace("GBP", "EUR").replace("JPY", "EUR")
    asks = (
        "from metrics.headline()",
        "from metrics.value_weighted()",
        "from metrics.like_for_like()",
        "from prepared.landmark_deals order by all",
    )
    with_rates, without = (built(deals=deals, stage_changes=STAGE_CHANGES, **more) for more in ({"rates": RATES}, {}))
    for ask in asks:
        assert rows(with_rates, ask) == rows(without, ask)
    assert rows(with_rates, "select count(*) from marts.deals where own_amount is distinct from amount") == [(0,)]
