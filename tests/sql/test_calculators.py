"""Closed-form macros against values of R, SciPy and the papers that they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

RELATIVE = 1e-9


@pytest.fixture
def formulas(shared: Path) -> dict[str, Any]:
    """Return golden g18: closed-form calculators by SciPy and NumPy."""
    expected: dict[str, Any] = json.loads((shared / "golden" / "g18_formulas.json").read_text())["expected"]
    return expected


@pytest.fixture
def calculators(shared: Path) -> dict[str, Any]:
    """Return golden g14: calculators by R."""
    expected: dict[str, Any] = json.loads((shared / "golden" / "g14_calculators.json").read_text())["expected"]
    return expected


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> Any:
    return con.execute(f"select {sql}", list(values)).fetchall()[0][0]


def test_t_p_gives_back_the_level_of_its_quantiles(con: duckdb.DuckDBPyConnection, formulas: dict[str, Any]) -> None:
    """Two-sided p at the 97.5% quantile is 5%, for odd and even degrees of freedom, few and many."""
    for df, quantile in formulas["t_975"].items():
        assert one(con, "macros.t_p(?::double, ?::bigint)", quantile, int(df)) == pytest.approx(0.05, rel=RELATIVE)
    assert one(con, "macros.t_p(0::double, 4)") == 1
    assert one(con, "macros.t_p(1::double, 0)") is None
    assert [one(con, f"macros.t_p(null::double, {df})") for df in (1, 4, 5)] == [None] * 3


def test_chi_squared_p(con: duckdb.DuckDBPyConnection, formulas: dict[str, Any]) -> None:
    """Tail areas down to 1e-34, for one and three degrees of freedom; for two they are exp(-x / 2)."""
    for case in formulas["chi2_sf"]:
        assert one(con, "macros.chi_squared_p(?::double, ?::bigint)", case["x"], case["df"]) == pytest.approx(case["p"], rel=RELATIVE)
    assert one(con, "macros.chi_squared_p(3::double, 2)") == pytest.approx(0.22313016014842982, rel=RELATIVE)


def test_benjamini_hochberg(con: duckdb.DuckDBPyConnection, calculators: dict[str, Any]) -> None:
    """The fifteen p values of the paper: q values as R gives them, and four findings at 5%."""
    found = [one(con, "macros.benjamini_hochberg(?::double, ?::double[])", p, calculators["p"]) for p in calculators["p"]]
    assert found == pytest.approx(calculators["bh"], rel=RELATIVE)
    assert sum(q <= 0.05 for q in found) == calculators["bh_rejected_05"]


def test_shrinkage_and_heterogeneity(con: duckdb.DuckDBPyConnection, formulas: dict[str, Any]) -> None:
    """Cochran's Q, the variance between, and each estimate pulled towards the mean."""
    golden = formulas["eb_shrink"]
    lists = (golden["est"], golden["se"])
    assert one(con, "macros.cochran_q(?::double[], ?::double[])", *lists) == pytest.approx(golden["Q"], rel=RELATIVE)
    assert one(con, "macros.tau_squared(?::double[], ?::double[])", *lists) == pytest.approx(golden["tau2_dl"], rel=RELATIVE)
    inverse = [1 / error**2 for error in golden["se"]]
    assert one(con, "macros.weighted_mean(?::double[], ?::double[])", golden["est"], inverse) == pytest.approx(
        golden["mu_fixed"], rel=RELATIVE
    )
    inverse = [1 / (error**2 + golden["tau2_dl"]) for error in golden["se"]]
    assert one(con, "macros.weighted_mean(?::double[], ?::double[])", golden["est"], inverse) == pytest.approx(
        golden["mu_random"], rel=RELATIVE
    )
    shrunk = [
        one(con, "macros.shrunken(?::double, ?::double, ?::double[], ?::double[])", estimate, error, *lists)
        for estimate, error in zip(*lists, strict=True)
    ]
    assert shrunk == pytest.approx(golden["shrunk"], rel=RELATIVE)
    assert one(con, "macros.tau_squared([0.1::double], [0.2::double])") == 0
