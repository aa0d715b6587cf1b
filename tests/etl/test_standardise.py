"""Other methods than like for like: against R, against what they must equal on one factor, and against their own derivatives."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from etl.queries import Database, Scope
from etl.standardise import other_methods

MODEL, BY_STAGE, OVERLAP, INVERSE = (
    "logistic model", "logistic model with tag by stage", "overlap weights", "inverse probability weights",
)  # fmt: skip


def differences(frame: pl.DataFrame) -> dict[str, float]:
    return dict(zip(frame["method"], frame["difference"], strict=True))


def cells(*rows: tuple[str, str, bool, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["stage", "owner", "is_customer", "deals", "won"], orient="row")


@pytest.fixture
def several() -> pl.DataFrame:
    """Return 7 owners by 3 stages whose filling and winning differ; one owner has no customer-focused deal."""
    draws = np.random.default_rng(20260619)
    rows = []
    for owner in range(7):
        for stage in range(3):
            for is_customer in (False, True):
                deals = 0 if owner == 0 and is_customer else int(draws.integers(4, 30))
                won = int(draws.binomial(deals, 0.15 + 0.04 * owner + 0.15 * stage + 0.05 * is_customer))
                rows.append((f"stage {stage}", f"owner {owner}", is_customer, deals, won))
    return cells(*rows).filter(pl.col("deals") > 0)


def test_methods_agree_with_the_golden_values(golden_sample: Database, golden_values: dict[str, dict[str, float]]) -> None:
    """Model with its standard error, both weightings and the range of the propensities, from raw files to 1e-9."""
    expected = golden_values
    frame = golden_sample.other_methods(Scope())
    found = differences(frame)
    for method, name in ((MODEL, "landmark_gcomp_logit"), (OVERLAP, "landmark_overlap_weights"), (INVERSE, "landmark_ipw")):
        assert found[method] == pytest.approx(expected[name]["est"], abs=1e-9)
    model = frame.row(0, named=True)
    assert model["standard_error"] == pytest.approx(expected["landmark_gcomp_logit"]["se"], abs=1e-9)
    assert (model["high"] - model["difference"]) / model["standard_error"] == pytest.approx(2.0686576104190486, rel=1e-9)
    weighted = frame.row(by_predicate=pl.col("method") == INVERSE, named=True)
    assert weighted["lowest_propensity"] == pytest.approx(expected["ps_range_min"]["est"], abs=1e-9)
    assert weighted["highest_propensity"] == pytest.approx(expected["ps_range_max"]["est"], abs=1e-9)


def test_methods_agree_with_r_on_admissions(shared: Path) -> None:
    """Admissions to Berkeley: logistic standardisation of R; with one factor the others are weighted means of its departments."""
    expected: dict[str, Any] = json.loads((shared / "golden/g02_ucb_cmh.json").read_text())["expected"]
    with (shared / "golden/ucb_admissions.csv").open(newline="") as file:
        rows = [
            (row["dept"], "Ann", row["gender"] == "Male", int(row["n"]), int(row["n"]) * (row["admit"] == "Admitted"))
            for row in csv.DictReader(file)
        ]
    frame = other_methods(cells(*rows), ["stage"], None)
    direct = expected["direct_standardised_rd"]
    assert differences(frame) == {
        MODEL: pytest.approx(expected["logit_dept"]["standardised_rd"], rel=1e-9),
        BY_STAGE: pytest.approx(direct["weights_total"], rel=1e-9),
        OVERLAP: pytest.approx(direct["weights_mh"], rel=1e-9),
        INVERSE: pytest.approx(direct["weights_total"], rel=1e-9),
    }
    assert frame["standard_error"].null_count() == frame["low"].null_count() == 4


def test_standard_errors_are_those_of_weighing_owners_a_little_more(several: pl.DataFrame) -> None:
    """An owner's influence is the slope of the estimate in the weight of that owner's deals, which a small change shows."""
    frame = other_methods(several, ["stage", "owner"], 2.5)
    step = 1e-5
    slopes: dict[str, list[float]] = {method: [] for method in frame["method"]}
    for owner in several["owner"].unique().sort():
        more, less = (
            differences(
                other_methods(
                    several.with_columns(
                        pl.when(pl.col("owner") == owner).then(pl.col(name) * factor).otherwise(pl.col(name)) for name in ("deals", "won")
                    ),
                    ["stage", "owner"],
                    None,
                )
            )
            for factor in (1 + step, 1 - step)
        )
        for method, collected in slopes.items():
            collected.append((more[method] - less[method]) / (2 * step))
    errors = [float(np.sqrt(7 / 6 * np.square(slopes[method]).sum())) for method in frame["method"]]
    assert frame["standard_error"].to_list() == pytest.approx(errors, rel=1e-6)
    assert (frame["high"] - frame["low"]).to_list() == pytest.approx([5 * error for error in errors], rel=1e-6)


def test_who_fills_nothing_counts_for_no_comparison_of_alike_deals(several: pl.DataFrame) -> None:
    """The owner without customer-focused deals has no part in overlap weights, and makes nothing break elsewhere."""
    everyone = other_methods(several, ["stage", "owner"], None)
    without = other_methods(several.filter(pl.col("owner") != "owner 0"), ["stage", "owner"], None)
    assert differences(everyone)[OVERLAP] == pytest.approx(differences(without)[OVERLAP], abs=1e-9)
    assert everyone["difference"].is_finite().all()
    assert everyone["lowest_propensity"].drop_nulls().max() < 1e-9  # type: ignore[operator]


def test_weights_are_told_with_what_they_cost() -> None:
    """Balanced stages weigh all deals alike; where 1 of 11 deals is customer-focused that deal weighs 11 of the 15 of its group."""
    even = other_methods(cells(("A", "Ann", True, 5, 3), ("A", "Ann", False, 5, 1)), ["stage"], None).row(-1, named=True)
    assert (even["customer_effective"], even["seller_effective"], even["largest_weight"]) == pytest.approx((5, 5, 0.2))
    rows = [("A", "Ann", True, 1, 1), ("A", "Ann", False, 10, 5), ("B", "Ann", True, 2, 1), ("B", "Ann", False, 2, 1)]
    uneven = other_methods(cells(*rows), ["stage"], None).row(-1, named=True)
    # Weights: 11 once and 2 twice; 1.1 ten times and 2 twice.
    assert uneven["largest_weight"] == pytest.approx(11 / 15)
    assert uneven["customer_effective"] == pytest.approx(15**2 / (11**2 + 2 * 2**2))
    assert uneven["seller_effective"] == pytest.approx(15**2 / (10 * 1.1**2 + 2 * 2**2))


def test_a_stage_of_one_group_has_no_effect_of_its_own() -> None:
    """Nothing tells the tag's effect in stage B, so no row says so."""
    frame = other_methods(cells(("A", "Ann", True, 5, 3), ("A", "Ann", False, 5, 1), ("B", "Ann", False, 4, 1)), ["stage"], None)
    assert frame["method"].to_list() == [MODEL, OVERLAP, INVERSE]
    assert differences(frame)[OVERLAP] == pytest.approx(0.4, abs=1e-9)


def test_one_group_alone_is_compared_with_nothing() -> None:
    """No rows, with the columns of always."""
    frame = other_methods(cells(("A", "Ann", True, 5, 3)), ["stage"], 2.0)
    assert frame.height == 0
    assert "standard_error" in frame.columns


def test_without_deals_there_is_no_other_method(load_files: Callable[..., Database]) -> None:
    """A file whose deals are too young to compare gives an empty frame."""
    database = load_files(
        {"Opportunity.csv": "Id,StageName,IsClosed,IsWon,CreatedDate,CloseDate\n1,Won,true,true,2025-01-01T00:00:00Z,2025-01-09\n"}
    )
    assert database.other_methods(Scope()).height == 0
