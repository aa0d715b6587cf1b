"""DuckDB's own command line on a published file: read-only, and in its safe mode unless it is trusted."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from etl.errors import UsageError
from etl.sqltext import literal

_PROGRAM = "duckdb"


def shell(path: Path, memory: str, *, trusted: bool) -> int:
    """Run the shell until its user leaves it, and return its exit code; raises UsageError where it is not installed.

    Safe mode shuts off files, network, extensions, attaching and the system's shell, and locks the settings. A query that takes too long
    is ended with Ctrl-C.
    """
    safe = [] if trusted else ["-cmd", f"set memory_limit = {literal(memory)}", "-cmd", ".safe_mode"]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the shell's: it stops a query there
    try:
        return subprocess.call([_program(), "-readonly", "-no-init", str(path), *safe], preexec_fn=_listens)  # noqa: S603 - before exec
    finally:
        signal.signal(signal.SIGINT, before)


def _listens() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _program() -> str:
    """Return where DuckDB's command line is: beside this Python, else wherever the system finds it."""
    found = shutil.which(_PROGRAM, path=str(Path(sys.executable).parent)) or shutil.which(_PROGRAM)
    if found is None:
        raise UsageError(
            "DuckDB's command line is not installed",
            where=f"{_PROGRAM}: neither beside Python nor on the path",
            expected="the optional part of Same Side for an interactive shell",
            todo="Install it: pip install 'sameside[shell]', or pip install duckdb-cli. Without it: sameside sql QUERY.",
        )
    return found
