"""Closed-form macros of the drill-down, as the file stores them, against R, SciPy and published values."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

RELATIVE = 1e-9


def _row(con: duckdb.DuckDBPyConnection, sql: str, given: dict[str, Any] | list[Any]) -> tuple[Any, ...]:
    return con.execute(sql, given).fetchall()[0]


def _golden(shared: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "golden" / f"{name}.json").read_text())["expected"]
    return found


def test_e_values_are_those_published(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """3.9 with limit 1.8 gives 7.26 and 3.0 (VanderWeele and Ding 2017), 0.8 gives 1.81, and so does a ratio made of a difference."""
    first, second = _golden(shared, "g14_calculators")["evalue"]
    got = _row(con, "select macros.e_value(3.9), macros.e_value_of_limits(1.8, 8.7), macros.e_value(0.8)", [])
    assert got == pytest.approx((first["e"], first["e_lo"], second["e"]), rel=RELATIVE)
    case = _golden(shared, "g18_formulas")["evalue_from_rd"]
    sql = "select macros.e_value(($p0 + $rd) / $p0), macros.e_value_of_limits(($p0 + $lo) / $p0, 2)"
    assert _row(con, sql, {name: case[name] for name in ("p0", "rd", "lo")}) == pytest.approx((case["e"], case["e_lo"]), rel=RELATIVE)


def test_an_interval_that_holds_one_needs_nothing_to_explain_it(con: duckdb.DuckDBPyConnection) -> None:
    """The E-value of its limit is 1; below 1 it is that of the upper limit; a missing limit has none."""
    sql = "select macros.e_value_of_limits(0.9, 1.2), macros.e_value_of_limits(0.4, 0.8), macros.e_value_of_limits(null, 0.8)"
    assert _row(con, sql, []) == (1.0, pytest.approx(1.25 + math.sqrt(1.25 * 0.25), rel=1e-12), None)


def test_equivalence_is_that_of_two_one_sided_tests(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """0.01 with standard error 0.02 lies two standard errors inside a margin of 0.05."""
    case = _golden(shared, "g14_calculators")["tost"]
    got = _row(con, "select macros.equivalence_p(?, ?, ?), macros.equivalence_p(?, ?, ?)", [
        case["est"], case["se"], case["margin"], -case["est"], case["se"], case["margin"],
    ])  # fmt: skip
    assert got == pytest.approx((case["p"], case["p"]), rel=RELATIVE)


def test_intervals_of_a_ratio(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Ratio of two rates from their Wilson intervals (Donner and Zou 2012)."""
    for case in _golden(shared, "g18_formulas")["mover_ratio"]:
        got = _row(
            con,
            """
            with rates as (
                select
                    $x1 / $n1 as a, macros.wilson_low($x1, $n1, macros.z()) as a_low, macros.wilson_high($x1, $n1, macros.z()) as a_high,
                    $x0 / $n0 as b, macros.wilson_low($x0, $n0, macros.z()) as b_low, macros.wilson_high($x0, $n0, macros.z()) as b_high
            )
            select a / b, macros.mover_ratio_low(a, a_low, b, b_high), macros.mover_ratio_high(a, a_high, b, b_low) from rates
            """,
            {name: case[name] for name in ("x1", "n1", "x0", "n0")},
        )
        assert got == pytest.approx((case["ratio"], *case["ci"]), rel=RELATIVE)


