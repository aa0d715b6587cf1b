"""How a scope says that deals are counted: all or decided ones, with no-decision losses or without, by deals or by value."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# Tagged on day 30 by 2 of 3 answers; the horizon ends on day 210. Customer-focused are 1 to 5, seller-focused 6 to 8; 9 is too young.
DEALS = """
    deal_key | owner | segment | outcome | loss_reason | created_date | close_date | amount | currency | answered
    1        | Ann   | SMB     | won     |             | day 0        | day 100    | 300    | EUR      | 1 2
    2        | Bob   | SMB     | lost    | Price       | day 0        | day 210    | 100    | EUR      | 1 2
    3        | Ann   | SMB     | lost    | No budget   | day 0        | day 210    | 50     | EUR      | 1 2
    4        | Bob   | SMB     | lost    | No budget   | day 0        | day 211    | 50     | EUR      | 1 2
    5        | Ann   | SMB     | open    |             | day 0        |            | 700    | USD      | 1 2
    6        | Ann   | Public  | won     |             | day 0        | day 90     | 100    | EUR      |
    7        | Bob   | Public  | lost    |             | day 0        | day 90     | 100    | EUR      |
    8        | Bob   | Public  | open    |             | day 0        |            |        | EUR      |
    9        | Bob   | Public  | lost    | No budget   | day 200      | day 260    | 10     | EUR      |
"""
LOSS_KINDS = """
    loss_reason | loss_kind
    no budget   | no decision
"""
DECIDED, OUT, VALUE = "map {'denominator': ['decided']}", "map {'no_decision': ['out']}", "map {'count_by': ['value']}"
BOTH = "map {'denominator': ['decided'], 'no_decision': ['out']}"


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(deals=DEALS, loss_kinds=LOSS_KINDS)


def rates(con: duckdb.DuckDBPyConnection, scope: str) -> list[tuple[int, int]]:
    """Return won and all deals of the customer-focused, then of the seller-focused."""
    return con.execute(f"select won, deals from metrics.win_rate(scope := {scope}) order by focus").fetchall()


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("map([]::varchar[], []::varchar[][])", [(1, 5), (1, 3)]),
        (DECIDED, [(1, 3), (1, 2)]),
        (OUT, [(1, 4), (1, 3)]),
        (BOTH, [(1, 2), (1, 2)]),
        ("map {'denominator': ['all'], 'no_decision': ['in'], 'count_by': ['deals']}", [(1, 5), (1, 3)]),
    ],
)
def test_win_rates_divide_by_what_the_scope_asks_for(con: duckdb.DuckDBPyConnection, scope: str, expected: list[tuple[int, int]]) -> None:
    """Closing on day 210 is by the horizon and on day 211 is not: deal 4 is still open at the horizon, whatever became of it."""
    assert rates(con, scope) == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (DECIDED, {"compared": 5, "still open at the horizon": 3, "too young": 1}),
        (OUT, {"compared": 7, "no decision": 1, "too young": 1}),
        (BOTH, {"compared": 4, "no decision": 1, "still open at the horizon": 3, "too young": 1}),
        (VALUE, {"compared": 8, "too young": 1}),
    ],
)
def test_what_is_left_out_is_counted(con: duckdb.DuckDBPyConnection, scope: str, expected: dict[str, int]) -> None:
    """The parts add up to the nine deals, whatever is asked for."""
    assert dict(con.execute(f"select part, deals from metrics.left_out(scope := {scope})").fetchall()) == expected


def test_everything_at_equal_age_counts_the_same_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Cells, verdict, step 4 of the ladder and the like-for-like comparison are of the deals that metrics.win_rate divides by."""
    for scope in (DECIDED, OUT, BOTH):
        (customer, seller) = rates(con, scope)
        cells = "select sum(deals) filter (where is_customer), sum(deals) filter (where not is_customer) from metrics.landmark_cells(scope := {})"
        assert con.execute(cells.format(scope)).fetchone() == (customer[1], seller[1])
        verdict = f"select customer_deals, seller_deals, deals from metrics.verdict(scope := {scope})"
        assert con.execute(verdict).fetchone() == (customer[1], seller[1], customer[1] + seller[1])
        step = f"select customer_deals, seller_deals, deals_left_out from metrics.evidence_ladder(scope := {scope}) where step = 4"
        assert con.execute(step).fetchone() == (customer[1], seller[1], 9 - customer[1] - seller[1])


def test_closed_deals_of_the_ladder_obey_no_decision_alone(con: duckdb.DuckDBPyConnection) -> None:
    """Seven deals are closed, three of them lost to no decision; nothing of steps 1 to 3 is open at a horizon."""
    steps = "select deals_used from metrics.evidence_ladder(scope := {}) where step <= 3 order by step"
    assert con.execute(steps.format(OUT)).fetchall() == [(4,)] * 3
    assert con.execute(steps.format(DECIDED)).fetchall() == [(7,)] * 3


def test_the_crm_counts_as_it_does(con: duckdb.DuckDBPyConnection) -> None:
    """Five deals are lost in the CRM under any definition."""
    for scope in (DECIDED, OUT, VALUE):
        assert con.execute(f"select won, lost, open from metrics.crm_figures(scope := {scope})").fetchone() == (2, 5, 2)


def test_curves_keep_open_deals_and_leave_out_no_decision(con: duckdb.DuckDBPyConnection) -> None:
    """Open has a curve of its own. Without no-decision losses, deals 3, 4 and 9 are in none."""
    watched = "select sum(deals)::integer from metrics.time_to_close(scope := {})"
    assert [con.execute(watched.format(scope)).fetchone() for scope in (DECIDED, OUT)] == [(9,), (6,)]


