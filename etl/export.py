"""A snapshot: a dated folder of CSV files of the public relations and metrics, with a manifest; whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.csvtext import to_csv
from etl.describe import dictionary_markdown
from etl.errors import DatabaseError
from etl.queries import DEFINITIONS, DIMENSIONS, Database, Scope

MARTS = (
    "deals",
    "deal_answers",
    "deal_friction",
    "stage_spells",
    "owner_spells",
    "amount_spells",
    "loads",
    "rejects_by_reason",
    "field_coverage",
)
"""The marts of a snapshot. They hold every deal; the scope narrows the metrics."""

FIGURES = (
    "headline",
    "verdict",
    "evidence_ladder",
    "like_for_like",
    "balance",
    "robustness",
    "sensitivity",
    "other_methods",
    "questions_jointly",
    "rate_ratio_over_time",
    "curves",
    "curve_at",
    "cycle_quantiles",
    "log_rank",
    "win_rate_by_answers",
    "answers_trend",
    "owner_rates",
    "fit_by_focus",
    "value_weighted",
    "friction",
    "mantel_haenszel",
    "simpson",
    "left_out",
    "crm_figures",
    "stage_times",
    "cycle_spread",
    "question_rates",
    "funnel_limits",
    "owner_spread",
    "coaching",
    "data_problems",
    "junk_answers",
    "suspected_duplicates",
)
"""The figures of a snapshot, by the methods of Database that give them."""

_GUARD = (
    "Text cells that begin with = + - @ (also full-width), a tab, a line break or an apostrophe bear one leading apostrophe; "
    "take exactly one off to get the text back. Numbers and dates are untouched."
)


def export(database: Database, folder: Path, scope: Scope) -> Path:
    """Write a snapshot of a database into `folder` and return its path, `folder/<load id>` and, for a narrowed scope, its digest.

    The files appear at once, under their final name, when all of them are written and on disk; a snapshot that exists already is
    replaced. The same load and scope give the same bytes. Raises DatabaseError where the folder cannot be written.
    """
    target = folder / _name(database, scope)
    building = folder / f".{target.name}.{os.getpid()}"
    try:
        building.mkdir(parents=True)
        files = [_write(building, name, frame) for name, frame in _frames(database, scope)]
        files.append(_write_text(building, "dictionary.md", dictionary_markdown(database)))
        _write_text(building, "manifest.json", json.dumps(_manifest(database, scope, files), indent=2, default=str) + "\n")
        _swap(building, target)
    except OSError as error:
        raise DatabaseError(
            f"the snapshot cannot be written: {error.strerror}",
            where=str(folder),
            todo="Name another folder, or make room.",
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _frames(database: Database, scope: Scope) -> Iterator[tuple[str, pl.DataFrame]]:
    for mart in MARTS:
        yield f"{mart}.csv", database.relation(mart)
    for figure in FIGURES:
        yield f"{figure}.csv", getattr(database, figure)(scope)
    for dimension in ("question", *DIMENSIONS):
        yield f"effects_by_{dimension}.csv", database.effects(scope, by=dimension)
    for dimension in ("all", *DIMENSIONS):
        yield f"win_rate_by_{dimension}.csv", database.win_rate(scope, by=dimension)
        yield f"sales_cycle_by_{dimension}.csv", database.sales_cycle(scope, by=dimension)
    yield "win_rate_by_created_quarter.csv", database.win_rate(scope, by="created_quarter")
    held = database.verdict(scope)["strata"].to_list()[0]
    yield "log_rank_alike.csv", database.log_rank(scope, strata=held)
    yield "like_for_like_same_owner.csv", database.like_for_like(scope, strata=("owner",))
    for dimension in ("all", "team", "owner"):
        for figure in ("group_rates", "adoption", "late_answers"):
            yield f"{figure}_by_{dimension}.csv", getattr(database, figure)(scope, by=dimension)
    for dimension in ("all", "owner", "question"):
        yield f"coaching_by_{dimension}.csv", database.coaching_summary(scope, by=dimension)
    yield "suggested_settings.csv", database.suggested_settings()
    yield "settings_log.csv", database.settings_log()


def _name(database: Database, scope: Scope) -> str:
    described = json.dumps(scope.described(), sort_keys=True, default=str)
    return database.load_id if described == "{}" else f"{database.load_id}-{hashlib.sha256(described.encode()).hexdigest()[:8]}"


def _write(folder: Path, name: str, frame: pl.DataFrame) -> dict[str, Any]:
    return _write_bytes(folder, name, to_csv(frame)) | {"rows": frame.height}


def _write_text(folder: Path, name: str, text: str) -> dict[str, Any]:
    return _write_bytes(folder, name, text.encode())


def _write_bytes(folder: Path, name: str, content: bytes) -> dict[str, Any]:
    with (folder / name).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _manifest(database: Database, scope: Scope, files: list[dict[str, Any]]) -> dict[str, Any]:
    settings = database.settings()
    load = database.loads().row(0, named=True)
    return {
        "load_id": database.load_id,
        "as_of": _day(settings["as_of"]),
        "source": load["source"],
        "version": load["version"],
        "scope": scope.described(),
        "definitions": {name: getattr(scope, name) or words[0] for name, words in DEFINITIONS.items()},
        "settings": settings,
        "formula_guard": _GUARD,
        "files": files,
    }


def _day(value: date) -> str:
    return value.isoformat()


def _swap(building: Path, target: Path) -> None:
    """Put the finished folder in place; an older one of the same name steps aside first and is then removed."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    building.rename(target)
    shutil.rmtree(old, ignore_errors=True)