def test_always_valid_width_is_that_of_the_confidence_sequence(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Before, at and after the number of deals at which it is tightest."""
    for case in _golden(shared, "g18_formulas")["confidence_sequence"]["cases"]:
        got = _row(con, "select macros.always_valid_half_width(?, ?, ?)", [case["se"], case["n"], case["n_opt"]])
        assert got == pytest.approx((case["half_width"],), rel=RELATIVE)


def test_beyond_the_margin_two_groups_are_no_equals(con: duckdb.DuckDBPyConnection) -> None:
    """One standard error beyond it the p-value is 1 - 0.1587."""
    assert _row(con, "select macros.equivalence_p(0.07, 0.02, 0.05)", []) == (pytest.approx(0.8413447460685429, rel=RELATIVE),)


def test_the_longest_gap_counts_from_creation_to_the_end(con: duckdb.DuckDBPyConnection) -> None:
    """Changes on days 5 and 25: 20 days up to the second by day 30, 5 up to day 10, and all without any change."""
    sql = (
        "select macros.longest_gap([5, 25], 30), macros.longest_gap([5, 25], 10), macros.longest_gap([0, 5], 90), macros.longest_gap([], 7)"
    )
    assert _row(con, sql, []) == (20, 5, 85, 7)
    assert _row(con, "select macros.longest_gap(null::integer[], 7)", []) == (None,)


def test_prior_of_owners_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    """2 and 8 of 10 won: squares 1.8, expected by chance 0.25, intraclass correlation (1.8 - 0.25) / (0.25 · 9) = 31/45, so 45/31 - 1."""
    got = _row(con, "select macros.prior_deals([2, 8], [10, 10]), macros.prior_deals([5, 5], [10, 10]), macros.prior_deals([5], [10])", [])
    assert got == (pytest.approx(45 / 31 - 1, rel=1e-12), math.inf, None)
    assert _row(con, "select macros.prior_deals([0, 0], [10, 10])", []) == (None,)


def test_value_weighted_interval_is_that_of_numpy(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Ten deals of unequal size, each of an owner of its own: effective number, and Wilson's interval at it."""
    case = _golden(shared, "g18_formulas")["value_weighted"]
    amounts = case["amount"]
    won = [amount * is_won for amount, is_won in zip(amounts, case["won"], strict=True)]
    (number,) = _row(con, "select macros.weighted_effective_number(?, ?, ?)", [won, amounts, [amount**2 for amount in amounts]])
    assert number == pytest.approx(case["n_used"], rel=RELATIVE)
    # All deals of one owner: how owners differ is unknown, and Kish's number is left.
    squares = sum(amount**2 for amount in amounts)
    (of_one_owner,) = _row(con, "select macros.weighted_effective_number(?, ?, ?)", [[sum(won)], [sum(amounts)], [squares]])
    assert (number, of_one_owner) == pytest.approx((case["linearised_n"], case["kish_n"]), rel=RELATIVE)
    sql = "select macros.wilson_low($p * $n, $n, macros.z()), macros.wilson_high($p * $n, $n, macros.z())"
    assert _row(con, sql, {"p": sum(won) / sum(amounts), "n": number}) == pytest.approx(case["wilson"], rel=RELATIVE)


def test_equal_amounts_of_a_group_all_won_count_as_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Kish's number alone is left where the rate does not vary: three owners with 2 deals of 5 each are 6 deals."""
    assert _row(con, "select macros.weighted_effective_number([10, 10, 10], [10, 10, 10], [50, 50, 50])", []) == (6.0,)


@pytest.mark.parametrize("cluster", ["firm", "year"])
def test_clustered_slope_is_that_of_petersens_data(con: duckdb.DuckDBPyConnection, shared: Path, cluster: str) -> None:
    """Slope and clustered standard errors, published as .0506 by firm and .0334 by year (Petersen 2009)."""
    with (shared / "golden/petersen.csv").open(newline="") as file:
        panel = pl.DataFrame([{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)])
    sums = panel.group_by(cluster).agg(
        n=pl.len(), x=pl.col("x").sum(), y=pl.col("y").sum(), xx=pl.col("x").pow(2).sum(), xy=(pl.col("x") * pl.col("y")).sum(),
    )  # fmt: skip
    got = _row(
        con,
        """
        with sums as (select unnest($sums, recursive := true)),
        whole as (
            select
                sum(x) / sum(n) as x_mean, sum(y) / sum(n) as y_mean,
                macros.centred(sum(xy), sum(x), sum(y), sum(n)) / macros.centred(sum(xx), sum(x), sum(x), sum(n)) as slope,
                list({n: n, x: x, y: y, xx: xx, xy: xy}) as clusters
            from sums
        )
        select slope, macros.slope_standard_error(clusters, x_mean, y_mean, slope) from whole
        """,
        {"sums": sums.drop(cluster).to_dicts()},
    )
    expected = _golden(shared, "g10_petersen")
    assert got == pytest.approx((expected["beta"], expected[f"se_{cluster}"]), rel=RELATIVE)


def test_one_owner_has_no_clustered_error(con: duckdb.DuckDBPyConnection) -> None:
    """Nobody knows how owners differ from one of them."""
    assert _row(con, "select macros.slope_standard_error([{n: 9, x: 3.0, y: 2.0, xx: 5.0, xy: 1.0}], 1 / 3, 2 / 9, 0.1)", []) == (None,)


def test_the_gap_that_can_be_seen_is_that_of_a_power_calculation(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """120 and 340 deals at 25 percent show a gap of 12.9 points with a chance of 80 in 100; the file rounds 2.8016 to 2.8."""
    case = _golden(shared, "g14_calculators")["mde"]
    error = math.sqrt(case["p"] * (1 - case["p"]) * (1 / case["n1"] + 1 / case["n0"]))
    (gap,) = _row(con, "select macros.detectable_difference(?)", [error])
    assert gap == pytest.approx(case["mde"] * 2.8 / 2.8015852181, rel=RELATIVE)
    assert _row(con, "select macros.deals_needed(460, $e, $gap), macros.deals_needed(460, $e, $gap / 2)", {"e": error, "gap": gap}) == (
        0,
        1380,
    )
    assert _row(con, "select macros.deals_needed(null, 0.02, 0.05), macros.deals_needed(460, 0.02, null)", []) == (None, None)
