"""What the metrics say of simulated companies, and how that compares with what is true of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import duckdb
import numpy as np
import polars as pl

from etl.config import load_config
from tests.simulation.tables import write_database
from tests.simulation.truth import Truth, true_differences
from tests.simulation.world import SCENARIOS, Scenario, draw_deals, draw_kinds

OWNERS_OF_TRUTH: Final = 8_000
"""Owners over which the truth is taken: each company is a sample of them."""
SEED: Final = 20_250_630

_ESTIMATES = """
with ladder as materialized (
    from metrics.evidence_ladder()
),

long as (
    select 'win_rate' as measure, step, step_name, difference, low, high from ladder
    union all
    select 'days_open', step, step_name, days_open_difference, days_open_low, days_open_high from ladder where step >= 4
)

select long.*, verdict.state, verdict.is_toned_down, verdict.share_compared
from long
join metrics.verdict() as verdict on verdict.measure = long.measure
order by long.measure desc, long.step
"""


@dataclass(frozen=True)
class Repetition:
    """One company of a scenario; the same numbers give the same company."""

    scenario: int
    """Index into SCENARIOS."""
    number: int


def estimates(repetition: Repetition) -> pl.DataFrame:
    """Draw a company and its deals, build its database, and ask the metrics.

    One row per measure (win_rate, 0 to 1; days_open, days) and step of metrics.evidence_ladder, days_open from step 4 on: difference, low,
    high; state, is_toned_down and share_compared of metrics.verdict; scenario and repetition by number.
    """
    scenario = SCENARIOS[repetition.scenario]
    rng = np.random.default_rng([SEED, repetition.scenario, repetition.number])
    kinds = draw_kinds(scenario, scenario.owners, rng)
    with duckdb.connect(config={"threads": 1}) as con:
        write_database(con, kinds, draw_deals(kinds, scenario.deals, rng), load_config(None), rng)
        frame: pl.DataFrame = con.sql(_ESTIMATES).pl()
    return frame.with_columns(scenario=pl.lit(repetition.scenario), repetition=pl.lit(repetition.number))


@cache
def truth_of(scenario: Scenario) -> Truth:
    """Return what is true of the owners that a scenario's companies are samples of."""
    config = load_config(None)
    kinds = draw_kinds(scenario, OWNERS_OF_TRUTH, np.random.default_rng(SEED))
    return true_differences(kinds, config.tag.landmark_day, config.outcome.horizon_days)


def performance(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how the estimates of `estimates`, of any number of repetitions, compare with the truth.

    One row per scenario, measure and step: repetitions, truth, mean, bias, bias_error (its Monte Carlo standard error), covers (share of
    intervals that hold the truth, 0 to 1; null without intervals), share_compared (mean), in the unit of the measure.
    """
    named = ["scenario", "measure", "step", "step_name"]
    return (
        rows.join(_truths(rows["scenario"].unique()), on=["scenario", "measure"])
        .group_by(named)
        .agg(
            repetitions=pl.len(),
            truth=pl.col("truth").first(),
            mean=pl.col("difference").mean(),
            bias=(pl.col("difference") - pl.col("truth")).mean(),
            bias_error=pl.col("difference").std() / pl.len().sqrt(),
            covers=pl.col("truth").is_between("low", "high").mean(),
            share_compared=pl.col("share_compared").mean(),
        )
        .sort("scenario", pl.col("measure") != "win_rate", "step")
    )


def verdicts(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how often each verdict on the win rate is given.

    One row per scenario, state and is_toned_down: times, and their share of the scenario's repetitions, 0 to 1.
    """
    return (
        rows.filter((pl.col("measure") == "win_rate") & (pl.col("step") == 1))
        .group_by("scenario", "state", "is_toned_down")
        .agg(times=pl.len())
        .with_columns(share=pl.col("times") / pl.col("times").sum().over("scenario"))
        .sort("scenario", "times", "state", "is_toned_down", descending=[False, True, False, False])
    )


def _truths(scenarios: pl.Series) -> pl.DataFrame:
    truths = {number: truth_of(SCENARIOS[number]) for number in scenarios}
    rows = [
        {"scenario": number, "measure": measure, "truth": value}
        for number, truth in truths.items()
        for measure, value in (("win_rate", truth.win_rate), ("days_open", truth.days_open))
    ]
    return pl.DataFrame(rows, schema_overrides={"scenario": scenarios.dtype})