def test_days_open_while_tagged_leave_out_no_decision(con: duckdb.DuckDBPyConnection) -> None:
    """Of day 0 to closing or to day 364, the customer-focused have 100 + 210 + 210 + 211 + 364 days."""
    days = "select customer_days::integer from metrics.rate_ratio_over_time(scope := {}) where comparison = 'ever tagged'"
    assert con.execute(days.format(VALUE)).fetchone() == (100 + 210 + 210 + 211 + 364,)
    assert con.execute(days.format(OUT)).fetchone() == (100 + 210 + 364,)


def test_by_value_deals_weigh_what_they_are_worth(con: duckdb.DuckDBPyConnection) -> None:
    """Customer-focused deals won 300 of 500 euros, seller-focused ones 100 of 200. Dollars and the deal without an amount weigh nothing."""
    found = con.execute(f"select won, deals, win_rate, counted_by, won_amount, amount from metrics.win_rate(scope := {VALUE})").fetchall()
    assert found == [(1, 4, 0.6, "value", 300, 500), (1, 2, 0.5, "value", 100, 200)]


def test_by_value_and_decided_go_together(con: duckdb.DuckDBPyConnection) -> None:
    """Of decided deals 300 of 450, without no decision 300 of 400."""
    both = "select win_rate from metrics.win_rate(scope := {}) where focus = 'customer-focused'"
    assert con.execute(both.format("map {'count_by': ['value'], 'denominator': ['decided']}")).fetchone() == (pytest.approx(300 / 450),)
    all_three = "map {'count_by': ['value'], 'denominator': ['decided'], 'no_decision': ['out']}"
    assert con.execute(both.format(all_three)).fetchone() == (0.75,)


def test_by_value_each_dimension_follows(con: duckdb.DuckDBPyConnection) -> None:
    """Each value of a dimension has a rate of its own, and fits show the same."""
    by_owner = f"select by_value, win_rate from metrics.win_rate(dimension := 'owner', scope := {VALUE}) where focus = 'customer-focused'"
    assert con.execute(by_owner).fetchall() == [("Ann", pytest.approx(300 / 350)), ("Bob", 0.0)]
    fits = f"select win_rate, counted_by from metrics.fit_by_focus(scope := {VALUE}) where icp_fit = 'unknown'"
    assert con.execute(fits).fetchall() == [(0.6, "value"), (0.5, "value")]


def test_the_weighed_rate_has_one_definition(con: duckdb.DuckDBPyConnection) -> None:
    """Rate and interval are those of metrics.value_weighted, whatever the scope counts by."""
    by_value = con.execute(f"select win_rate, low, high, effective_deals from metrics.win_rate(scope := {VALUE})").fetchall()
    weighed = "select figure_value, low, high, effective_deals from metrics.value_weighted() where figure = 'value_weighted_win_rate'"
    assert con.execute(weighed).fetchall() == by_value


def test_the_headline_is_weighed_and_says_so(con: duckdb.DuckDBPyConnection) -> None:
    """By value its difference has an interval from those of both; other figures are counted by nothing."""
    heads = con.execute(f"select counted_by, customer_value, seller_value, low < 0.1, high > 0.1 from metrics.headline(scope := {VALUE})")
    assert heads.fetchall()[0] == ("value", 0.6, 0.5, True, True)
    told = con.execute("select figure, counted_by from metrics.headline()").fetchall()
    assert told == [("win_rate", "deals"), ("sales_cycle", None), ("average_won_deal", None), ("sales_velocity", None)]


def test_what_knows_no_weights_stays_by_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Ratios of robustness and the verdict are the same with count_by value."""
    for metric in ("robustness", "verdict", "win_rate_by_answers", "owner_rates", "simpson"):
        assert con.execute(f"from metrics.{metric}(scope := {VALUE})").fetchall() == con.execute(f"from metrics.{metric}()").fetchall()


@pytest.mark.parametrize("scope", ["map {'denominator': ['some']}", "map {'no_decision': ['no']}", "map {'count_by': ['euros']}"])
def test_a_definition_that_there_is_not_is_an_error(con: duckdb.DuckDBPyConnection, scope: str) -> None:
    """A misspelt one would count by default, and nobody would see it."""
    with pytest.raises(duckdb.Error, match="denominator is all or decided"):
        con.execute(f"from metrics.left_out(scope := {scope})")


def test_days_of_creation_have_fiscal_quarters(con: duckdb.DuckDBPyConnection) -> None:
    """Deals are created on 1 January 2025; a fiscal year that starts in another month is named for its end."""
    assert con.execute("select distinct by_value from metrics.win_rate(dimension := 'created_quarter')").fetchall() == [("Q1 2025",)]
    quarters = "select macros.fiscal_quarter(day, 2) from (values (date '2025-01-31'), (date '2025-02-01'), (null)) as days(day)"
    assert con.execute(quarters).fetchall() == [("Q4 FY2025",), ("Q1 FY2026",), (None,)]
    assert con.execute(quarters.replace(", 2)", ", 2, named_for := 'start')")).fetchall() == [("Q4 FY2024",), ("Q1 FY2025",), (None,)]


def test_quarters_of_creation_are_named_as_the_settings_say(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """In a file of its own: names are decided when it is built."""
    names = {}
    for named_for in ("end", "start"):
        settings = f"as_of | fiscal_year_start_month | fiscal_year_named_for\n2025-12-31 | 4 | {named_for}"
        con = built(settings=settings, deals="deal_key | outcome | close_date\n1 | won | day 60")
        names[named_for] = con.execute("select created_quarter from prepared.landmark_deals where landmark_day = 30").fetchall()
    assert names == {"end": [("Q4 FY2025",)], "start": [("Q4 FY2024",)]}
