"""Closed-form statistics as the file stores them, against R, SciPy and published values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

RELATIVE = 1e-9


def _golden(shared: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "golden" / f"{name}.json").read_text())["expected"]
    return found


def test_wilson_is_that_of_r(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Wilson's interval equals prop.test without correction, at the edges too, and for a million deals."""
    for case in json.loads((shared / "golden/g01_wilson.json").read_text())["expected"]:
        got = con.execute(
            "select macros.wilson_low($x, $n, macros.z()), macros.wilson_high($x, $n, macros.z())",
            {"x": case["x"], "n": case["n"]},
        ).fetchall()[0]
        assert got == pytest.approx(case["wilson"], rel=RELATIVE, abs=1e-15)


def test_wilson_of_newcombes_example(con: duckdb.DuckDBPyConnection) -> None:
    """81 of 263 gives 0.2553 to 0.3662 (Newcombe 1998, table I)."""
    low, high = con.execute("select macros.wilson_low(81, 263, macros.z()), macros.wilson_high(81, 263, macros.z())").fetchall()[0]
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize("given", ["null, 10", "3, null", "null, null", "0, 0"])
def test_wilson_of_nothing_known_is_null(con: duckdb.DuckDBPyConnection, given: str) -> None:
    """Neither limit is made up where deals or wins are missing, or there are no deals."""
    assert con.execute(f"select macros.wilson_low({given}, macros.z()), macros.wilson_high({given}, macros.z())").fetchall() == [
        (None, None)
    ]


def test_t_quantiles_are_those_of_scipy(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Student's t at 0.975, from the table and from the expansion."""
    for df, expected in _golden(shared, "g18_formulas")["t_975"].items():
        assert con.execute("select macros.t_quantile(?)", [int(df)]).fetchall()[0][0] == pytest.approx(expected, rel=RELATIVE)


def test_effective_number_clusters_by_owner(con: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """The effective number of deals, and Wilson's interval at it, are those worked out with SciPy."""
    case = _golden(shared, "g18_formulas")["wilson_cluster"]
    won, deals = zip(*case["reps"], strict=True)
    number = con.execute("select macros.effective_number(?, ?)", [list(won), list(deals)]).fetchall()[0][0]
    assert number == pytest.approx(case["n_eff_t"], rel=RELATIVE)
    got = con.execute(
        "select macros.wilson_low($p * $n, $n, macros.z()), macros.wilson_high($p * $n, $n, macros.z())",
        {"p": case["p"], "n": number},
    ).fetchall()[0]
    assert got == pytest.approx(case["wilson_neff_t"], rel=RELATIVE)


def test_effective_number_of_few_owners_is_plain(con: duckdb.DuckDBPyConnection) -> None:
    """With fewer than six owners deals count as they are."""
    assert con.execute("select macros.effective_number([1, 2], [10, 20])").fetchall() == [(30.0,)]


def test_newcombes_interval_of_a_difference(con: duckdb.DuckDBPyConnection) -> None:
    """56/70 against 48/80 gives 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    low, high = con.execute(
        """
        select
            macros.mover_low(56 / 70, macros.wilson_low(56, 70, macros.z()), 48 / 80, macros.wilson_high(48, 80, macros.z())),
            macros.mover_high(56 / 70, macros.wilson_high(56, 70, macros.z()), 48 / 80, macros.wilson_low(48, 80, macros.z()))
        """
    ).fetchall()[0]
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_answers_at_a_day_counts_starts_less_ends(con: duckdb.DuckDBPyConnection) -> None:
    """Three came to be answered by day 30 and one ceased: two stood."""
    assert con.execute("select macros.answers_at([0, 10, 30, 31], [20, 40], 30)").fetchall() == [(2,)]


@pytest.mark.parametrize(
    ("strata", "levels"),
    [
        (
            ["stage", "owner", "icp_fit"],
            [["stage", "owner", "icp_fit"], ["stage", "owner"], ["stage", "team"], ["stage"]],
        ),
        pytest.param(["stage", "team", "owner"], [["stage", "team", "owner"], ["stage", "team"], ["stage"]], id="the team is there anyway"),
        pytest.param(["owner", "team"], [["owner", "team"], ["owner"]], id="the first is never let go"),
        pytest.param(["owner"], [["owner"]], id="one alone"),
        pytest.param([], [], id="none"),
    ],
)
def test_strata_are_let_go_from_the_last(con: duckdb.DuckDBPyConnection, strata: list[str], levels: list[list[str]]) -> None:
    """An owner becomes a team before it is let go."""
    assert con.execute("select macros.strata_levels(?::varchar[])", [strata]).fetchall() == [(levels,)]


@pytest.mark.parametrize(
    ("edges", "names"),
    [
        ([], ["any amount"]),
        ([500], ["under 500", "500 and more"]),
        ([10000, 50000, 1250000], ["under 10,000", "10,000 to 50,000", "50,000 to 1,250,000", "1,250,000 and more"]),
    ],
)
def test_bands_are_named_by_their_edges(con: duckdb.DuckDBPyConnection, edges: list[int], names: list[str]) -> None:
    """One name more than there are edges."""
    assert con.execute("select macros.band_names(?::double[])", [edges]).fetchall() == [(names,)]


@pytest.mark.parametrize(
    ("amount", "band"),
    [(-1, "low"), (0, "low"), (99.99, "low"), (100, "middle"), (199.99, "middle"), (200, "high"), (1e9, "high"), (None, "(none)")],
)
def test_an_edge_belongs_to_the_band_above(con: duckdb.DuckDBPyConnection, amount: float | None, band: str) -> None:
    """Bands of edges 100 and 200."""
    assert con.execute("select macros.band_of(?::double, [100, 200], ['low', 'middle', 'high'])", [amount]).fetchall() == [(band,)]


@pytest.mark.parametrize(
    ("scope", "value", "expected"),
    [
        pytest.param("map {'team': ['East']}", "SMB", True, id="a dimension that the scope does not name is free"),
        pytest.param("map {'segment': ['SMB', 'Public']}", "Public", True, id="one of the values wanted"),
        pytest.param("map {'segment': ['SMB']}", "Public", False, id="another value"),
        pytest.param("map {'segment': ['SMB']}", None, False, id="a missing value that nobody wants"),
        pytest.param("map {'segment': ['(none)']}", None, True, id="a missing value by its name"),
        pytest.param("map([]::varchar[], []::varchar[][])", None, True, id="no scope"),
    ],
)
def test_a_deal_is_in_scope_by_its_value(con: duckdb.DuckDBPyConnection, scope: str, value: str | None, expected: bool) -> None:  # noqa: FBT001 - a literal expectation
    """Of the dimension segment; never null, which would be no answer."""
    assert con.execute(f"select macros.in_scope({scope}, 'segment', ?)", [value]).fetchall() == [(expected,)]


@pytest.mark.parametrize(
    ("known", "unknown", "expected"),
    [
        pytest.param(2, 0, True, id="as many as are needed"),
        pytest.param(2, 1, True, id="what is unknown cannot undo it"),
        pytest.param(1, 0, False, id="one short"),
        pytest.param(0, 1, False, id="one short even if the unknown stood there"),
        pytest.param(1, 1, None, id="the unknown decides"),
    ],
)
def test_unknown_answers_may_decide(con: duckdb.DuckDBPyConnection, known: int, unknown: int, expected: bool | None) -> None:  # noqa: FBT001 - a literal expectation
    """Two answers are needed."""
    assert con.execute("select macros.has_enough(?, ?, 2)", [known, unknown]).fetchall() == [(expected,)]
