"""The simulated world agrees with its truth, the database with the world, and the metrics with the truth. run.py does it at length."""

from __future__ import annotations

import os
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from etl.config import load_config
from tests.simulation.estimates import Repetition, estimates, performance, truth_of, verdicts
from tests.simulation.run import is_kept, is_more_rare, report, simulate
from tests.simulation.tables import write_database
from tests.simulation.truth import true_differences
from tests.simulation.world import FIELDS, NEEDED, SCENARIOS, STAGES, Deals, Flags, Floats, Ints, Kinds, draw_deals, draw_kinds

pytestmark = pytest.mark.thorough

LANDMARK, HORIZON = 30, 180
NO_EFFECT, TRUE_EFFECT, UNSEEN, DIFFERING, SMALL, UNEQUAL = range(6)
JUDGED = (NO_EFFECT, TRUE_EFFECT, UNSEEN, SMALL)


def compared(deals: Deals) -> Flags:
    return (deals.age >= LANDMARK + HORIZON) & (deals.closed > LANDMARK)


def has_enough(answered: Ints) -> Flags:
    enough: Flags = (answered <= LANDMARK).sum(axis=1) >= NEEDED
    return enough


def landmark_stage(deals: Deals) -> Ints:
    stage: Ints = (deals.entered <= LANDMARK).sum(axis=1) - 1
    return stage


def outcomes(deals: Deals) -> Floats:
    """Deals x 2: won by the horizon, and days open after the landmark up to it."""
    days = np.minimum(deals.closed, LANDMARK + HORIZON) - LANDMARK
    return np.column_stack([deals.won & (deals.closed <= LANDMARK + HORIZON), days]).astype(np.float64)


def mantel_haenszel(kinds: Kinds, deals: Deals) -> tuple[Floats, Floats]:
    """The differences within kind and stage at the landmark, and their standard errors as if deals were alike in nothing else."""
    rows = compared(deals)
    tag, outcome = has_enough(deals.answered[rows, :FIELDS]), outcomes(deals)[rows]
    stratum = deals.kind[rows] * len(STAGES) + landmark_stage(deals)[rows]
    size = len(kinds.share) * len(STAGES)
    with_tag, without = (np.bincount(stratum[group], minlength=size) for group in (tag, ~tag))
    weight = with_tag * without / np.maximum(with_tag + without, 1)
    share = np.where(tag, without[stratum], -with_tag[stratum]) / (with_tag + without)[stratum] / weight.sum()
    middle = np.column_stack([np.bincount(stratum, column, size) for column in outcome.T]) / np.maximum(with_tag + without, 1)[:, None]
    centred = outcome - middle[stratum]
    return share @ centred, np.sqrt((share**2) @ centred**2)


@pytest.mark.parametrize("scenario", [TRUE_EFFECT, UNSEEN, DIFFERING])
def test_very_many_deals_show_the_computed_truth(scenario: int) -> None:
    """Matrix powers and 200,000 simulated deals of one company agree within three standard errors, which are below 0.6 points."""
    rng = np.random.default_rng(scenario)
    kinds = draw_kinds(SCENARIOS[scenario], 5, rng)
    truth = true_differences(kinds, LANDMARK, HORIZON)
    difference, error = mantel_haenszel(kinds, draw_deals(kinds, 200_000, rng))
    assert error[0] < 0.006
    assert abs(difference[0] - truth.win_rate) < 3 * error[0]
    assert abs(difference[1] - truth.days_open) < 3 * error[1]


def test_where_answers_change_nothing_the_truth_is_nothing() -> None:
    """Without a lift the difference between equal deals is zero to the last digit, whatever else drives filling and winning."""
    for scenario in (NO_EFFECT, UNSEEN, SMALL):
        truth = true_differences(draw_kinds(SCENARIOS[scenario], 40, np.random.default_rng(scenario)), LANDMARK, HORIZON)
        assert [truth.win_rate, truth.days_open] == pytest.approx([0, 0], abs=1e-12)


def test_the_database_sees_the_deals_that_were_drawn() -> None:
    """Cohort, tags and outcomes that the metrics work out from raw tables are those of the simulated deals."""
    rng = np.random.default_rng(5)
    kinds = draw_kinds(SCENARIOS[TRUE_EFFECT], 12, rng)
    deals = draw_deals(kinds, 2_000, rng)
    rows = compared(deals)
    won, days_open = outcomes(deals)[rows].T
    with duckdb.connect() as con:
        write_database(con, kinds, deals, load_config(None), rng)
        seen = con.sql("from metrics.tagged_deals() where part = 'compared' order by deal_key").pl()
    assert seen["deal_key"].to_list() == np.flatnonzero(rows).tolist()
    assert (seen["focus"] == "customer-focused").to_list() == has_enough(deals.answered[rows, :FIELDS]).tolist()
    assert seen["is_tidy"].to_list() == has_enough(deals.answered[rows, FIELDS:]).tolist()
    assert seen["is_won_by_horizon"].to_list() == won.astype(bool).tolist()
    assert seen["days_open"].to_list() == days_open.tolist()
    assert seen["landmark_stage_name"].to_list() == [STAGES[stage] for stage in landmark_stage(deals)[rows]]


