"""All benchmarks, and one table of them: python -m tests.benchmarks [--deals 1000000] [--folder FOLDER] [--only load crowd …].

Prints the table as Markdown on standard output, and how far it is on standard error. FOLDER keeps the export between runs, which takes a
minute and a half to make for a million deals, and 3.3 GB; the loaded database beside it is made anew by each run that measures the load.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import browser, crowd, landmark, load, queries, start
from tests.benchmarks.cost import busy_share
from tests.benchmarks.table import Line, machine, markdown

PARTS: dict[str, Callable[[Path], list[Line]]] = {
    "landmark": lambda data: landmark.measure(data / "deals.duckdb"),
    "queries": queries.measure,
    "start": start.measure,
    "browser": browser.measure,
    "crowd": crowd.measure,
}
"""What is measured of a loaded database, by name; the load comes before all of them."""

_BUSY = 0.1  # of the processors, taken by other work


def main() -> None:
    """Measure what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("benchmarks"), help="keeps exports and databases, by the number of deals")
    parser.add_argument("--export", type=Path, help="an export that is there already, in place of one that is made")
    parser.add_argument("--only", nargs="*", choices=["load", *PARTS], default=["load", *PARTS])
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    export, data = asked.export or folder / f"export-{asked.deals}", folder / f"data-{asked.deals}"
    folder.mkdir(parents=True, exist_ok=True)
    load.make_export(export.resolve(), asked.deals)
    lines = _load(export.resolve(), data, is_measured="load" in asked.only)
    for name, measure in PARTS.items():
        if name in asked.only:
            lines += _told(name, lambda measure=measure: measure(data))  # type: ignore[misc]
    sys.stdout.write(f"{machine()} {asked.deals:,} deals.\n\n{markdown(lines)}\n")


def _load(export: Path, data: Path, *, is_measured: bool) -> list[Line]:
    """Load the export anew where that is measured, or where it has not been loaded yet."""
    if is_measured:
        shutil.rmtree(data, ignore_errors=True)
        return _told("load", lambda: load.measure(export, data))
    if not (data / "deals.duckdb").exists():
        load.load(export, data)
    return []


def _told(name: str, measure: Callable[[], list[Line]]) -> list[Line]:
    """Return what a part measured, and say how long that took, and before it whether other work had the processors."""
    if (share := busy_share()) > _BUSY:
        sys.stderr.write(f"{name}: other work takes {share:.0%} of the processors, so seconds are too long\n")
    began = time.perf_counter()
    lines = measure()
    sys.stderr.write(f"{name}: measured in {time.perf_counter() - began:.0f} s\n")
    return lines


if __name__ == "__main__":
    main()
