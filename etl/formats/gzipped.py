"""Files packed with gzip → the file that is in them, within the same bounds as a zip."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from pathlib import Path
from typing import Final

from etl.errors import UnreadableFile
from etl.unpack import Export, check_size, most_bytes

_BLOCK: Final = 2**20
_TAR_MARK: Final = (257, b"ustar")


def unpacked(export: Export, work: Path) -> Export:
    """Return what a gzip file holds, under its own name.

    Raises UnreadableFile where it is cut short or damaged, holds a tar, or grows beyond measure.
    """
    most = most_bytes(export.path)
    try:
        with gzip.open(export.path) as source, tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False) as target:
            while block := source.read(_BLOCK):
                target.write(block)
                if target.tell() > most:
                    check_size(export, target.tell())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFile(
            f"{export.name} cannot be unpacked: {str(error).rstrip('.')}",
            expected="a gzip file that is whole",
            todo="Export or download it again: the end may be missing.",
        ) from error
    inner = Export(export.name, Path(target.name))
    _refuse_archives(inner)
    return inner


def _refuse_archives(inner: Export) -> None:
    place, mark = _TAR_MARK
    with inner.path.open("rb") as file:
        head = file.read(place + len(mark))
    if head[place:] == mark:
        raise UnreadableFile(f"{inner.name} holds a tar archive", expected="one file", todo="Unpack it, and name the folder.")
