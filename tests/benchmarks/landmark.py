"""Tagging at a landmark and following both groups: our metrics beside Polars, and beside pandas with lifelines, on the same deals.

The landmark is none that the file keeps, so that all sides start from what is known of each deal and answer. All give the same curves, or
this stops. Ours tell standard errors beside, and stage, owner and
amount at the landmark. Seconds are from the first row that is read to the last curve, without the start of Python.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.benchmarks.cost import ROOT
from tests.benchmarks.table import Line, beside

DAY = 45
REPEATS = 3
SAME = 1e-9
_PROGRAMS = Path(__file__).with_name("curves")
_WHEELS = ("pandas", "lifelines", "pyarrow")
_INPUTS = {
    "deals": "select deal_key, outcome, cycle_days, created_date, last_seen_on, has_negative_cycle from file.marts.deals",
    "spells": (
        "select deal_key, unnest(start_days) as start_day, unnest(end_days) as end_day from file.marts.deal_answers "
        "where not is_neutral and question in (select topic from file.raw.questions where is_mapped)"
    ),
    "unknown": (
        "select deal_key, unknown_until_day as until_day from file.marts.deal_answers where not is_neutral and unknown_until_day is not null "
        "and question in (select topic from file.raw.questions where is_mapped)"
    ),
}
Curves = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Side:
    """What one side gave: the seconds of each run, and its curves."""

    seconds: Sequence[float]
    curves: Curves


def measure(database: Path) -> list[Line]:
    """Measure all three sides of a published file, and compare their curves."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        needed = _write_inputs(database, folder)
        words = [str(folder), str(DAY), str(needed)]
        ours = _run([sys.executable, "-m", "tests.benchmarks.curves.ours", str(database), str(DAY)], folder)
        polars = _run([sys.executable, str(_PROGRAMS / "by_polars.py"), *words], folder)
        pandas = _run([str(_environment(folder)), str(_PROGRAMS / "by_pandas.py"), *words], folder)
    agree(ours.curves, polars.curves)
    agree(ours.curves, pandas.curves)
    what = f"tag at day {DAY}, curves of both groups"
    return [beside(what, ours.seconds, name, side.seconds) for name, side in (("pandas and lifelines", pandas), ("Polars", polars))]


def agree(ours: Curves, other: Curves) -> None:
    """Stop where curves differ on any day that both sides know."""
    for name, curve in other.items():
        off = max(abs(share - ours[name][day]) for day, share in curve.items())
        if off > SAME:
            sys.exit(f"the curve of {name} is off by {off}")


def _write_inputs(database: Path, folder: Path) -> int:
    """Write what all sides start from as Parquet, and return how many answers make a deal customer-focused."""
    with duckdb.connect() as con:
        con.execute(f"attach '{database.resolve()}' as file (read_only)")
        for name, select in _INPUTS.items():
            con.execute(f"copy ({select}) to '{folder / name}.parquet'")
        found = con.execute("select answers_needed from file.raw.settings").fetchone()
    return int(found[0]) if found else 0


def _environment(folder: Path) -> Path:
    """Return the Python of a new environment that holds pandas and lifelines, which Same Side does without."""
    python = folder / "environment" / "bin" / "python"
    for command in (["venv", "-q", str(python.parents[1])], ["pip", "install", "-q", "--python", str(python), *_WHEELS]):
        subprocess.run([sys.executable, "-m", "uv", *command], check=True)
    return python


def _run(command: Sequence[str], folder: Path) -> Side:
    result, seconds, told = folder / "result.json", [], {}
    for _ in range(REPEATS):
        subprocess.run([*command, str(result)], check=True, cwd=ROOT)
        told = json.loads(result.read_text(encoding="utf-8"))
        seconds.append(float(told["seconds"]))
    return Side(seconds, told["curves"])
