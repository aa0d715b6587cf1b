"""Publishing: a finished file becomes the current one by the flip of a link; readers keep what they have until they reopen.

A folder of data holds `deals.duckdb` (a link), `deals-<load id>.duckdb` (the current version and a few before it), beside each version
`deals-<load id>.audiences` with the files of those who may not see all of it, and while a load runs `.load.lock` and `.build-…`. Linux and
macOS.
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

from etl.durable import sync
from etl.errors import DatabaseError
from etl.troubles import told

LINK = "deals.duckdb"
_BUILD = ".build-"
_AUDIENCES = ".audiences"
_TRIES, _PAUSE = 10, 0.05  # half a second
_LOOKS = 3  # as a version may be taken away just while the link to it, which leads to another by then, is followed


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
        _sweep(folder)
        work = folder / f"{_BUILD}{os.getpid()}"
        try:
            work.mkdir()
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what killed loads left behind: build folders, and files of audiences whose version is not there."""
    orphans = (each for each in folder.glob(f"deals-*{_AUDIENCES}") if not each.with_suffix(".duckdb").exists())
    for left_over in (*folder.glob(f"{_BUILD}*"), *orphans):
        shutil.rmtree(left_over)


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


def publish(built: Path, folder: Path, load_id: str, keep: int, audiences: Path | None = None) -> Path:
    """Make a closed, checkpointed file the current version of a folder, and return its path.

    At every moment the link leads to a whole file, beside which the files of its audiences lie: those in the folder `audiences`. `keep`
    versions before the current one stay.
    """
    version = folder / f"deals-{load_id}.duckdb"
    if audiences is not None:
        place_audiences(audiences, version, {path.stem for path in audiences.glob("*.duckdb")})
    _date_last(built, version)
    _place(built, version)
    _set_aside(folder / LINK)
    new_link = folder / ".next-link"
    new_link.unlink(missing_ok=True)
    new_link.symlink_to(version.name)
    new_link.replace(folder / LINK)
    sync(folder)
    _retire(version, keep)
    return version


def audiences_folder(version: Path) -> Path:
    """Return the folder of the files of a version's audiences."""
    return version.with_suffix(_AUDIENCES)


def audience_of(path: Path) -> str | None:
    """Return the key of the audience that a file is of; None for a version itself."""
    return path.stem if path.parent.suffix == _AUDIENCES else None


def place_audiences(made: Path, version: Path, wanted: set[str]) -> None:
    """Put the files in a folder beside a version, each whole or not at all, and remove those whose keys are not wanted."""
    folder = audiences_folder(version)
    if wanted:
        folder.mkdir(exist_ok=True)
    for path in sorted(made.glob("*.duckdb")):
        _place(path, folder / path.name)
    for path in folder.glob("*.duckdb"):
        if path.stem not in wanted:
            path.unlink()
    if folder.exists():
        sync(folder)
        sync(folder.parent)


def _place(built: Path, path: Path) -> None:
    """Put a file that is closed under its final name, once all of it is on disk; nobody writes to it any more."""
    if built.with_name(built.name + ".wal").exists():
        raise DatabaseError("the new file was not closed cleanly: its write-ahead log is still there", where=str(built))
    sync(built)
    built.chmod(0o444)
    built.replace(path)


def current(folder: Path) -> Path:
    """Return the current version of a data folder, its link resolved; raises DatabaseError where there is none."""
    version = standing(folder)
    if version is None:
        raise DatabaseError(
            "there is no database yet",
            where=str(folder / LINK),
            todo="Run `sameside demo` for a look at sample data, or `sameside load FOLDER` with an export of your CRM.",
        )
    return version


def standing(folder: Path) -> Path | None:
    """Return the current version of a data folder, None where nothing was ever published there.

    Raises DatabaseError where the link leads to no file: what was loaded is not forgotten because a file was moved. NotAllowed where the
    folder is not this user's to look into.
    """
    link = folder / LINK
    with told("the data folder cannot be looked into", folder):
        if any(link.exists() for _ in range(_LOOKS)):
            return link.resolve()
        if not link.is_symlink():
            return None
    versions = sorted(path.name for path in folder.glob("deals-*.duckdb"))
    raise DatabaseError(
        "the link to the database leads to no file",
        where=str(link),
        expected=f"one of: {', '.join(versions)}" if versions else "the file of the last load",
        todo="Put the file back, or a copy of it. "
        + (f"Or go back to another version: `ln -sfn {versions[-1]} {LINK}` in that folder." if versions else "")
        + " To begin anew, remove the link.",
    )


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


def _date_last(built: Path, version: Path) -> None:
    """Date a file later than every version there is, also where the clock was put back: versions go by age."""
    newest = max((path.stat().st_mtime_ns for path in _by_age(version)), default=0)
    if built.stat().st_mtime_ns <= newest:
        os.utime(built, ns=(newest + 1, newest + 1))


def _set_aside(link: Path) -> None:
    """Keep a file that was put in the place of the link, such as a backup, as one of the versions."""
    if link.exists() and not link.is_symlink():
        found = link.stat()
        kept = link.with_name(f"deals-put-here-{found.st_ino}.duckdb")
        kept.unlink(missing_ok=True)
        kept.hardlink_to(link)


def _retire(version: Path, keep: int) -> None:
    older = _by_age(version)
    for path in older[: max(0, len(older) - keep)]:
        path.unlink()
        shutil.rmtree(audiences_folder(path), ignore_errors=True)
