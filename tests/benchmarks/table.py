"""What benchmarks measured, as lines of one table in Markdown, and the machine that they were measured on."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.cost import cores

_MANY = 8
PACKAGES = ("duckdb", "polars", "streamlit", "plotly")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what was measured, ours, what it was measured beside, the other's figure, and the ratio of the two."""

    what: str
    ours: str
    beside: str = ""
    other: str = ""
    ratio: float | None = None


def markdown(lines: Sequence[Line]) -> str:
    """Return lines as a table."""
    rows = [("what", "Same Side", "beside", "takes", "ratio"), ("---", "---", "---", "---", "--:")]
    rows += [(each.what, each.ours, each.beside, each.other, "" if each.ratio is None else f"{each.ratio:.2f}") for each in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def seconds(values: Sequence[float]) -> str:
    """Return seconds in words: the median, and of many the 95th percentile."""
    if len(values) < _MANY:
        return f"{statistics.median(values):.2f} s"
    return f"{statistics.median(values):.2f} s (95th percentile {ninety_fifth(values):.2f})"


def ninety_fifth(values: Sequence[float]) -> float:
    """Return the value that 95 in 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def beside(what: str, ours: Sequence[float], name: str, other: Sequence[float]) -> Line:
    """Return a line of two measurements in seconds, and the ratio of their medians."""
    return Line(what, seconds(ours), name, seconds(other), statistics.median(ours) / statistics.median(other))


def machine() -> str:
    """Return the facts of this machine in a line: when, processor, cores, memory, and versions."""
    facts = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if ":" in line)
    names = {key.strip(): value.strip() for key, value in facts.items()}
    memory = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]) / 2**20
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    today = datetime.now(UTC).date()
    return (
        f"Measured on {today}: {names.get('model name', platform.machine())}, {cores()} cores, {memory:.0f} GB of memory, "
        f"Python {platform.python_version()}, {versions}."
    )
