"""A long run of all that goes on at once: visitors of the dashboard, loads, exports and readers. `python -m tests.faults.soak --minutes 20`

Nothing may fail, and memory, handles, threads and disk may not grow. The first third of the time is for warming up; what the last
third took is held against the middle one.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.faults import company

ROOT = Path(__file__).parents[2]
PAGES = ("", "win_rate", "sales_cycle", "questions", "is_it_real", "team", "coaching", "data_health", "definitions", "sql")
QUERIES = ("", "owner=000", "owner=001&landmark_day=14", "owner=002&owner=000", "landmark_day=60", "answers_needed=1")
SECONDS = 120

MAY_GROW = {"memory": 1.10, "handles": 1.10, "threads": 1.10, "disk": 1.15}
"""How many times the middle third the last one may take: what is measured goes up and down with what is going on just then."""


@dataclass
class Soak:
    """What was done, what went wrong, and what was taken: a sample of memory, handles, threads and disk every few seconds."""

    done: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    samples: list[dict[str, float]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, error: str | None = None) -> None:
        """Count what was done, or keep what went wrong."""
        with self.lock:
            self.done[what] = self.done.get(what, 0) + 1
            if error:
                self.errors.append(f"{what}: {error}")

    def repeat(self, what: str, pause: float, once: Callable[[int], None]) -> None:
        """Do something again and again, with pauses, until all is over."""
        number = 0
        while not self.is_over.is_set():
            number += 1
            try:
                once(number)
                self.note(what)
            except Exception as error:  # noqa: BLE001 – whatever it is, it is told at the end
                self.note(what, f"{type(error).__name__}: {str(error)[-500:]}")
            self.is_over.wait(pause)

    def thirds(self, name: str) -> tuple[float, float]:
        """Return the median of what was taken in the middle third and in the last."""
        third = len(self.samples) // 3
        middle, last = ([each[name] for each in part] for part in (self.samples[third : 2 * third], self.samples[2 * third :]))
        return statistics.median(middle), statistics.median(last)

    @property
    def grown(self) -> dict[str, tuple[float, float]]:
        """Return what grew more than it may, with both medians."""
        return {name: thirds for name, most in MAY_GROW.items() if (thirds := self.thirds(name))[1] > most * thirds[0]}


def soak(home: Path, minutes: float, pause: float = 1.0) -> Soak:
    """Let everything run for some minutes in a folder of its own."""
    company.found(home)
    _run(home, "load", "exports", "--data", "data")
    told = Soak()
    with _server(home) as (process, port):
        workers = [
            threading.Thread(target=told.repeat, args=("visits", pause, lambda number: _visit(port, number))),
            threading.Thread(target=told.repeat, args=("visits", pause, lambda number: _visit(port, -number))),
            threading.Thread(target=told.repeat, args=("loads", 15 * pause, lambda number: _load(home, number))),
            threading.Thread(target=told.repeat, args=("exports", 60 * pause, lambda _: _export(home))),
            threading.Thread(target=told.repeat, args=("reads", 5 * pause, lambda _: _read(home / "data"))),
        ]
        for worker in workers:
            worker.start()
        ends = time.monotonic() + 60 * minutes
        while time.monotonic() < ends:
            told.is_over.wait(min(5.0, minutes))
            told.samples.append(_taken(process, home))
        told.is_over.set()
        for worker in workers:
            worker.join()
    return told


@contextmanager
def _server(home: Path) -> Iterator[tuple[int, int]]:
    """Serve a folder, and yield the server's own process and its port."""
    words = [sys.executable, "-m", "etl", "dashboard", "--data", "data", "--port", "0", "--headless"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (
        (home / "server.log").open("w") as log,
        subprocess.Popen(words, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as started,
    ):
        if started.stdout is None:
            raise TypeError("it is a pipe")
        found = re.search(r"http://127\.0\.0\.1:(\d+)", started.stdout.readline())
        if found is None:
            raise RuntimeError((home / "server.log").read_text())
        (server,) = (int(each) for each in Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split())
        yield server, int(found[1])
        started.terminate()


def _visit(port: int, number: int) -> None:
    """Open a session, look at some pages through some filters, and leave."""
    chance = random.Random(number)  # noqa: S311
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=10**8, open_timeout=SECONDS) as socket:
        for _ in range(3):
            _look(socket, chance.choice(PAGES), chance.choice(QUERIES))


def _look(socket: ClientConnection, page: str, query: str) -> None:
    asked = BackMsg()
    asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
    socket.send(asked.SerializeToString())
    while True:
        said = ForwardMsg.FromString(socket.recv(SECONDS, decode=False))
        for each in said.parent_message.messages if said.HasField("parent_message") else [said]:
            if each.delta.new_element.HasField("exception"):
                raise RuntimeError(f"{page}?{query}: {each.delta.new_element.exception.type}: {each.delta.new_element.exception.message}")
            if each.HasField("script_finished"):
                if each.script_finished not in {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN}:
                    raise RuntimeError(f"{page}?{query}: ended with {each.script_finished}")
                if each.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return


def _load(home: Path, number: int) -> None:
    company.export(home, 12, amount=number)
    _run(home, "load", "exports", "--data", "data")


def _export(home: Path) -> None:
    _run(home, "export", "--data", "data", "--to", "snapshots", "--keep", "2")


def _read(data: Path) -> None:
    company.opened(data)


def _run(home: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "etl", *words],
        cwd=home,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


def _taken(process: int, home: Path) -> dict[str, float]:
    """Return the server's memory and the disk in millions of bytes, its open handles and its threads."""
    place = Path(f"/proc/{process}")
    pages = int((place / "statm").read_text().split()[1])
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "handles": len(list((place / "fd").iterdir())),
        "threads": len(list((place / "task").iterdir())),
        "disk": _size(home) / 1e6,
    }


def _size(folder: Path) -> int:
    """Return the bytes of all files in a folder, while they come and go."""
    size = 0
    for place, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):
                size += Path(place, name).stat().st_size
    return size


def main() -> int:
    """Soak, and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--pause", type=float, default=1.0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        told = soak(Path(home), given.minutes, given.pause)
    lines = [f"{given.minutes:g} minutes: " + ", ".join(f"{number:,} {what}" for what, number in sorted(told.done.items()))]
    lines += [
        f"  {name}: {middle:,.1f} in the middle third, {last:,.1f} in the last" for name in MAY_GROW for middle, last in [told.thirds(name)]
    ]
    lines += [f"  errors: {len(told.errors)}", *(f"    {error}" for error in told.errors[:10])]
    lines += [f"  grew: {', '.join(told.grown) or 'nothing'}"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if told.errors or told.grown else 0


if __name__ == "__main__":
    sys.exit(main())
