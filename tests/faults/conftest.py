"""What the tests of faults share: verbs that die or fail at a chosen point."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a verb ended: its exit code (-9: killed), what it said, how many file operations it did (0 where it was killed), and when each
    step of a load began, in seconds."""

    code: int
    said: str
    operations: int
    began: dict[str, float]
    seconds: float

    @property
    def is_killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def step(self) -> str:
        """Return the last step that began."""
        return [*self.began, "before any"][len(self.began) - 1]

    def is_told(self) -> bool:
        """Return whether it ended as a person should see a failure: the four parts of an error, and no traceback."""
        return self.code in {1, 2} and "sameside: " in self.said and "what to do: " in self.said and "Traceback" not in self.said


class Forks:
    """The process that forks a child for each verb."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        )

    def run(
        self,
        home: Path,
        *words: str | Path,
        at: int = 0,
        how: str = "KILL",
        step: str = "",
        after: float | None = None,
        root: Path | None = None,
        is_quick: bool = False,
    ) -> Ended:
        """Run a verb in a folder; `at` is the file operation it fails at, `after` kills it so many seconds after its beginning, or a step's."""
        order = {"words": [*map(str, words)], "cwd": str(home), "root": str(root or home), "at": at, "how": how, "is_quick": is_quick}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        child, start = self._heard()["pid"], time.monotonic()
        began: dict[str, float] = {}
        is_time = after is not None and not step
        while True:
            if is_time:
                _kill_after(child, after)
                is_time = False
            said = self._heard()
            if "code" in said:
                return Ended(**said, began=began, seconds=time.monotonic() - start)
            began[said["step"]] = time.monotonic() - start
            is_time = after is not None and said["step"] == step

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        self._process.communicate()


def _kill_after(process: int, seconds: float | None) -> None:
    """Kill a process after a while, unless it ends before."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(process)
        try:
            if not select.select([handle], [], [], seconds)[0]:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Return what runs verbs that die."""
    made = Forks()
    yield made
    made.close()
