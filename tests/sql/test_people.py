"""Figures of reps and teams, from raw rows: metrics.group_rates, metrics.funnel_limits, metrics.adoption and metrics.late_answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import duckdb
import polars as pl
import pytest

from dashboard.scope import fiscal_quarters
from etl.queries import Database, Scope
from tests.sql.companies import Deals, decided, table

Built = Callable[..., duckdb.DuckDBPyConnection]

Z = 1.959963984540054
T_5 = 2.5705818356363146  # R: qt(0.975, 5)


def told(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query, by column."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def company(built: Built) -> duckdb.DuckDBPyConnection:
    """Return deals of two teams: Ann and Bob of East, Cleo and nobody of West."""
    return built(
        deals=table(
            {
                "A": [
                    *decided(6, 10, 2, owner="Ann", team="East"),
                    *decided(2, 10, 0, owner="Bob", team="East"),
                    *decided(1, 4, 1, owner="Cleo", team="West"),
                    Deals(1, True, 3, owner="", team=""),
                ]
            }
        )
    )


def test_a_group_is_counted_whole(company: duckdb.DuckDBPyConnection) -> None:
    """Both focuses together: 8 of 20 in East won and 10 customer-focused, 1 of 4 and none in West; the largest first."""
    found = told(
        company, "select by_value, won, deals, win_rate, customer_deals, share_customer_focused, owners from metrics.group_rates()"
    )
    assert [tuple(row.values()) for row in found] == [
        ("East", 8, 20, 0.4, 10, 0.5, 2),
        ("West", 1, 4, 0.25, 0, 0.0, 1),
        ("(none)", 1, 1, 1.0, 1, 1.0, 1),
    ]


def test_owners_are_those_at_the_landmark(company: duckdb.DuckDBPyConnection) -> None:
    """As metrics.owner_rates has them, with the same counts."""
    mine = told(
        company, "select by_value as owner, won, deals, share_customer_focused as share from metrics.group_rates(dimension := 'owner')"
    )
    assert mine == told(company, "select owner, won, deals, share_customer_focused as share from metrics.owner_rates()")
    assert [row["owner"] for row in mine] == ["Ann", "Bob", "Cleo", "(none)"]


def test_intervals_of_a_group_are_wilsons(company: duckdb.DuckDBPyConnection) -> None:
    """Of 10 in 20, half: 1/2 ± z / (2 √(n + z²)), as two owners are too few to count as clusters."""
    row = told(company, "from metrics.group_rates()")[0]
    reach = Z / 2 / (20 + Z**2) ** 0.5
    assert (row["share_low"], row["share_high"]) == pytest.approx((0.5 - reach, 0.5 + reach), rel=1e-12)


def test_the_median_has_the_interval_of_the_sales_cycle(built: Built) -> None:
    """Where all deals are of one focus, both metrics tell the same days; here of ten deals won on days 41 to 50."""
    con = built(deals=table({"A": [Deals(1, True, 2, close_day=41 + number) for number in range(10)]}))
    [mine] = told(con, "select median_days, median_low, median_high from metrics.group_rates(dimension := 'all')")
    [theirs] = told(con, "select median_days, low as median_low, high as median_high from metrics.sales_cycle()")
    assert mine == theirs
    assert (mine["median_days"], mine["median_low"], mine["median_high"]) == (45.5, 42.0, 49.0)


def test_a_group_without_a_win_has_no_median(company: duckdb.DuckDBPyConnection) -> None:
    """Below 6 won deals it has no interval, and without any no median."""
    row = told(company, "from metrics.group_rates(scope := map {'team': ['West']})")[0]
    assert (row["median_days"], row["median_low"], row["median_high"]) == (60.0, None, None)
    assert told(company, "from metrics.group_rates(scope := map {'team': ['North']})") == []


def test_the_funnel_is_that_of_the_owners(company: duckdb.DuckDBPyConnection) -> None:
    """At the number of deals of each owner the curves are the limits of metrics.owner_rates, and they end at the most deals."""
    limits = "funnel_low_95, funnel_high_95, funnel_low_998, funnel_high_998"
    owners = told(company, f"select distinct deals, whole_rate, {limits} from metrics.owner_rates() order by deals")
    curves = {row["deals"]: row for row in told(company, f"select deals, whole_rate, {limits} from metrics.funnel_limits()")}
    assert [row["deals"] for row in owners] == [1, 4, 10]
    assert [curves[row["deals"]] for row in owners] == owners
    assert list(curves) == sorted(curves)
    assert max(curves) == 10


def test_without_deals_there_is_no_funnel(company: duckdb.DuckDBPyConnection) -> None:
    """No row rather than one of nulls."""
    assert told(company, "from metrics.funnel_limits(scope := map {'team': ['North']})") == []


QUARTERS = """
    deal_key | owner | team | outcome | close_date | created_date | answered
    1        | Ann   | East | won     | 2025-02-20 | 2025-01-02   | 1 2
    2        | Ann   | East | lost    | 2025-02-20 | 2025-01-02   | 1
    3        | Bob   | West | open    |            | 2025-03-31   | 1 2 3
    4        | Bob   | West | lost    | 2025-04-20 | 2025-04-01   | 1 2
    5        | Bob   | West | open    |            | 2025-08-05   |
    6        | Bob   | West | won     | 2025-11-01 | 2025-08-05   | 1 2
    7        | Bob   | West | open    |            | 2025-12-01   | 1 2
    8        | Bob   | West | open    |            | 2025-12-02   | 1 2
    9        | Bob   | West | open    |            | 2019-11-01   | 1 2
