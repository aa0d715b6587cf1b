"""Progress on stderr: a bar over the steps of a job, and how long each took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click


class Progress:
    """A bar that moves on by one with each step; `timings` holds the seconds of each step, in order."""

    def __init__(self, steps: Sequence[str]) -> None:
        """Draw the bar for these steps; where stderr is no terminal, it stays silent."""
        self.timings: dict[str, float] = {}
        self._bar = click.progressbar(length=len(steps), file=sys.stderr, item_show_func=lambda step: step, show_eta=False, width=24)
        self._current = ""
        self._began = time.perf_counter()

    def __call__(self, step: str) -> None:
        """Note that a step begins, and with it that the one before has ended."""
        self._end_step()
        self._current, self._began = step, time.perf_counter()
        self._bar.update(0, step)

    def _end_step(self) -> None:
        if self._current:
            self.timings[self._current] = time.perf_counter() - self._began
            self._bar.update(1, self._current)
            self._current = ""

    @contextmanager
    def shown(self) -> Iterator[Progress]:
        """Show the bar while a job runs."""
        with self._bar:
            yield self
            self._end_step()


def timings_text(timings: dict[str, float]) -> str:
    """Return the seconds of each step, a line each, and their sum."""
    width = max(map(len, timings), default=0)
    lines = [f"  {step:<{width}}  {seconds:7.1f} s" for step, seconds in timings.items()]
    return "\n".join([*lines, f"  {'in all':<{width}}  {sum(timings.values()):7.1f} s"])
