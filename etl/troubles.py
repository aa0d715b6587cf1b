"""What a machine does to a verb – no room, no memory, no right, a disk that fails – as errors that say what to do about it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from etl.errors import Damaged, DiskFull, MachineError, NotAllowed, OutOfMemory, SameSideError


class _Trouble(NamedTuple):
    kind: type[SameSideError]
    what: str
    todo: str


_ROOM = "Make room there, or name a folder on another disk, then do the same again."
_RIGHTS = "See whose folder it is and who may write there, or name another."
_TROUBLES: Final = {
    errno.ENOSPC: _Trouble(DiskFull, "the disk is full", _ROOM),
    errno.EDQUOT: _Trouble(DiskFull, "the disk space that this user may take is used up", _ROOM),
    errno.EFBIG: _Trouble(DiskFull, "a file would become larger than this process may write", "Raise the limit: ulimit -f."),
    errno.EACCES: _Trouble(NotAllowed, "this user may not read or write there", _RIGHTS),
    errno.EPERM: _Trouble(NotAllowed, "this user may not do that there", _RIGHTS),
    errno.EROFS: _Trouble(NotAllowed, "the file system can only be read", "Name a folder on another one."),
    errno.EIO: _Trouble(MachineError, "the disk fails", "Look into the system's log, and save what is on that disk. Then use another."),
    errno.ENOLCK: _Trouble(MachineError, "the file system there knows no locks", "Name a folder on a disk of this machine."),
    errno.EOPNOTSUPP: _Trouble(MachineError, "the file system there cannot do that", "Name a folder on a disk of this machine."),
    errno.EMFILE: _Trouble(MachineError, "this process has too many files open", "Raise the limit: ulimit -n."),
    errno.ENFILE: _Trouble(MachineError, "this machine has too many files open", "Close other programs, then do the same again."),
    errno.ENOMEM: _Trouble(OutOfMemory, "it takes more memory than there is", "Close other programs, or use a machine with more."),
}
_MEMORY: Final = _Trouble(
    OutOfMemory,
    "it takes more memory than it may use",
    "Raise storage.memory_limit in sameside.toml where the machine has more; else close other programs, or use a machine with more.",
)
WAY_BACK: Final = (
    "If it is damaged, put a copy of it in its place, or go back to a version before it, which lies beside it: "
    "`ln -sfn deals-….duckdb deals.duckdb` in the data folder."
)
"""What to do about a published file that cannot be read."""

_DAMAGED: Final = _Trouble(Damaged, "a database file is damaged", WAY_BACK)
_SIGNS_OF_DAMAGE: Final = ("checksum", "Corrupt database file", "Could not read enough bytes")
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What reading alone never meets."""


@contextmanager
def told(what: str, where: Path) -> Iterator[None]:
    """Raise what the machine does within as a SameSideError that begins with `what`, such as "nothing was loaded"."""
    try:
        yield
    except (OSError, MemoryError, duckdb.Error) as error:
        trouble = _trouble(error)
        if trouble is None:
            raise
        place = error.filename if isinstance(error, OSError) and error.filename else where
        raise trouble.kind(f"{what}: {trouble.what}", where=str(place), todo=trouble.todo) from error


def is_damage(error: duckdb.Error) -> bool:
    """Return whether DuckDB found a file damaged."""
    return any(sign in str(error) for sign in _SIGNS_OF_DAMAGE)


def _trouble(error: OSError | MemoryError | duckdb.Error) -> _Trouble | None:
    """Return what an error tells of the machine; None where it tells of a fault of ours."""
    if isinstance(error, OSError):
        again = "See that the folder is there and can be written, then do the same again."
        return _TROUBLES.get(error.errno or 0) or _Trouble(MachineError, error.strerror or str(error), again)
    text = str(error)
    for code, trouble in _TROUBLES.items():  # DuckDB tells of the system's errors in the system's words alone
        if os.strerror(code) in text:
            return trouble
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return _MEMORY
    if is_damage(error):
        return _DAMAGED
    if isinstance(error, duckdb.IOException | duckdb.FatalException):
        return _Trouble(MachineError, text.splitlines()[0], "See that the disk has room and can be written, then do the same again.")
    return None
