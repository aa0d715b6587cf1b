"""Many people at once: each has a session of their own, looks at a page, thinks, and changes a filter.

The sessions speak Streamlit's websocket protocol from one process, see session.py: what a browser draws is its own machine's affair, and
many browsers do not fit on this one. `python -m tests.benchmarks.crowd DATA_FOLDER [--people 50] [--clicks 4] [--think 20]`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from tests.benchmarks.browser import PAGES, served
from tests.benchmarks.cost import ROOT, memory_of, processor_of
from tests.benchmarks.session import RunFailedError, Session, visit
from tests.benchmarks.table import Line, ninety_fifth, seconds

PEOPLE, CLICKS, THINK = 50, 4, 20.0
_OFF_PATH = 1.5  # how much longer or shorter than usual somebody thinks, at most


@dataclass
class Crowd:
    """What many people met: seconds of each first page and of each click, and what failed."""

    first: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def person(address: str, number: int, clicks: int, think: float, crowd: Crowd) -> None:
    """Open a page, and change a filter so many times, with pauses to think."""
    taste = random.Random(number)  # noqa: S311 - the same clicks in each run
    await asyncio.sleep(taste.uniform(0, think))
    began = time.perf_counter()
    try:
        async with visit(address, PAGES[number % len(PAGES)]) as session:
            crowd.first.append(time.perf_counter() - began)
            for _ in range(clicks):
                await asyncio.sleep(think * taste.uniform(1 / _OFF_PATH, _OFF_PATH))
                crowd.clicks.append((await session.choose(_choice(session, taste))).seconds)
    except (RunFailedError, WebSocketException, OSError) as error:
        crowd.errors.append(f"{type(error).__name__}: {error}")


def _choice(session: Session, taste: random.Random) -> dict[str, list[str]]:
    """Return one of the first values of one filter."""
    name = taste.choice(sorted(session.filters))
    return {name: [taste.choice(session.filters[name][1][:5])]}


async def gather(address: str, people: int, clicks: int, think: float) -> Crowd:
    """Have so many people at once, and return what they met."""
    crowd = Crowd()
    await asyncio.gather(*(person(address, number, clicks, think, crowd) for number in range(people)))
    return crowd


def measure(folder: Path, people: int = PEOPLE, clicks: int = CLICKS, think: float = THINK) -> list[Line]:
    """Serve a data folder, and measure one person alone, then many at once."""
    with served(ROOT / "dashboard" / "server.py", folder) as server:
        before = memory_of(server.pid)
        alone = asyncio.run(gather(server.address, 1, clicks, 0.5))
        began, spent = time.perf_counter(), processor_of(server.pid)
        crowd = asyncio.run(gather(server.address, people, clicks, think))
        lasted, spent = time.perf_counter() - began, processor_of(server.pid) - spent
        after = memory_of(server.pid)
    for error in sorted(set(crowd.errors + alone.errors)):
        sys.stderr.write(f"{error}\n")
    return [
        _line(f"{people} people, each a click every {think:.0f} s or so: a click", crowd.clicks, alone.clicks),
        _line(f"{people} people: the first page", crowd.first, alone.first),
        Line(f"{people} people: clicks and errors", f"{len(crowd.clicks)} clicks, {len(crowd.errors)} errors"),
        Line(f"{people} people: the server's cores in use", f"{spent / lasted:.2f}"),
        Line(f"{people} people: the server's memory", f"{after:.2f} GB", "before anyone came", f"{before:.2f} GB", after / before),
    ]


def _line(what: str, crowd: Sequence[float], alone: Sequence[float]) -> Line:
    if not crowd or not alone:
        return Line(what, "nobody got through")
    return Line(what, seconds(crowd), "one person alone", seconds(alone), ninety_fifth(crowd) / ninety_fifth(alone))


def main() -> None:
    """Measure as many people as asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--clicks", type=int, default=CLICKS)
    parser.add_argument("--think", type=float, default=THINK)
    asked = parser.parse_args()
    for line in measure(asked.folder, asked.people, asked.clicks, asked.think):
        sys.stdout.write(f"{line.what:60} {line.ours:45} {line.beside} {line.other}\n")


if __name__ == "__main__":
    main()
