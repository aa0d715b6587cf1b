"""Files must stand still while they are loaded: what was examined is what is loaded, or nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb

from etl.errors import DataError, SameSideError
from etl.unpack import Export


class Stamp(NamedTuple):
    """How a file stood when it was first looked at."""

    name: str
    path: Path
    state: tuple[int, int, int]

    @property
    def is_as_it_was(self) -> bool:
        """Return whether the file still stands so."""
        try:
            return _state(self.path) == self.state
        except OSError:
            return False


def stamped(export: Export) -> Stamp:
    """Return how a file stands."""
    return Stamp(export.name, export.path, _state(export.path))


@contextmanager
def unchanged(stamps: Sequence[Stamp]) -> Iterator[None]:
    """Raise DataError where a file changed meanwhile, also in place of what else went wrong, for which that is the reason then."""
    try:
        yield
    except (SameSideError, OSError, duckdb.Error) as error:
        _refuse(stamps, error)
        raise
    _refuse(stamps, None)


def _refuse(stamps: Sequence[Stamp], reason: Exception | None) -> None:
    changed = sorted({each.name for each in stamps if not each.is_as_it_was})
    if changed:
        raise DataError(
            f"{', '.join(changed)} changed while being loaded",
            expected="files that are whole and stay as they are",
            todo="Nothing was published. Wait until the export is written to its end, then load it.",
        ) from reason


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
