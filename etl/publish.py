"""Publishing: a finished file becomes the current one by the flip of a link; readers keep what they have until they reopen.

A folder of data holds `deals.duckdb` (a link), `deals-<load id>.duckdb` (the current version and a few before it), and while a load
runs `.load.lock` and `.build-…`. Linux and macOS.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from etl.errors import DatabaseError

LINK = "deals.duckdb"
_BUILD = ".build-"
_TRIES, _PAUSE = 10, 0.05  # half a second


@contextmanager
def loading(folder: Path) -> Iterator[Path]:
    """Hold the lock of a data folder, and yield an empty working folder inside it that is gone afterwards.

    What a killed load left behind is swept first. Raises DatabaseError while another load runs.
    """
    _make(folder)
    with (folder / ".load.lock").open("w") as lock:
        if not _could_take(lock, _TRIES):
            raise DatabaseError(
                "another load is writing to this folder",
                where=str(folder),
                todo="Wait until it has finished, then load again.",
            )
        for left_over in folder.glob(f"{_BUILD}*"):
            shutil.rmtree(left_over)
        work = folder / f"{_BUILD}{os.getpid()}"
        try:
            work.mkdir()
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def sweep(folder: Path, process: int) -> None:
    """Remove what a load left behind whose process, by its id, has ended."""
    shutil.rmtree(folder / f"{_BUILD}{process}", ignore_errors=True)


def is_loading(folder: Path) -> bool:
    """Return whether a load is writing to a data folder."""
    try:
        with (folder / ".load.lock").open() as lock:
            return not _could_take(lock, 1, fcntl.LOCK_SH)
    except OSError:
        return False


def publish(built: Path, folder: Path, load_id: str, keep: int) -> Path:
    """Make a closed, checkpointed file the current version of a folder, and return its path.

    At every moment the link leads to a whole file. `keep` versions before the current one stay.
    """
    if built.with_name(built.name + ".wal").exists():
        raise DatabaseError("the new file was not closed cleanly: its write-ahead log is still there", where=str(built))
    version = folder / f"deals-{load_id}.duckdb"
    _sync(built)
    built.chmod(0o444)
    built.replace(version)
    new_link = folder / ".next-link"
    new_link.unlink(missing_ok=True)
    new_link.symlink_to(version.name)
    new_link.replace(folder / LINK)
    _sync(folder)
    _retire(version, keep)
    return version


def current(folder: Path) -> Path:
    """Return the current version of a data folder, its link resolved; raises DatabaseError where there is none."""
    link = folder / LINK
    if not link.exists():
        raise DatabaseError(
            "there is no database yet",
            where=str(link),
            todo="Run `sameside demo` for a look at sample data, or `sameside load FOLDER` with an export of your CRM.",
        )
    return link.resolve()


def earlier(version: Path) -> list[Path]:
    """Return the versions that a folder keeps beside one, the latest first."""
    return _by_age(version)[::-1]


def _by_age(version: Path) -> list[Path]:
    others = (path for path in version.parent.glob("deals-*.duckdb") if path != version)
    return sorted(others, key=lambda path: path.stat().st_mtime_ns)


def _could_take(lock: IO[str], tries: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Return whether the lock could be taken; who only looks holds it for a moment, so a load tries more than once."""
    pause = threading.Event()
    for left in reversed(range(tries)):
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                pause.wait(_PAUSE)
        else:
            return True
    return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"the data folder cannot be made: {error.strerror}", where=str(folder), todo="Name another with --data."
        ) from error


def _retire(version: Path, keep: int) -> None:
    older = _by_age(version)
    for path in older[: max(0, len(older) - keep)]:
        path.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