"""
"""Deal 4 closed on day 19, before the landmark; 5 to 8 are too young for the horizon; 8 is of day 29 on the last day of 2025; 9 is older
than the history of its fields."""


@pytest.fixture(scope="module")
def quarters(built: Built) -> duckdb.DuckDBPyConnection:
    return built(deals=QUARTERS)


def test_deals_past_the_landmark_have_their_part(quarters: duckdb.DuckDBPyConnection) -> None:
    """Old enough for the horizon or not, but open at the end of day 30, and that day over; unknown timing is counted apart."""
    found = told(
        quarters, "select by_value, quarter, quarter_start::varchar, customer_deals, deals, share, deals_unknown from metrics.adoption()"
    )
    assert [tuple(row.values()) for row in found] == [
        ("all", "Q4 2019", "2019-10-01", 0, 0, None, 1),
        ("all", "Q1 2025", "2025-01-01", 2, 3, 2 / 3, 0),
        ("all", "Q3 2025", "2025-07-01", 1, 2, 0.5, 0),
        ("all", "Q4 2025", "2025-10-01", 1, 1, 1.0, 0),
    ]


def test_a_quarter_is_over_with_its_last_landmark_day(built: Built) -> None:
    """Deals created on 30 September are of day 30 on 30 October: then the third quarter is over, and the day before it is not."""
    for as_of, is_over in (("2025-10-29", False), ("2025-10-30", True)):
        con = built(settings=f"as_of\n{as_of}", deals="deal_key | created_date | answered\n1 | 2025-08-05 | 1 2")
        assert [row["is_over"] for row in told(con, "from metrics.adoption()")] == [is_over]


def test_adoption_parts_by_owner_and_team(quarters: duckdb.DuckDBPyConnection) -> None:
    """The rows of a dimension add up to those of all."""
    whole = told(quarters, "select quarter, sum(deals) as deals from metrics.adoption() group by quarter order by quarter")
    for dimension in ("owner", "team"):
        by = f"from metrics.adoption(dimension := '{dimension}') group by quarter order by quarter"
        assert told(quarters, f"select quarter, sum(deals) as deals {by}") == whole
    assert {row["by_value"] for row in told(quarters, "from metrics.adoption(dimension := 'owner')")} == {"Ann", "Bob"}


def test_adoption_looks_at_no_outcome(quarters: duckdb.DuckDBPyConnection) -> None:
    """Another horizon changes nothing."""
    assert told(quarters, "from metrics.adoption(horizon_days := 30)") == told(quarters, "from metrics.adoption()")


def test_quarters_are_named_as_in_the_sidebar(built: Built) -> None:
    """Every month of creation, for every start of a fiscal year, has the name and first day that the sidebar gives its quarter."""
    days = [date(2023 + month // 12, month % 12 + 1, 15) for month in range(24)]
    con = built(deals="\n".join(["deal_key | created_date", *(f"{number} | {day}" for number, day in enumerate(days, 1))]))
    for start_month, named_for in product(range(1, 13), ("end", "start")):
        con.execute("update raw.settings set fiscal_year_start_month = ?, fiscal_year_named_for = ?", [start_month, named_for])
        found = told(con, "select quarter, quarter_start from metrics.adoption()")
        quarters = fiscal_quarters((days[0], days[-1]), start_month, named_for)
        assert [(row["quarter"], row["quarter_start"]) for row in found] == [(each.name, each.first) for each in quarters]
        named = (
            f"select distinct macros.fiscal_quarter(created_date, {start_month}, named_for := '{named_for}') as quarter from marts.deals"
        )
        assert {row["quarter"] for row in told(con, named)} == {each.name for each in quarters}


LATE = """
    deal_key | owner | team | outcome | close_date | answered
    1        | Ann   | East | won     | day 40     |
    2        | Ann   | East | lost    | day 7      |
    3        | Bob   |      | lost    | day 8      |
    4        | Bob   |      | open    |            | 1
    5        | Bob   |      | won     | day 100    | 2
