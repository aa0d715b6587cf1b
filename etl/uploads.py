"""Files that a visitor hands in: kept under names of our own in a private folder, and gone afterwards.

The folder lies in the data folder, so that the disk that takes the database takes the files too. Whoever made it holds its lock, so that
what a killed server left behind can be told from what is in use.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import BinaryIO, Final

from etl.config import Uploads
from etl.errors import UnreadableFile
from etl.read import Export
from etl.troubles import told
from etl.unpack import TABLES

KINDS: Final = (*TABLES, ".txt", ".zip")
"""Endings of files that are taken."""

IDLE_SECONDS: Final = 3600
"""How long an upload that nobody comes back to is kept."""

_FOLDER: Final = ".upload-"
_LONGEST_NAME: Final = 100
_COPIED: Final = 2**20
_HIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_MEGABYTE: Final = 10**6


class Upload:
    """A private folder in a data folder, and the files in it.

    `close` removes it, as do an hour without `touch` and the end of the process.
    """

    def __init__(self, data_folder: Path, limits: Uploads) -> None:
        """Make the folder, after sweeping those that nobody holds any more; raises MachineError where it cannot be made."""
        with told("no files can be kept in the data folder", data_folder):
            data_folder.mkdir(parents=True, exist_ok=True)
            sweep(data_folder)
            self.folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=data_folder))  # for its owner alone
        self.exports: tuple[Export, ...] = ()
        self._limits = limits
        self._lock = _held(self.folder)
        self._closing = threading.Lock()
        self._timer: threading.Timer | None = None
        self.touch()
        atexit.register(self.close)

    def keep(self, files: Sequence[tuple[str, BinaryIO]]) -> None:
        """Copy files, name and content, into the folder.

        Raises UnreadableFile for a kind that is not taken, too many files or too many bytes; DiskFull where there is no room.
        """
        labels = _labels([name for name, _ in files], self._limits)
        left = self._limits.max_megabytes * _MEGABYTE
        kept = []
        for number, (label, (_, content)) in enumerate(zip(labels, files, strict=True), start=1):
            path = self.folder / f"{number}{_ending(label)}"
            with told("the files cannot be kept", self.folder):
                left -= _copied(content, path, left)
            if left < 0:
                raise UnreadableFile(
                    "the files are too large",
                    expected=f"at most {self._limits.max_megabytes:,} MB together",
                    todo="Pack them into a zip, or load them on the command line: sameside load FOLDER.",
                )
            kept.append(Export(label, path))
        self.exports = tuple(kept)

    @property
    def is_open(self) -> bool:
        """Return whether the files are still there."""
        return self._lock is not None

    def touch(self) -> None:
        """Note that somebody still works with the files."""
        if self._timer:
            self._timer.cancel()
        if not self.is_open:
            return
        self._timer = threading.Timer(IDLE_SECONDS, self.close)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        with self._closing:
            if self._timer:
                self._timer.cancel()
            shutil.rmtree(self.folder, ignore_errors=True)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None
        atexit.unregister(self.close)


def sweep(data_folder: Path) -> None:
    """Remove the folders of uploads that no running process holds."""
    for folder in data_folder.glob(f"{_FOLDER}*"):
        handle = _held(folder)
        if handle is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)


def _held(folder: Path) -> int | None:
    """Take the lock of a folder, and return its handle; None where another holds it, or the folder is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _labels(names: Sequence[str], limits: Uploads) -> list[str]:
    """Return the names of files as people read them, each once; raises UnreadableFile for too many, or a kind that is not taken."""
    if len(names) > limits.max_files:
        raise UnreadableFile(
            f"{len(names):,} files are too many", expected=f"at most {limits.max_files:,}", todo="Pack them into a zip and upload that."
        )
    labels: list[str] = []
    for name in names:
        label = readable_name(name)
        if _ending(label) not in KINDS:
            raise UnreadableFile(
                f"{label} is of a kind that is not taken",
                expected=", ".join(KINDS),
                todo="Export it as CSV or Excel, or pack the files into a zip.",
            )
        labels.append(_once(label, labels))
    return labels


def readable_name(name: str) -> str:
    r"""Return a file's name without folders and without characters that hide or turn others; it is shown, and never is a path.

    >>> readable_name("../../etc/passwd\n.csv"), readable_name("C:\\exports\\Deals.csv")
    ('passwd.csv', 'Deals.csv')
    """
    last = PureWindowsPath(_HIDDEN.sub(" ", name)).name.strip()  # takes both / and \ for separators
    ending = PureWindowsPath(last).suffix
    stem = last.removesuffix(ending)[: _LONGEST_NAME - len(ending)].strip()
    return f"{stem or 'file'}{ending}"


def _once(label: str, taken: Sequence[str]) -> str:
    """Return a label that is not taken yet. The number stands where the file's stem, which may tell its role, is left as it is."""
    same = sum(each == label or re.fullmatch(rf"{re.escape(label)} \(\d+\)", each) is not None for each in taken)
    if not same:
        return label
    numbered = f"{label.removesuffix('.zip')} ({same + 1}).zip" if label.endswith(".zip") else f"{label} ({same + 1})"
    return numbered if numbered not in taken else _once(numbered, taken)


def _ending(label: str) -> str:
    """Return the ending of a label, in lower case, without the number that tells it from its like."""
    return PureWindowsPath(re.sub(r" \(\d+\)$", "", label)).suffix.lower()


def _copied(content: BinaryIO, path: Path, most: int) -> int:
    """Copy no more than one block beyond `most` bytes, and return how many were."""
    copied = 0
    with path.open("xb") as target:
        while copied <= most and (block := content.read(_COPIED)):
            copied += target.write(block)
    return copied
