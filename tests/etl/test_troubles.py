"""What a machine does to a verb, as errors that say what to do; faults of our own stay what they are."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb
import pytest

from etl.errors import Damaged, DataError, DiskFull, MachineError, NotAllowed, OutOfMemory, SameSideError
from etl.errors import told as told_again
from etl.troubles import told

FULL = 'Failed to commit: Could not write file "x.wal": No space left on device'
INVALID = 'database has been invalidated because of a previous fatal error. Original error: "Disk quota exceeded"'


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "there"), DiskFull, "Make room"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS)), NotAllowed, "another one"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), NotAllowed, "who may write there"),
        (OSError(errno.EBUSY, os.strerror(errno.EBUSY)), MachineError, "do the same again"),
        (duckdb.TransactionException(FULL), DiskFull, "Make room"),
        (duckdb.FatalException(INVALID), DiskFull, "Make room"),
        (duckdb.OutOfMemoryException("could not allocate block"), OutOfMemory, "storage.memory_limit"),
        (MemoryError(), OutOfMemory, "storage.memory_limit"),
        (duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2"), Damaged, "ln -sfn"),
        (duckdb.IOException("IO Error: something else"), MachineError, "do the same again"),
    ],
)
def test_what_the_machine_does_is_told(error: Exception, kind: type[SameSideError], says: str) -> None:
    """With what it was about, where, and what to do; also in the words of DuckDB, and once it has been handed over between processes."""
    with pytest.raises(MachineError) as raised, told("nothing was loaded", Path("data")):
        raise error
    assert type(raised.value) is kind
    assert raised.value.what.startswith("nothing was loaded: ")
    assert raised.value.where == ("there" if getattr(error, "filename", None) else "data")
    assert says in raised.value.todo
    assert type(told_again(raised.value.parts)) is kind


@pytest.mark.parametrize("error", [duckdb.BinderException("no such column"), ValueError("a fault"), DataError("of the data")])
def test_faults_of_our_own_are_not_blamed_on_the_machine(error: Exception) -> None:
    """They go through as they are."""
    with pytest.raises(type(error)) as raised, told("nothing was loaded", Path("data")):
        raise error
    assert raised.value is error