"""
WRITTEN = """
    deal_key | field_no | changed_date | new_state
    1        | 1        | day 32       | answered
    1        | 2        | day 33       | answered
    1        | 3        | day 45       | answered
    2        | 1        | day 1        | answered
    3        | 1        | day 1        | answered
    3        | 2        | day 0        | answered
    4        | 2        | day 50       | answered
"""


@pytest.fixture(scope="module")
def late(built: Built) -> duckdb.DuckDBPyConnection:
    return built(deals=LATE, field_changes=WRITTEN)


def test_answers_of_the_last_week_are_late(late: duckdb.DuckDBPyConnection) -> None:
    """Day 33 and day 45 of a deal closed on day 40, not day 32; day 1 of one closed on day 8, not day 0. Deal 2 closed within a week, and
    deal 4 is open."""
    found = told(late, "select by_value, deals, answers, late_answers, share, answers_unknown from metrics.late_answers()")
    assert [tuple(row.values()) for row in found] == [("Ann", 1, 3, 2, 2 / 3, 0), ("Bob", 2, 3, 1, 1 / 3, 0)]


def test_late_answers_of_all_and_by_team(late: duckdb.DuckDBPyConnection) -> None:
    """The rows of each dimension add up."""
    for dimension, names in (("all", ["all"]), ("team", ["(none)", "East"])):
        rows = told(late, f"from metrics.late_answers(dimension := '{dimension}')")
        assert sorted(row["by_value"] for row in rows) == names
        assert [sum(row[name] for row in rows) for name in ("deals", "answers", "late_answers")] == [3, 6, 3]


def test_other_days_may_be_asked_for(late: duckdb.DuckDBPyConnection) -> None:
    """Within 8 days before the close day 32 is late too, and deal 3 is too short."""
    rows = told(late, "select by_value, answers, late_answers from metrics.late_answers(days := 8)")
    assert [tuple(row.values()) for row in rows] == [("Ann", 3, 3), ("Bob", 1, 0)]


def test_another_dimension_is_an_error(late: duckdb.DuckDBPyConnection) -> None:
    """Only those that the comment names."""
    with pytest.raises(duckdb.Error, match="dimension is one of all, owner, team"):
        late.execute("from metrics.late_answers(dimension := 'segment')")


def test_answers_older_than_their_history_are_unknown_unless_early(built: Built) -> None:
    """Tracked since day 60: what stood there then is early in a deal closed on day 100, and unknown in one closed on day 62; what came
    later is known."""
    con = built(
        fields="""
            field_no | field       | question_no | topic           | tracked_since
            1        | Pain__c     | 1           | pain            | day 60
            2        | Success__c  | 2           | success_measure | day 60
            3        | Champion__c | 3           | champion        |
        """,
        deals="""
            deal_key | owner | outcome | close_date | answered
            1        | Ann   | won     | day 100    | 1 3
            2        | Ann   | won     | day 62     | 1
            3        | Ann   | won     | day 62     |
        """,
        field_changes="deal_key | field_no | changed_date | new_state\n3 | 2 | day 61 | answered",
    )
    [row] = told(con, "select deals, answers, late_answers, answers_unknown from metrics.late_answers()")
    assert tuple(row.values()) == (3, 2, 1, 2)


def test_sums_are_worth_what_lists_are(con: duckdb.DuckDBPyConnection) -> None:
    """The effective number from sums is that from lists: of clusters that differ, of few, of clusters alike, and of none or all."""
    for x, n in (
        ([2, 2, 1, 1, 0, 0], [2] * 6),
        ([1, 2, 3], [4] * 3),
        ([1] * 8, [2] * 8),
        ([0] * 7, [3] * 7),
        ([3, 1, 4, 1, 5, 9], [9, 2, 6, 5, 9, 11]),
    ):
        sums = (sum(x), sum(n), sum(a * a for a in x), sum(a * b for a, b in zip(x, n, strict=True)), sum(b * b for b in n), len(n))
        row = con.execute(f"select macros.effective_number({x}, {n}), macros.effective_number_of_sums{sums}").fetchone()
        assert row is not None
        assert row[1] == pytest.approx(row[0], rel=1e-9)
    assert con.execute("select macros.effective_number_of_sums(6, 12, 10, 12, 24, 6)").fetchone() == pytest.approx((7.5 * (Z / T_5) ** 2,))


def test_the_sample_adds_up(golden_sample: Database) -> None:
    """Groups hold as many deals as are compared, whatever they are parted by."""
    compared = golden_sample.left_out(Scope()).row(by_predicate=pl.col("part") == "compared", named=True)["deals"]
    for by in ("all", "team", "owner"):
        assert golden_sample.group_rates(Scope(), by)["deals"].sum() == compared


def test_owners_who_differ_are_told(company: duckdb.DuckDBPyConnection) -> None:
    """6 of 10 and 2 of 10: Pearson's chi-squared is 2 · 2² / (10 · 0.4 · 0.6) = 10/3; R has pchisq(10/3, 1, lower.tail = FALSE) = 0.0678892."""
    [row] = told(company, "from metrics.owner_spread(scope := map {'team': ['East']})")
    assert (row["owners"], row["deals"], row["above"], row["below"]) == (2, 20, 0, 0)
    assert row["chi_squared"] == pytest.approx(10 / 3, rel=1e-12)
    assert row["p"] == pytest.approx(0.0678892, abs=1e-7)


def test_owners_outside_the_funnel_are_counted(built: Built) -> None:
    """Of 100 deals each 40, 50 and 60 in 100 were won, and 95 in 100 owners lie within 9.8 points of 50; nobody counts for none of them."""
    rates = {"Ann": 40, "Bob": 50, "Cleo": 60}
    deals = [each for owner, won in rates.items() for each in decided(won, 100, 0, owner=owner)]
    [row] = told(built(deals=table({"A": [*deals, *decided(1, 2, 0, owner="")]})), "from metrics.owner_spread()")
    assert (row["owners"], row["deals"], row["above"], row["below"]) == (3, 300, 1, 1)
    assert row["chi_squared"] == pytest.approx(8.0, rel=1e-12)


def test_one_owner_does_not_differ(company: duckdb.DuckDBPyConnection) -> None:
    """Nor do owners of whom nobody won anything, nor those of no deals: one row, and no p value."""
    for scope in ("'owner': ['Ann']", "'team': ['(none)']", "'team': ['North']"):
        [row] = told(company, f"select p, chi_squared from metrics.owner_spread(scope := map {{{scope}}})")
        assert tuple(row.values()) == (None, None)
