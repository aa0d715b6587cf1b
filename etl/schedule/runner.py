"""Jobs as processes of their own: a load that dies takes no scheduler with it, and one that is stopped leaves nothing behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from etl.config import Schedule
from etl.jobs import ROOT
from etl.publish import sweep
from etl.schedule.scheduler import Done, Failed, Result, Stopped
from etl.schedule.state import Found, JobName, utc_now

_LOOK_SECONDS: Final = 0.2
_BEAT_SECONDS: Final = 60
_GRACE_SECONDS: Final = 15


class Stop:
    """Whether all is to end: set by SIGTERM or SIGINT, and waited for without missing one."""

    def __init__(self) -> None:
        """Open a pipe, as a handler may write to it whatever the program is doing just then."""
        self._ears, self._mouth = os.pipe()
        self.is_set = False

    def listen(self) -> None:
        """Take the two signals from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.set())

    def set(self) -> None:
        """Say that all is to end."""
        if not self.is_set:
            self.is_set = True
            os.write(self._mouth, b".")

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most, and return whether all is to end."""
        select.select([self._ears], [], [], max(0.0, seconds))
        return self.is_set


class WallClock:
    """The clock of this machine."""

    def __init__(self, stop: Stop) -> None:
        """Wait until `stop` says so."""
        self._stop = stop

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return utc_now()

    def wait(self, until: datetime) -> bool:
        """Wait until then, or until all is to end, and return whether it is to go on."""
        return not self._stop.wait((until - self.now()).total_seconds())


class Runner:
    """Does jobs, each in a process of its own."""

    def __init__(self, plan: Schedule, folder: Path, settings: Path | None, stop: Stop) -> None:
        """Do jobs of a data folder, with the settings of a file (None: those that are found when a job runs)."""
        self._plan, self._folder, self._stop = plan, folder, stop
        self._order = {
            "folder": str(folder),
            "settings": str(settings) if settings else None,
            "snapshots": plan.snapshots,
            "keep": plan.keep_snapshots,
        }

    def __call__(self, job: JobName, beat: Callable[[], None]) -> Result:
        """Do a job; while it runs, `beat` is called once a minute."""
        process = subprocess.Popen(  # our own module
            [sys.executable, "-P", "-m", "etl.schedule.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it says may quote a deal
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))},
            start_new_session=True,  # a Ctrl-C reaches the scheduler alone, which then stops the job
        )
        with process:
            if process.stdin is None or process.stdout is None:
                raise TypeError("both are pipes")
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(self._order | {"job": job}).encode() + b"\n")
                process.stdin.flush()  # and left open: it closes with this process
            ended = self._watched(process, beat)
            said = process.stdout.read() if ended is None else b""
        sweep(self._folder, process.pid)  # it does so itself, if it is not killed, or stopped just as it begins
        return ended or _result(said, process.returncode)

    def _watched(self, process: subprocess.Popen[bytes], beat: Callable[[], None]) -> Result | None:
        """Wait for the end of a job, and bring it about where all is to end or the job takes too long; None where it ended by itself."""
        began = beaten = time.monotonic()
        while process.poll() is None:
            now = time.monotonic()
            if self._stop.wait(_LOOK_SECONDS):
                _end(process)
                return Stopped()
            if now - began > 60 * self._plan.max_minutes:
                _end(process)
                return Failed("TookTooLong")
            if now - beaten > _BEAT_SECONDS:
                beaten = now
                beat()
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a job to end, and after a while make it."""
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _result(said: bytes, code: int) -> Result:
    """Return what a job said came of it; one that ended without a word was brought down."""
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        return Failed(f"Ended by signal {-code}" if code < 0 else f"Ended with exit code {code}")
    if "error" in told:
        return Failed(str(told["error"]))
    return Done(Found(**told["found"]) if told["found"] else None)
