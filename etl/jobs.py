"""Jobs: exports are examined and loaded in a process of their own, with limits, while somebody watches."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from etl.config import find_config, load_config
from etl.confine import bare_environment
from etl.errors import DataError, SameSideError, told
from etl.load import LOAD_STEPS
from etl.read import Export
from etl.sample import SAMPLE

ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do: examine or load some files, with settings (None: the defaults) and a mapping (None: as it is found).

    With `keeps_settings`, a load that succeeds puts its settings beside the database as its sameside.toml.
    """

    verb: Literal["examine", "load"]
    inputs: tuple[Export, ...]
    folder: Path
    settings: Path | None = None
    work: Path | None = None
    keeps_settings: bool = False
    mapping: Path | None = None
    is_partial: bool = False
    anew: bool = False

    def line(self) -> bytes:
        """Return the order as the worker reads it."""
        said = {
            "verb": self.verb,
            "inputs": [(each.name, str(each.path)) for each in self.inputs],
            "folder": str(self.folder),
            "settings": str(self.settings) if self.settings else None,
            "work": str(self.work or self.folder),
            "keeps_settings": self.keeps_settings,
            "mapping": str(self.mapping) if self.mapping else None,
            "is_partial": self.is_partial,
            "anew": self.anew,
        }
        return json.dumps(said).encode() + b"\n"


class Job:
    """A process that carries out an order; it ends with this one, and at the latest after its time."""

    def __init__(self, order: Order, seconds: float, then: Callable[[], None] = lambda: None) -> None:
        """Start it; `then` is called when it has ended, whatever came of it."""
        self.order = order
        self.steps: Sequence[str] = LOAD_STEPS if order.verb == "load" else LOAD_STEPS[:1]
        self.begun: list[str] = []
        self.result: dict[str, Any] | None = None
        self.error: SameSideError | None = None
        self._seconds = seconds
        self._is_late = False
        self._then = then
        self._process = subprocess.Popen(  # our own module; what a visitor gave goes through stdin
            [sys.executable, "-P", "-m", "etl.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=bare_environment(ROOT),
            start_new_session=True,
        )
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def is_running(self) -> bool:
        """Return whether it has not ended yet."""
        return self._watcher.is_alive()

    @property
    def step(self) -> str:
        """Return the step that it is at; the first one until it says so."""
        return self.begun[-1] if self.begun else self.steps[0]

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, for so long at most, and return whether it has."""
        self._watcher.join(seconds)
        return not self.is_running

    def stop(self) -> None:
        """End it, with all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _watch(self) -> None:
        timer = threading.Timer(self._seconds, self._end_late)
        timer.daemon = True
        timer.start()
        with self._process as process:
            if process.stdin is None or process.stdout is None:
                raise TypeError("both are pipes")
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(self.order.line())
                process.stdin.flush()  # and left open: it closes with this process
            for line in process.stdout:
                if line.endswith(b"\n"):  # else it was ended while it spoke
                    self._note(json.loads(line))
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        timer.cancel()
        if self.result is None and self.error is None:
            self.error = _late(self._seconds) if self._is_late else _ended(process.returncode)
        self._then()

    def _note(self, said: dict[str, Any]) -> None:
        if "step" in said:
            self.begun.append(said["step"])
        elif "result" in said:
            self.result = said["result"]
        else:
            self.error = told(said["error"])

    def _end_late(self) -> None:
        self._is_late = True
        self.stop()


def settings_at_hand(folder: Path) -> Path | None:
    """Return the settings that a load in the browser starts from: those beside the database, else those where the server was started."""
    return find_config(folder, Path.cwd())


def seconds_allowed(settings: Path | None) -> float:
    """Return how long a job may take."""
    return 60.0 * load_config(settings).uploads.max_minutes


def load_sample(folder: Path) -> Job:
    """Load the sample export, with the packaged settings."""
    return Job(Order("load", (Export(SAMPLE.name, SAMPLE),), folder), seconds_allowed(None))


def _late(seconds: float) -> SameSideError:
    return DataError(
        "the files take longer than they may",
        expected=f"no more than {seconds / 60:,.0f} minutes",
        todo="Nothing was changed. Raise uploads.max_minutes in sameside.toml, or load on the command line: sameside load FOLDER.",
    )


def _ended(code: int) -> SameSideError:
    """Return what is said of a process that ended without a word: that of a file which brought it down, or of one who stopped it."""
    return DataError(
        "reading the files ended before it was done",
        where=f"signal {-code}" if code < 0 else f"exit code {code}",
        todo="Nothing was changed. Try again, or export the files anew. If it happens again, they may be damaged or too large.",
    )
