"""The audit trail: who did what and when, a line of JSON each, in a file a month that is only ever appended to.

    sameside-data/audit/2026-11.jsonl

Only the owner of the data folder can read it. It holds the texts of queries, and neither their results nor any secret. Who may write the
files may also change them: where that matters, let another machine collect them.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

import polars as pl

from etl.access import folded_email
from etl.durable import sync
from etl.errors import DatabaseError, UsageError

Event = Literal[
    "signed_in", "signed_out", "session_expired", "refused", "exported", "downloaded", "asked_sql", "uploaded", "loaded", "reported"
]
EVENTS: tuple[Event, ...] = get_args(Event)
Fact = str | int | float | bool | None

FOLDER: Final = "audit"
SCHEMA: Final[dict[str, pl.DataType]] = {"at": pl.Datetime("us"), "event": pl.String(), "who": pl.String(), "facts": pl.String()}
"""What `trail` gives: the moment in UTC; facts as JSON, in ASCII, so that no text of a stranger's plays tricks on a terminal."""


def record(folder: Path, event: Event, who: str, **facts: Fact) -> None:
    """Note in the audit trail of a data folder that somebody did something; it is on disk when this returns.

    Raises DatabaseError where it cannot be noted, UsageError for an event of another kind.
    """
    if event not in EVENTS:
        raise UsageError(f"{event!r} is no event of the audit trail", expected=", ".join(EVENTS))
    now = datetime.now(UTC)
    told = facts | {"at": now.isoformat(timespec="microseconds").replace("+00:00", "Z"), "event": event, "who": who}
    line = _ascii({name: told[name] for name in dict.fromkeys(("at", "event", "who", *told))}) + "\n"
    path = folder / FOLDER / f"{now:%Y-%m}.jsonl"
    try:
        _append(path, line.encode("ascii"))
    except OSError as error:
        raise DatabaseError(
            f"the audit trail cannot be written: {error.strerror}",
            where=str(path),
            todo="Make room, or let the user that runs Same Side own the folder.",
        ) from error


def _append(path: Path, line: bytes) -> None:
    """Append a line in one write, on a line of its own even after one that a full disk cut short."""
    is_first = not path.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        line = b"\n" * (size > 0 and os.pread(handle, 1, size - 1) != b"\n") + line
        if os.write(handle, line) < len(line):
            raise OSError(0, "the disk is full")
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_first:
        for folder in (path.parent, path.parent.parent):
            sync(folder)


def os_user() -> str:
    """Return the name of the user whose process this is, as the system knows it, whatever the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def trail(folder: Path, since: date | None = None, who: str | None = None) -> pl.DataFrame:
    """Return what is noted, in order, from a day on and of one person where asked: at, event, who and facts, see SCHEMA.

    A line that is none, since a disk was full or somebody wrote it by hand, is given as the event "unreadable". Raises DatabaseError where
    the trail may not be read.
    """
    try:
        noted = [row for path in sorted((folder / FOLDER).glob("*.jsonl")) for row in _rows(path)]
    except OSError as error:
        raise DatabaseError(f"the audit trail cannot be read: {error.strerror}", where=str(folder / FOLDER)) from error
    frame = pl.DataFrame(noted, schema=SCHEMA, orient="row")
    if since is not None:
        frame = frame.filter(pl.col("at").is_null() | (pl.col("at").dt.date() >= since))
    return frame if who is None else frame.filter(pl.col("who").map_elements(folded_email, pl.String) == folded_email(_in_ascii(who)))


def _rows(path: Path) -> Iterator[tuple[datetime | None, str, str | None, str]]:
    for line in path.read_bytes().splitlines():
        try:
            told: dict[str, Any] = json.loads(line)
            at = datetime.fromisoformat(told.pop("at")).replace(tzinfo=None)
            yield at, _in_ascii(str(told.pop("event"))), _in_ascii(str(told.pop("who"))), _ascii(told)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield None, "unreadable", None, _ascii(line.decode(errors="replace"))


def _in_ascii(text: str) -> str:
    return _ascii(text)[1:-1]


def _ascii(value: Any) -> str:
    """Return JSON of plain ASCII: neither a line break nor anything else that a terminal would obey."""
    return json.dumps(value).replace("\x7f", "\\u007f")
