"""Bias and coverage of every step of the evidence ladder where the truth is known.

`python tests/simulation/run.py --repetitions 200` draws so many companies of each scenario, builds a database of each, asks the metrics,
and prints mean, bias and coverage beside the truth and the nominal 95%. The same options give the same figures. Exit code 1 where a
promise is broken: at the step whose assumptions hold (Scenario.sound_step) a bias of the win rate below 1 point, and 92 to 98% of its
intervals holding the truth; and, without any effect, "more" no more often than chance allows. Days open are printed, not judged. Of 200
intervals that cover 95%, fewer than 92 or more than 98% hold the truth once in 20 times: repeat more often before believing it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import polars as pl

from tests.simulation.estimates import Repetition, estimates, performance, verdicts
from tests.simulation.world import SCENARIOS, Scenario

LIKE_FOR_LIKE: Final = 5
MOST_BIAS: Final = 0.01
COVERAGE: Final = (0.92, 0.98)
FALSE_MORE: Final = 0.025
"""How often a 95% interval lies above a difference of 0 by chance."""
FEWEST: Final = 100
"""Repetitions from which on promises are judged: fewer say nothing of coverage."""


def is_kept(row: dict[str, Any]) -> bool | None:
    """Return whether a row of `performance` keeps its promise; None where nothing is promised of it, or too few tell."""
    if row["measure"] != "win_rate" or row["step"] != SCENARIOS[row["scenario"]].sound_step or row["repetitions"] < FEWEST:
        return None
    lowest, highest = COVERAGE
    return bool(abs(row["bias"]) < MOST_BIAS and lowest <= row["covers"] <= highest)


def is_more_rare(scenario: Scenario, given: pl.DataFrame) -> bool | None:
    """Return whether "more" is said no more often than chance allows; None where there is an effect, or step 5 is unsound."""
    if scenario.lift != 0 or scenario.sound_step != LIKE_FOR_LIKE:
        return None
    total = given["times"].to_numpy().sum()
    more = given.filter(pl.col("state") == "more")["times"].to_numpy().sum()
    return bool(more / total <= FALSE_MORE + 2 * (FALSE_MORE * (1 - FALSE_MORE) / total) ** 0.5)


def simulate(repetitions: int, workers: int) -> pl.DataFrame:
    """Return the estimates of so many companies of each scenario, of small ones more: see Scenario.rounds."""
    wanted = [Repetition(scenario, number) for scenario, each in enumerate(SCENARIOS) for number in range(repetitions * each.rounds)]
    fresh = multiprocessing.get_context("spawn")  # a fork would share locks of threads that Polars has started
    with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
        return pl.concat(pool.map(estimates, wanted, chunksize=4))


def report(rows: pl.DataFrame) -> tuple[str, bool]:
    """Return the tables as text, and whether every promise is kept."""
    lines, kept = [], True
    measured, given = performance(rows), verdicts(rows)
    for number, scenario in enumerate(SCENARIOS):
        here = measured.filter(pl.col("scenario") == number)
        said = given.filter(pl.col("scenario") == number)
        lines += ["", f"{scenario.name}: {scenario.deals:,} deals, {scenario.owners} owners, {here['repetitions'][0]} repetitions"]
        lines.append(f"  {'':52}{'truth':>8}{'mean':>8}{'bias':>8}{'':8}{'95% covers':>12}")
        for row in here.iter_rows(named=True):
            lines.append(_line(row))
            kept &= is_kept(row) is not False
        lines += [f"  says {row['state']}{', toned down' * row['is_toned_down']}: {row['share']:.1%}" for row in said.iter_rows(named=True)]
        rare = is_more_rare(scenario, said)
        lines += [] if rare is None else [f"  says more without an effect as rarely as promised: {_word(rare)}"]
        kept &= rare is not False
    return "\n".join(lines) + "\n", kept


def _line(row: dict[str, Any]) -> str:
    scale, unit = (100, "points") if row["measure"] == "win_rate" else (1, "days open")
    truth, mean, bias = (f"{round(row[name] * scale, 1) + 0.0:>+8.1f}" for name in ("truth", "mean", "bias"))
    error = f" ±{row['bias_error'] * scale:<6.2f}"
    covers = "" if row["covers"] is None else f"{row['covers']:.1%}"
    return f"  {row['step']} {row['step_name'] + ', ' + unit:50}{truth}{mean}{bias}{error}{covers:>12}  {_word(is_kept(row))}".rstrip()


def _word(kept: object) -> str:
    return "" if kept is None else "kept" if kept else "BROKEN"


def main() -> int:
    """Run the simulation and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200, help="companies of each scenario (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    parser.add_argument("--rows", type=Path, metavar="FILE", help="also write every estimate to this CSV file")
    options = parser.parse_args()
    if options.repetitions < 2:
        parser.error("--repetitions is at least 2")
    rows = simulate(options.repetitions, options.workers)
    if options.rows:
        rows.write_csv(options.rows)
    text, kept = report(rows)
    sys.stdout.write(text)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
