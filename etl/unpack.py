"""Where the exports are: files, folders, zips, patterns and standard input → one list of files, in an order that never changes."""

from __future__ import annotations

import glob
import os
import re
import shutil
import stat
import struct
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from etl.errors import UnreadableFile, UsageError
from etl.troubles import NO_ROOM

MAX_EXPANDED: Final = 64 * 2**30
"""Bytes that one zip may unpack to."""

MAX_RATIO: Final = 200
"""How many times its own size a zip may unpack to, once that is more than `SMALL`; CSV packs 5 to 50 times smaller."""

SMALL: Final = 100 * 2**20
"""Bytes that any zip may unpack to."""

MAX_TABLES: Final = 10_000
"""Tables that a zip may hold; an export of a whole CRM has a few hundred."""

_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

STANDARD_INPUT: Final = "standard input"
"""What the file is called that comes through a pipe."""

TABLES: Final = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".parquet", ".jsonl", ".ndjson", ".json", ".gz")
"""Endings of files that are taken from folders and zips; what they are is then found from their content."""

_HIDDEN: Final = (".", "~$")
# What zipfile raises for a zip that it cannot read: damaged, cut short, packed in a way that it does not know, or with a password.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, IndexError, NotImplementedError, OSError, OverflowError, RuntimeError,
    ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """A file to read: its name as people know it ("export.zip: Opportunity.csv") and where its bytes are."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Exports:
    """The files to read, in a stable order, and the names of what lies beside them and is not read."""

    files: tuple[Export, ...]
    ignored: tuple[str, ...]


def find_exports(inputs: Sequence[Path | Export], work: Path) -> Exports:
    """Return the files that files, folders, zips, patterns and standard input (`-`) hold: in the order of `inputs`, then by name.

    A folder is read with its subfolders, hidden files left out, links to other folders not followed; zips are unpacked into `work`. A
    file named itself is taken whatever it is called, and so is one that a pattern such as `exports/*.csv` fits. Names are relative to the
    folder given, unless two files would share one; an Export is a file that bears the name it comes with. Raises UsageError for an input
    that does not exist and UnreadableFile for a folder that cannot be looked into and for a zip that is damaged, locked, holds a zip, has
    member names that climb out of it, or unpacks to more than the limits.
    """
    try:
        return _found(inputs, work)
    except PermissionError as error:
        raise UnreadableFile(f"{error.filename} cannot be read: {error.strerror}", todo="See who may read it.") from error


def _found(inputs: Sequence[Path | Export], work: Path) -> Exports:
    files: list[Export] = []
    ignored: list[str] = []
    beside: list[Export] = []
    given = [each for one in inputs for each in _expanded(one, work)]
    listed = dict(_listed(given, ignored))
    named = {each.path if isinstance(each, Export) else each for each in given}
    names = Counter(listed.values())
    seen: set[Path] = set()
    for path, short in listed.items():
        name = short if names[short] == 1 else str(path)
        if path.resolve() in seen:
            continue
        seen.add(path.resolve())
        if path.suffix.lower() == ".zip" or (short == STANDARD_INPUT and _is_zip_of_files(path)):
            files += _unpack(Export(name, path), work, ignored)
        elif path in named or path.suffix.lower() in TABLES:
            (beside if path not in named and _is_no_list(path) else files).append(Export(name, path))
        else:
            ignored.append(name)
    if files:
        ignored += [each.name for each in beside]
    else:
        files = beside  # it is the export, then, and what is wrong with it is told
    return Exports(tuple(files), tuple(ignored))


def most_bytes(path: Path) -> int:
    """Return how many bytes a packed file may unpack to."""
    return min(MAX_EXPANDED, max(SMALL, MAX_RATIO * path.stat().st_size))


def check_members(export: Export, members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a zip that unpacks to too much before it does, or whose members are packed as no export or workbook is.

    The sizes are what the zip says of itself. A member that is longer is cut there by zipfile and fails its checksum.
    """
    odd = next((member for member in members if member.compress_type not in _PACKED), None)
    if odd:
        raise _refused(export.name, f"is packed in an unusual way: {odd.filename}")
    check_size(export, sum(member.file_size for member in members))


def check_size(export: Export, expanded: int) -> None:
    """Refuse a file that unpacks to too many bytes."""
    allowed = most_bytes(export.path)
    if expanded > allowed:
        raise _refused(export.name, f"unpacks to {expanded:,} bytes, more than the {allowed:,} that are allowed")


