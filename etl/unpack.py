"""Where the exports are: files, folders and zips → one list of CSV files, in an order that never changes."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from etl.errors import UnreadableFile, UsageError

MAX_EXPANDED: Final = 64 * 2**30
"""Bytes that one zip may unpack to."""

MAX_RATIO: Final = 200
"""How many times its own size a zip may unpack to, once that is more than `SMALL`; CSV packs 5 to 50 times smaller."""

SMALL: Final = 100 * 2**20
"""Bytes that any zip may unpack to."""

_CSV: Final = (".csv", ".tsv", ".tab")
# What zipfile raises for a zip that it cannot read: damaged, cut short, packed in a way that it does not know, or with a password.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Export:
    """A file to read: its name as people know it ("export.zip: Opportunity.csv") and where its bytes are."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Exports:
    """The files to read, in a stable order, and the names of those beside them that are no CSV files."""

    files: tuple[Export, ...]
    ignored: tuple[str, ...]


def find_exports(inputs: Sequence[Path | Export], work: Path) -> Exports:
    """Return the CSV files that files, folders and zips hold: in the order of `inputs`, then by name.

    A folder is read with its subfolders, hidden files left out; zips are unpacked into `work`. A file named itself is
    taken whatever it is called. Names are relative to the folder given, unless two files would share one; an Export is a
    file that bears the name it comes with. Raises UsageError for an input that does not exist and UnreadableFile for a zip
    that is damaged, locked, holds a zip, has member names that climb out of it, or unpacks to more than the limits.
    """
    listed = dict(_listed(inputs))
    named = {given.path if isinstance(given, Export) else given for given in inputs}
    names = Counter(listed.values())
    seen: set[Path] = set()
    files: list[Export] = []
    ignored: list[str] = []
    for path, short in listed.items():
        name = short if names[short] == 1 else str(path)
        if path.resolve() in seen:
            continue
        seen.add(path.resolve())
        if path.suffix.lower() == ".zip":
            files += _unpack(Export(name, path), work, ignored)
        elif path in named or path.suffix.lower() in _CSV:
            files.append(Export(name, path))
        else:
            ignored.append(name)
    return Exports(tuple(files), tuple(ignored))


def _listed(inputs: Sequence[Path | Export]) -> Iterator[tuple[Path, str]]:
    """Yield the files that are named, and those in the folders that are, with their short names."""
    for given in inputs:
        if isinstance(given, Export):
            yield given.path, given.name
        elif given.is_file():
            yield given, given.name
        elif given.is_dir():
            for path in sorted(given.rglob("*")):
                place = path.relative_to(given)
                if path.is_file() and not any(part.startswith((".", "~$")) for part in place.parts):
                    yield path, place.as_posix()
        else:
            raise UsageError(f"{given} is no file or folder", todo="Name the export files, their folder or a zip.")


def _unpack(export: Export, work: Path, ignored: list[str]) -> list[Export]:
    """Unpack the CSV files of a zip under names of our own."""
    name = export.name
    try:
        with zipfile.ZipFile(export.path) as archive:
            members = _csv_members(name, archive, ignored)
            _check_size(export, sum(member.file_size for member in members))
            return [Export(f"{name}: {member.filename}", _extracted(archive, member, work)) for member in members]
    except _BROKEN as error:
        raise UnreadableFile(
            f"{name} cannot be unpacked: {error}",
            todo="Export or download it again, or unpack it by hand and name the folder.",
        ) from error


def _csv_members(name: str, archive: zipfile.ZipFile, ignored: list[str]) -> list[zipfile.ZipInfo]:
    """Return the CSV files of a zip by name, after a look at the names of all its members."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in sorted(archive.infolist(), key=lambda member: member.filename):
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or re.match("[A-Za-z]:", member.filename):
            raise _refused(name, f"holds a file that would land outside of it: {member.filename!r}")
        if place.suffix.lower() == ".zip":
            raise _refused(name, f"holds another zip, {member.filename}")
        if member.filename in members:
            raise _refused(name, f"holds two files of one name, {member.filename}")
        is_system = place.parts[:1] == ("__MACOSX",) or place.name.startswith(".")
        if place.suffix.lower() in _CSV and not member.is_dir() and not is_system:
            members[member.filename] = member
        elif not member.is_dir():
            ignored.append(f"{name}: {member.filename}")
    return list(members.values())


def _check_size(export: Export, expanded: int) -> None:
    """Refuse a zip that unpacks to too much, before it does.

    The sizes are what the zip says of itself. A member that is longer is cut there by zipfile and fails its checksum.
    """
    allowed = min(MAX_EXPANDED, max(SMALL, MAX_RATIO * export.path.stat().st_size))
    if expanded > allowed:
        raise _refused(export.name, f"unpacks to {expanded:,} bytes, more than the {allowed:,} that are allowed")


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, work: Path) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False) as target:
        shutil.copyfileobj(source, target, 2**20)
    return Path(target.name)


def _refused(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} {reason}",
        expected="a zip of CSV files as the CRM wrote it",
        todo="If you trust it, unpack it by hand and name the folder.",
    )