@pytest.fixture(scope="module")
def companies() -> pl.DataFrame:
    """The estimates of one company of each scenario that is judged here, of the small one two."""
    return pl.concat(estimates(Repetition(scenario, number)) for scenario in JUDGED for number in range(SCENARIOS[scenario].rounds))


def step(companies: pl.DataFrame, scenario: int, number: int) -> dict[str, list[Any]]:
    """Return the columns of one step: an element per company."""
    return companies.filter(scenario=scenario, step=number, measure="win_rate").to_dict(as_series=False)


@pytest.mark.parametrize("scenario", [NO_EFFECT, SMALL])
def test_no_effect_looks_like_one_in_the_crm_and_not_like_for_like(companies: pl.DataFrame, scenario: int) -> None:
    """With no effect at all the CRM reports a huge gap; the like-for-like interval holds 0, and the verdict is never "more"."""
    assert min(step(companies, scenario, 1)["difference"]) > 0.25
    assert min(step(companies, scenario, 4)["difference"]) > 0.05
    alike = step(companies, scenario, 5)
    assert max(alike["low"]) < 0 < min(alike["high"])
    assert "more" not in alike["state"]


def test_a_true_effect_is_found_at_its_size(companies: pl.DataFrame) -> None:
    """The like-for-like interval holds the true difference and not 0, and the verdict is "more"."""
    truth = truth_of(SCENARIOS[TRUE_EFFECT]).win_rate
    alike = step(companies, TRUE_EFFECT, 5)
    assert 0 < min(alike["low"]) <= max(alike["low"]) < truth < min(alike["high"])
    assert set(alike["state"]) == {"more"}


def test_unseen_quality_is_given_away_by_neutral_fields(companies: pl.DataFrame) -> None:
    """Where something unseen drives filling and winning, like for like is wrong, the neutral-field contrast right, and "more" toned down."""
    assert min(step(companies, UNSEEN, 5)["low"]) > 0.05
    beyond = step(companies, UNSEEN, 6)
    assert max(beyond["low"]) < 0 < min(beyond["high"])
    assert all(beyond["is_toned_down"])


def test_bias_and_coverage_are_those_of_literal_estimates() -> None:
    """Of two estimates of 0, one holds it: bias is their mean, its error their spread over √2, coverage one half."""
    same = {"scenario": NO_EFFECT, "measure": "win_rate", "step": 5, "step_name": "like for like", "share_compared": 0.7}
    rows = pl.DataFrame([same | {"difference": 0.02, "low": -0.01, "high": 0.05}, same | {"difference": 0.04, "low": 0.01, "high": 0.07}])
    row = performance(rows).row(0, named=True)
    assert row["repetitions"] == 2
    assert [row["bias"], row["bias_error"], row["covers"]] == pytest.approx([0.03, 0.01, 0.5])


@pytest.mark.parametrize(
    ("scenario", "number", "repetitions", "bias", "covers", "kept"),
    [
        (NO_EFFECT, 5, 200, 0.004, 0.95, True),
        (NO_EFFECT, 5, 200, -0.011, 0.95, False),
        (NO_EFFECT, 5, 200, 0.004, 0.91, False),
        (NO_EFFECT, 5, 200, 0.004, 0.99, False),
        (NO_EFFECT, 5, 20, 0.004, 0.75, None),
        (NO_EFFECT, 4, 200, 0.1, 0.0, None),
        (UNSEEN, 5, 200, 0.1, 0.0, None),
        (UNSEEN, 6, 200, 0.02, 0.95, False),
        (UNEQUAL, 5, 200, 0.02, 0.95, None),
    ],
)
def test_a_promise_is_judged_where_its_assumptions_hold(
    scenario: int, number: int, repetitions: int, bias: float, covers: float, *, kept: bool | None
) -> None:
    """Bias below one point and coverage of 92 to 98%: of step 5, of step 6 where something unseen is at work, of none where strata are coarse."""
    row = {"scenario": scenario, "step": number, "repetitions": repetitions, "bias": bias, "covers": covers}
    assert is_kept(row | {"measure": "win_rate"}) is kept
    assert is_kept(row | {"measure": "days_open"}) is None


@pytest.mark.parametrize(("more", "kept"), [(0, True), (9, True), (10, False)])
def test_more_without_an_effect_is_as_rare_as_chance_allows(more: int, *, kept: bool) -> None:
    """Of 200 verdicts 5 are expected by chance, and up to two standard errors (2.2 each) more are let pass."""
    given = pl.DataFrame({"state": ["cannot tell", "more"], "times": [200 - more, more]})
    assert is_more_rare(SCENARIOS[NO_EFFECT], given) is kept
    assert is_more_rare(SCENARIOS[UNSEEN], given) is None


def test_verdicts_are_counted_once_per_company(companies: pl.DataFrame) -> None:
    """Shares add up to 1 in each scenario, over as many verdicts as companies."""
    totals = verdicts(companies).group_by("scenario").agg(pl.col("times").sum(), pl.col("share").sum())
    assert sorted(totals.rows()) == [(scenario, SCENARIOS[scenario].rounds, 1.0) for scenario in JUDGED]


@pytest.mark.slow
def test_every_promise_is_kept() -> None:
    """Bias, coverage and false alarms over a hundred companies of each scenario are as promised."""
    text, kept = report(simulate(100, os.cpu_count() or 1))
    assert kept, text
