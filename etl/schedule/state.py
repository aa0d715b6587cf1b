"""What the scheduler remembers, as one small file beside the database: it survives restarts, and tells whether all is well.

`schedule.json` is written whole or not at all. It holds moments, counts and the verdict: no deal and no person.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from etl.errors import DatabaseError
from etl.shape import Shape
from etl.troubles import told

FILE: Final = "schedule.json"
_ALIVE: Final = timedelta(minutes=15)

JobName = Literal["load", "export"]
JOBS: Final[tuple[JobName, ...]] = ("load", "export")
"""The jobs, in the order in which they are done where both are due."""


class JobState(Shape):
    """One job: up to when its due runs are settled, how its pending run goes, and what came of the last ones."""

    settled_until: datetime
    tries: int = 0
    retry_at: datetime | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_error: str | None = None
    next_run: datetime | None = None

    @property
    def is_failing(self) -> bool:
        """Return whether nothing has succeeded since the last failure."""
        return self.last_failure is not None and (self.last_success is None or self.last_success < self.last_failure)


class Found(Shape):
    """What a load published: its id, how many deals, and the verdict in a word and in a sentence."""

    load_id: str
    deals: int
    verdict: str
    sentence: str


class Unsent(Shape):
    """An alert that a channel has not taken yet."""

    channel: str
    text: str
    tries: int = 0
    retry_at: datetime | None = None


class State(Shape):
    """All that is remembered; `seen_at` is when the scheduler last looked at its clock."""

    seen_at: datetime
    running: JobName | None = None
    jobs: dict[JobName, JobState] = Field(default_factory=dict)
    found: Found | None = None
    unsent: tuple[Unsent, ...] = ()

    def problem(self, now: datetime) -> str | None:
        """Return what is wrong with the scheduler at a moment, or None."""
        if now - self.seen_at > _ALIVE:
            return f"the scheduler has not been seen since {self.seen_at.isoformat(timespec='seconds')}"
        failing = [name for name, job in self.jobs.items() if job.is_failing]
        return f"failed: {', '.join(failing)}" if failing else None


def read_state(folder: Path) -> State | None:
    """Return what was remembered in a data folder, None where nothing was; raises DatabaseError where it cannot be read."""
    path = folder / FILE
    try:
        return State.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise DatabaseError(
            "what the scheduler remembers cannot be read",
            where=str(path),
            todo="Remove the file: then runs are counted from now on.",
        ) from error


def write_state(folder: Path, state: State) -> None:
    """Remember a state: after a crash at any moment, it is the old one or the new one."""
    beside = folder / f".{FILE}"  # one name, so that what a killed scheduler left is written over
    with beside.open("w", encoding="utf-8") as file:
        file.write(state.model_dump_json(indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)


@contextmanager
def only_one(folder: Path) -> Iterator[bool]:
    """Hold the scheduler's lock of a data folder while it can be had, and yield whether it could."""
    with told("the scheduler cannot start", folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".schedule.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def utc_now() -> datetime:
    """Return the time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
