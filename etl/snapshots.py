"""A folder of snapshots: a whole one appears under its name at once, and one that is not kept goes at once.

Beside the snapshots lie `.export.lock`, and while one is written `.building-…`; what a killed export left of it is swept by the next.
Linux and macOS.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etl.durable import sync

MANIFEST = "manifest.json"
_BUILDING, _GONE = ".building-", ".gone-"
_AT_FDCWD, _SWAP = -100, 2


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Wait for the lock of a folder of snapshots, and yield an empty working folder inside it that is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".export.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in (*folder.glob(f"{_BUILDING}*"), *folder.glob(f"{_GONE}*")):
            shutil.rmtree(left_over)
        work = folder / f"{_BUILDING}{os.getpid()}"
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def write(path: Path, content: bytes) -> dict[str, Any]:
    """Write a file to disk, and return its line of the manifest."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return {"file": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def place(built: Path, target: Path) -> None:
    """Give a finished snapshot its name. One that stands there whole and alike stays; any other is exchanged for it in one step."""
    sync(built)
    if not target.exists():
        built.rename(target)
    elif not _is_whole_and_alike(target, built):
        _exchange(built, target)
    sync(target.parent)


def manifest_of(snapshot: Path) -> dict[str, Any] | None:
    """Return the manifest of a snapshot, or None where a folder is none."""
    try:
        manifest: dict[str, Any] = json.loads((snapshot / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return manifest


def retire(newest: Path, keep: int) -> None:
    """Remove the oldest snapshots of the scope and format of one, so that `keep` are left, that one among them; 0 keeps all."""
    kind = kind_of(manifest_of(newest) or {})
    manifests = {folder: manifest_of(folder) for folder in newest.parent.iterdir() if not folder.name.startswith(".")}
    alike = {folder: manifest for folder, manifest in manifests.items() if manifest and kind_of(manifest) == kind}
    for folder in too_many({folder: manifest for folder, manifest in alike.items() if folder != newest}, keep):
        gone = folder.with_name(f"{_GONE}{folder.name}")
        folder.rename(gone)
        shutil.rmtree(gone)


def kind_of(manifest: dict[str, Any]) -> tuple[Any, ...]:
    """Return what snapshots share that take each other's place: scope, format and audience."""
    return manifest.get("scope"), manifest.get("format"), manifest.get("audience")


def too_many(others: dict[Any, dict[str, Any]], keep: int) -> list[Any]:
    """Return which of the others must go, the oldest load first, so that with the newest `keep` are left; 0 keeps all."""
    by_age = sorted(others, key=lambda name: (others[name]["loaded_at"], str(name)))
    return by_age[: max(0, len(by_age) - keep + 1)] if keep else []


def _is_whole_and_alike(target: Path, built: Path) -> bool:
    names = {path.name for path in built.iterdir()}
    try:
        return {path.name for path in target.iterdir()} == names and all(
            (target / name).read_bytes() == (built / name).read_bytes() for name in names
        )
    except OSError:
        return False


def _exchange(built: Path, target: Path) -> None:
    """Swap two folders, so that at every moment one of them bears the name; a file system that cannot lets the old one step aside first."""
    one, other = os.fsencode(built), os.fsencode(target)
    system = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        failed = system.renamex_np(one, other, _SWAP)
    else:
        failed = system.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _SWAP)
    if not failed:
        return
    if (code := ctypes.get_errno()) not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        raise OSError(code, os.strerror(code))
    target.rename(target.with_name(f"{_GONE}{target.name}"))
    built.rename(target)
