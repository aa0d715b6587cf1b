"""A query of a user's own in a process of its own, which ends with the query: whatever it does, the one who asked goes on.

`ask` starts `python -m etl.ask`, and nobody else does. The order goes in as JSON; out come a line of JSON, which tells the answer or the
error, and the rows as Arrow IPC. The system kills the process where DuckDB lets itself neither be interrupted nor held to its memory.
"""

from __future__ import annotations

import io
import json
import math
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import polars as pl

from etl.confine import bare_environment, hold_to
from etl.errors import QueryError, QueryTooLarge, SameSideError, told
from etl.guard import Answer, Guard, Limits, too_big, too_slow

_ROOT: Final = Path(__file__).parent.parent
_GRACE_SECONDS: Final = 2  # for opening the file, and for an interrupt to be heeded
_AT_ONCE: Final = threading.BoundedSemaphore(2)


def ask(path: Path, text: str, limits: Limits) -> Answer:
    """Return the rows of a query of one published file, asked through the guard. May be called from several threads.

    Raises QueryRefused, QueryTooLarge and QueryError as `Guard.ask`, and DatabaseError as `Guard`.
    """
    if not _AT_ONCE.acquire(timeout=limits.seconds):
        raise QueryTooLarge("others are asking just now", expected="two queries at once", todo="Try again in a moment.")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "etl.ask"],
            input=json.dumps({"path": str(path.resolve()), "text": text, "limits": asdict(limits)}).encode(),
            stdout=subprocess.PIPE,
            env=bare_environment(_ROOT),
            check=False,
        )
    finally:
        _AT_ONCE.release()
    said, _, rows = done.stdout.partition(b"\n")
    if done.returncode == -signal.SIGALRM:
        raise too_slow(limits)
    if done.returncode or not said:
        raise too_big(limits)
    answer = json.loads(said)
    if "error" in answer:
        raise told(answer["error"])
    return Answer(pl.read_ipc(io.BytesIO(rows)), is_cut=answer["is_cut"])


def main() -> None:
    """Answer the one query on stdin."""
    order = json.load(sys.stdin)
    limits = Limits(**order["limits"])
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.alarm(math.ceil(limits.seconds) + _GRACE_SECONDS)
    hold_to(limits.memory, file_size=0)
    said, rows = _answered(Path(order["path"]), order["text"], limits)
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + rows)
    sys.stdout.buffer.flush()


def _answered(path: Path, text: str, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Return what is said of a query, and its rows."""
    try:
        answer = Guard(path, limits).ask(text)
    except SameSideError as error:
        return {"error": error.parts}, b""
    except MemoryError:
        return {"error": too_big(limits).parts}, b""
    except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked is told
        return {"error": QueryError("the query failed in a way that was not foreseen", str(error), todo="Ask in another way.").parts}, b""
    rows = io.BytesIO()
    answer.frame.write_ipc(rows)
    return {"is_cut": answer.is_cut}, rows.getvalue()


if __name__ == "__main__":
    main()
