"""Plain CSV copies: UTF-8, a comma between cells, every cell quoted, so that no text can be taken for anything else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from etl.unpack import Export, check_size, most_bytes


class Copy(NamedTuple):
    """A table as a CSV file on disk, the name people know it by, and the original's rows by a count of its own, header included."""

    name: str
    path: Path
    rows: int


class Copies(NamedTuple):
    """The tables of a file, and the names of what else is in it."""

    copies: tuple[Copy, ...]
    ignored: tuple[str, ...] = ()


class CsvCopy:
    """A CSV file in the work folder that is written row by row, and no larger than the original may unpack to.

    What is said once in the original may stand in any number of cells, so a small file can be a table without end.
    """

    def __init__(self, original: Export, work: Path) -> None:
        """Open a new file for a copy of an original."""
        self._original, self._most, self._written = original, most_bytes(original.path), 0
        with tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False) as made:
            self.path = Path(made.name)
        self._file = self.path.open("w", encoding="utf-8", newline="")

    def write(self, cells: Iterable[str]) -> None:
        """Write a row; of no cells at all, a blank line, which is no row. Raises UnreadableFile where the copy grows too large."""
        self._written += self._file.write(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n")
        if self._written > self._most:
            check_size(self._original, self._written)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file."""
        self._file.close()
