"""The process that reads what visitors hand in: `python -m etl.worker`, started by `etl.jobs` and by nobody else.

The order comes as one line of JSON on stdin, which stays open while the one who gave it lives; what becomes of it goes to stdout, a line
of JSON each: {"step": …}, and at last {"result": …} or {"error": …}. Whatever a file does to this process, the one that serves the
dashboard goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TextIO

from etl.config import FILE_NAME, load_config
from etl.confine import end_with_the_other, hold_to
from etl.errors import DataError, SameSideError
from etl.load import LOAD_STEPS, Request, load
from etl.mapping import load_mapping
from etl.propose import propose
from etl.read import Export
from etl.report import report_lines
from etl.troubles import told
from etl.unpack import MAX_EXPANDED

Step = Callable[[str], None]
Order = dict[str, Any]

_NICENESS: Final = 5


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else prints does not come between
    end_with_the_other(signal.SIGKILL)
    os.nice(_NICENESS)
    _tell(out, **_carried_out(order, lambda step: _tell(out, step=step)))


def _carried_out(order: Order, step: Step) -> dict[str, Any]:
    """Return result or error of an order, as they are told."""
    try:
        with told("reading the files failed", Path(order["folder"])):
            return {"result": _VERBS[order["verb"]](order, step)}
    except SameSideError as error:
        return {"error": error.parts}
    except Exception:  # noqa: BLE001 - whatever it is, the visitor is told that it was, and the log what
        traceback.print_exc()
        return {"error": unforeseen().parts}


def unforeseen() -> SameSideError:
    """Return what is said where nobody thought of what happened."""
    return DataError(
        "reading the files failed in a way that was not foreseen",
        todo="Nothing was changed. The log of the dashboard says more; `sameside load` on the command line shows it too.",
    )


def _examine(order: Order, step: Step) -> dict[str, Any]:
    step(LOAD_STEPS[0])
    request, work = _request(order), Path(order["work"])
    try:
        return asdict(propose(request, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _load(order: Order, step: Step) -> dict[str, Any]:
    request = _request(order)
    report = load(request, step)
    if order["settings"] and order["keeps_settings"]:
        _keep(Path(order["settings"]), request.folder / FILE_NAME)
    return {"lines": report_lines(report), "load_id": report.load_id, "is_new": report.is_new}


_VERBS: Final[dict[str, Callable[[Order, Step], dict[str, Any]]]] = {"examine": _examine, "load": _load}


def _request(order: Order) -> Request:
    """Return what is to be loaded, once this process is held to the memory that its settings allow."""
    config = load_config(Path(order["settings"]) if order["settings"] else None)
    hold_to(config.storage.memory_limit, MAX_EXPANDED)
    inputs = tuple(Export(name, Path(path)) for name, path in order["inputs"])
    mapping = load_mapping(Path(order["mapping"])) if order["mapping"] else None
    return Request(inputs, Path(order["folder"]), config, mapping, is_partial=order["is_partial"], anew=order["anew"])


def _keep(settings: Path, path: Path) -> None:
    """Put the settings of a load beside the database, in one step; the copy lies in the upload, which is swept."""
    beside = settings.with_name("kept.toml")
    shutil.copyfile(settings, beside)
    beside.replace(path)


def _tell(out: TextIO, **said: Any) -> None:
    out.write(json.dumps(said) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