def _expanded(given: Path | Export, work: Path) -> Sequence[Path | Export]:
    """Return the files that a pattern fits, which not every shell expands; and standard input as a file."""
    if isinstance(given, Export) or os.path.lexists(given):
        return [given]
    if str(given) == "-":
        return [Export(STANDARD_INPUT, _kept_input(work))]
    if not glob.has_magic(str(given)):
        return [given]
    found = sorted(Path(each) for each in glob.glob(str(given), recursive=True))  # noqa: PTH207 the pattern may be absolute
    if not found:
        raise UsageError(f"no file fits {given}", todo="Name the export files, their folder or a zip.")
    return found


def _kept_input(work: Path) -> Path:
    """Return a file of what comes through standard input."""
    if sys.stdin.isatty():
        raise UsageError("nothing comes through standard input", todo="Send a file through it: sameside load - < export.csv")
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False) as target:
        shutil.copyfileobj(sys.stdin.buffer, target, 2**20)
    return Path(target.name)


def _is_no_list(path: Path) -> bool:
    """Tell whether a .json file is one object over many lines, such as settings: it lies beside tables, and is none."""
    if path.suffix.lower() != ".json":
        return False
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"").strip()
    return first.startswith(b"{") and not first.endswith(b"}")


def _is_zip_of_files(path: Path) -> bool:
    """Tell whether a file is a zip, and no workbook, by its content."""
    if not zipfile.is_zipfile(path):
        return False
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return False
    with zipfile.ZipFile(path) as archive:
        return "[Content_Types].xml" not in archive.namelist()


def _listed(inputs: Sequence[Path | Export], ignored: list[str]) -> Iterator[tuple[Path, str]]:
    """Yield the files that are named, and those in the folders that are, with their short names; note what else lies there in `ignored`."""
    for given in inputs:
        if isinstance(given, Export):
            yield given.path, given.name
        elif given.is_dir():
            for path in sorted(_walked(given)):
                place = path.relative_to(given).as_posix()
                if path.is_file():
                    yield path, place
                else:
                    ignored.append(f"{place} ({_kind_of_place(path)})")
        elif given.is_file():
            yield given, given.name
        elif os.path.lexists(given):
            raise UsageError(
                f"{given} is no file or folder, but {_kind_of_place(given)}", todo="Name the export files, their folder or a zip."
            )
        else:
            raise UsageError(f"{given} is no file or folder", todo="Name the export files, their folder or a zip.")


def _walked(folder: Path) -> Iterator[Path]:
    """Yield all that is in a folder and its subfolders but for those; raises UnreadableFile for one that cannot be looked into."""

    def refuse(error: OSError) -> None:
        raise UnreadableFile(
            f"the folder {error.filename} cannot be looked into: {error.strerror}",
            todo="See who may read it, or name the files themselves.",
        ) from error

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        yield from (Path(place, name) for name in files if not name.startswith(_HIDDEN))
        yield from (Path(place, name) for name in folders if Path(place, name).is_symlink())


def _kind_of_place(path: Path) -> str:
    """Return what is neither a file nor a folder of its own."""
    if path.is_symlink():
        return "a link to a folder" if path.is_dir() else "a link that leads to no file"
    return "a pipe" if stat.S_ISFIFO(path.lstat().st_mode) else "a device or socket"


def _unpack(export: Export, work: Path, ignored: list[str]) -> list[Export]:
    """Unpack the tables of a zip under names of our own."""
    name = export.name
    try:
        with zipfile.ZipFile(export.path) as archive:
            members = _members(name, archive, ignored)
            check_members(export, members)
            return [Export(f"{name}: {member.filename}", _extracted(archive, member, work)) for member in members]
    except _BROKEN as error:
        if isinstance(error, PermissionError) or (isinstance(error, OSError) and error.errno in NO_ROOM):
            raise
        raise UnreadableFile(
            f"{name} cannot be unpacked: {error}",
            todo="Export or download it again, or unpack it by hand and name the folder.",
        ) from error


def _members(name: str, archive: zipfile.ZipFile, ignored: list[str]) -> list[zipfile.ZipInfo]:
    """Return the tables of a zip by name, after a look at the names of all its members."""
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
        if place.suffix.lower() in TABLES and not member.is_dir() and not is_system:
            members[member.filename] = member
        elif not member.is_dir():
            ignored.append(f"{name}: {member.filename}")
    if len(members) > MAX_TABLES:
        raise _refused(name, f"holds {len(members):,} tables, more than the {MAX_TABLES:,} that are read")
    return list(members.values())


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, work: Path) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False) as target:
        shutil.copyfileobj(source, target, 2**20)
    return Path(target.name)


def _refused(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} {reason}",
        expected="an export as the CRM wrote it",
        todo="If you trust it, unpack it by hand and name the folder, or save it as CSV.",
    )
