"""What a program takes: seconds, seconds of processor, and peak memory; and how busy the machine is with others."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took: seconds, seconds of processor, and peak memory in GB."""

    seconds: float
    processor: float
    memory: float

    def __str__(self) -> str:
        """Return the three in words."""
        return f"{self.seconds:.1f} s ({self.processor:.1f} s of processor, {self.memory:.2f} GB)"


def of_command(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Return what a program takes in a process of its own; ends this program where that one fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        sys.exit(f"a side of the benchmark failed: {' '.join(command)[:200]}")
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


def of_code(code: str, *words: str) -> Cost:
    """Return what a text of Python takes in a process of its own."""
    return of_command([sys.executable, "-c", code, *words])


def processor_of(pid: int) -> float:
    """Return the seconds of processor that a process has taken so far, all its threads together."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def memory_of(pid: int) -> float:
    """Return the memory that a process holds now, in GB."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e9


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def busy_share(over: float = 0.5) -> float:
    """Return the share of the processors that other work takes, looked at for some seconds."""
    before = _idle()
    threading.Event().wait(over)
    after = _idle()
    total = after[1] - before[1]
    return 1 - (after[0] - before[0]) / total if total else 0.0


def _idle() -> tuple[int, int]:
    """Return the ticks that the processors were idle, and all ticks."""
    first = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0]
    ticks = [int(each) for each in first.split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)
