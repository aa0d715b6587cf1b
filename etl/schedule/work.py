"""The process that does one scheduled job: `python -m etl.schedule.work`, started by `etl.schedule.runner` and by nobody else.

The order comes as one line of JSON on stdin, which stays open while the scheduler lives; what came of it goes to stdout as one line:
{"found": …} or {"error": kind}. The kind alone, as a message may quote a deal. SIGTERM ends it, and what it had begun is cleared away.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl

from etl.audit import os_user, record
from etl.config import find_config, load_config
from etl.confine import end_with_the_other
from etl.export import export
from etl.load import Request, load
from etl.mapping import load_mapping
from etl.publish import current
from etl.queries import Database, Scope


def main() -> None:
    """Carry out one order."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the scheduler's to hear
    order = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else prints does not come between
    end_with_the_other(signal.SIGTERM)
    out.write(json.dumps(carried_out(order)) + "\n")
    out.flush()


def carried_out(order: dict[str, Any]) -> dict[str, Any]:
    """Return what came of an order, as it is told."""
    try:
        return {"found": _JOBS[order["job"]](order)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the scheduler is told its kind, and goes on
        return {"error": type(error).__name__}


def _load(order: dict[str, Any]) -> dict[str, Any]:
    """Load what is scheduled, with the settings as they are now, and return what is published then."""
    folder = Path(order["folder"])
    settings = Path(order["settings"]) if order["settings"] else find_config(Path.cwd(), folder)
    config = load_config(settings)
    mapping = load_mapping(Path(config.schedule.mapping)) if config.schedule.mapping else None
    report = load(Request(tuple(map(Path, config.schedule.inputs)), folder, config, mapping))
    record(folder, "loaded", os_user(), by="schedule", load_id=report.load_id, is_new=report.is_new)
    return _found(folder)


def _found(folder: Path) -> dict[str, Any]:
    """Return the verdict of the first page on all deals, in the words of the dashboard, and how many the latest exports hold."""
    from streamlit.logger import set_log_level  # noqa: PLC0415

    set_log_level("error")  # it finds that no server runs, as is meant
    from dashboard import rounding  # noqa: PLC0415
    from dashboard.data import Data  # noqa: PLC0415
    from dashboard.wording.verdict import verdict  # noqa: PLC0415

    opened, scope = Data(str(current(folder))), Scope()
    rounding.write_as(opened.settings()["locale"])
    deals = opened.deals(scope)
    said = verdict(opened.verdict(scope), opened.evidence_ladder(scope), opened.alike(scope), opened.terms(scope), deals)
    sources = opened.sources()  # deals that the latest exports lack are kept, and would hide that an export is not whole
    held = int(sources.select((pl.col("deals") - pl.col("missing")).sum()).item())
    return {"load_id": Database.of_folder(folder).load_id, "deals": held, "verdict": said.in_a_word, "sentence": said.sentence}


def _export(order: dict[str, Any]) -> None:
    """Write a snapshot, and remove the oldest where there are more than are kept."""
    folder = Path(order["folder"])
    database = Database.of_folder(folder)
    place = export(database, Path(order["snapshots"]), Scope(), keep=order["keep"])
    record(folder, "exported", os_user(), by="schedule", to=str(place), load_id=database.load_id)


_JOBS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]]] = {"load": _load, "export": _export}


if __name__ == "__main__":
    main()
