"""How often each question stood answered, and how deals went with and without: metrics.question_rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pytest

from etl.queries import Database, Scope
from tests.sql.companies import Deals, decided, table

Built = Callable[..., duckdb.DuckDBPyConnection]

Z = 1.959963984540054

QUESTIONS = """
    question_no | topic           | is_neutral | is_mapped
    1           | pain            | false      | true
    2           | success_measure | false      | true
    3           | Region__c       | true       | true
    4           | champion        | false      | false
"""
FIELDS = """
    field_no | field      | question_no | topic           | is_neutral | tracked_since
    1        | Pain__c    | 1           | pain            | false      | 2020-01-01
    2        | Success__c | 2           | success_measure | false      | 2020-01-01
    3        | Region__c  | 3           | Region__c       | true       | day 31
"""


def told(con: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    """Return columns of every row, in the metric's own order."""
    return con.execute(f"select {columns} from metrics.question_rates()").fetchall()


@pytest.fixture(scope="module")
def con(built: Built) -> duckdb.DuckDBPyConnection:
    """Return ten deals with the pain known, of which six were won, and ten with the measure of success known, of which two were."""
    deals = [*decided(6, 10, 1), *decided(2, 10, 0, also_answered="2")]
    return built(questions=QUESTIONS, fields=FIELDS, settings="as_of | answers_needed\n2025-12-31 | 1", deals=table({"A": deals}))


def test_each_question_has_two_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Answered and not, in the order of the configuration, neutral fields too; a question that is not in the export has none."""
    assert told(con, "question, is_control, is_answered") == [
        (topic, is_control, is_answered)
        for topic, is_control in (("pain", False), ("success_measure", False), ("Region__c", True))
        for is_answered in (True, False)
    ]


def test_deals_are_counted_by_what_stood_there(con: duckdb.DuckDBPyConnection) -> None:
    """Pain: 6 of 10 won, and 2 of 10; the measure of success the other way round."""
    found = told(con, "question, is_answered, won, deals, win_rate, share, median_days, deals_unknown")
    assert [row for row in found if row[0] != "Region__c"] == [
        ("pain", True, 6, 10, 0.6, 0.5, 60.0, 0),
        ("pain", False, 2, 10, 0.2, 0.5, 60.0, 0),
        ("success_measure", True, 2, 10, 0.2, 0.5, 60.0, 0),
        ("success_measure", False, 6, 10, 0.6, 0.5, 60.0, 0),
    ]


def test_what_cannot_be_known_is_in_neither_row(con: duckdb.DuckDBPyConnection) -> None:
    """A field tracked since day 31 tells nothing of day 30."""
    rows = [row for row in told(con, "question, deals, win_rate, low, share, median_days, deals_unknown") if row[0] == "Region__c"]
    assert rows == [("Region__c", 0, None, None, None, None, 20)] * 2


def test_shares_of_both_rows_mirror_each_other(built: Built) -> None:
    """15 of 20 known: Wilson's limits of the share, and of the rest one less them."""
    con = built(deals=table({"A": [*decided(5, 15, 1), *decided(2, 5, 0)]}))
    rows = told(con, "share, share_low, share_high")
    centre, reach = 0.75 + Z**2 / 40, Z * (0.75 * 0.25 / 20 + Z**2 / 1600) ** 0.5
    scale = 1 + Z**2 / 20
    assert rows[0] == pytest.approx((0.75, (centre - reach) / scale, (centre + reach) / scale), rel=1e-12)
    assert rows[1] == pytest.approx((0.25, 1 - rows[0][2], 1 - rows[0][1]), rel=1e-12)


def test_medians_have_the_interval_of_the_sales_cycle(built: Built) -> None:
    """Ten wins on days 41 to 50: the median, and the days at Wilson's limits of half of them; none below six."""
    deals = [*(Deals(1, True, 1, close_day=41 + number) for number in range(10)), *(Deals(1, True, 0, close_day=60) for _ in range(5))]
    rows = told(built(deals=table({"A": deals})), "median_days, median_low, median_high")
    assert rows[:2] == [(45.5, 42.0, 49.0), (60.0, None, None)]


def test_counts_are_those_of_the_effects(golden_sample: Database) -> None:
    """The page shows both side by side."""
    rates = golden_sample.question_rates(Scope())
    effects = golden_sample.effects(Scope()).filter(measure="win_rate")
    assert effects.height > 0
    for row in effects.iter_rows(named=True):
        both = rates.filter(pl.col("question") == row["by_value"]).sort("is_answered", descending=True)
        assert both["deals"].to_list() == [row["customer_deals"], row["seller_deals"]]
        assert both["won"].to_list() == [row["customer_won"], row["seller_won"]]
