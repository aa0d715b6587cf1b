"""Closed-form statistics as the file stores them, against R, SciPy and published values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.build import SCHEMAS, models

RELATIVE = 1e-9


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection with the scalar macros alone."""
    con = duckdb.connect()
    for schema in SCHEMAS:
        con.execute(f"create schema {schema}")
    for model in models():
        if model.schema == "macros":
            con.execute(model.sql)
    yield con
    con.close()


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
