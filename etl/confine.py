"""A process that works on what strangers gave is held to limits that the system itself keeps."""

from __future__ import annotations

import os
import resource
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

_BESIDES_MEMORY_LIMIT: Final = 2 * 2**30
_PER_THREAD: Final = 2**28
_NEEDED: Final = frozenset({"HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "PATH", "TEMP", "TMP", "TMPDIR", "TZ", "VIRTUAL_ENV"})
_NEEDED_BEGINNINGS: Final = ("DYLD_", "LC_", "PYTHON")
_UNITS: Final = {"MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}


def bare_environment(root: Path) -> dict[str, str]:
    """Return the environment of a process of ours below `root` that is to know no secret of this one: what it needs to run, and no more."""
    kept = {name: value for name, value in os.environ.items() if name in _NEEDED or name.startswith(_NEEDED_BEGINNINGS)}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))}


def hold_to(memory_limit: str, file_size: int) -> None:
    """Hold this process to an address space somewhat beyond DuckDB's own limit, such as 4GB, and its files to a size in bytes."""
    number, unit = memory_limit.rstrip("MGiB ").strip(), memory_limit.lstrip("0123456789. ")
    most = int(float(number) * _UNITS[unit]) + _BESIDES_MEMORY_LIMIT + _PER_THREAD * (os.cpu_count() or 1)
    for kind, size in ((resource.RLIMIT_AS, most), (resource.RLIMIT_FSIZE, file_size), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space; DuckDB keeps to its own all the same
            resource.setrlimit(kind, (size, size))


def end_with_the_other(by: signal.Signals) -> None:
    """End this process by a signal as soon as the one who gave the order closes stdin, or dies: then nobody wants the result any more."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 1):
                pass
        os.kill(os.getpid(), by)

    threading.Thread(target=wait, daemon=True).start()
