"""A snapshot: a dated folder of files of the public relations and metrics, with a manifest; whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl
from babel import Locale
from babel.numbers import get_decimal_symbol

from etl.csvtext import PLAIN, Style, breaks, to_csv
from etl.describe import dictionary_markdown
from etl.queries import DEFINITIONS, DIMENSIONS, Database, Scope
from etl.snapshots import MANIFEST, building, place, retire, write
from etl.troubles import told

Format = Literal["csv", "excel", "parquet"]
FORMS: tuple[Format, ...] = get_args(Format)

MARTS = (
    "deals",
    "deal_answers",
    "deal_friction",
    "stage_spells",
    "owner_spells",
    "amount_spells",
    "load_amounts",
    "loads",
    "rejects_by_reason",
    "columns_gone",
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

DEALS = "tagged_deals"
"""The file that says which deals the figures are of, and what they count there: what `etl.difference` compares."""

_GUARD = (
    "A text that a spreadsheet would take for a formula bears one leading apostrophe: those that begin with = + - @ (also full-width), "
    "a tab, a line break or an apostrophe, blanks aside. So does the part of a text behind {breaks}, where a cell would begin if the file "
    "were split wrongly. To get a text back, take away one apostrophe behind each {breaks} that has one, then one at the start. Numbers "
    "and dates are untouched."
)


@dataclass(frozen=True, slots=True)
class Form:
    """How the files of a snapshot are written: its format, and for `excel` the locale whose separators Excel expects."""

    format: Format = "csv"
    locale: str = "en_GB"

    @property
    def style(self) -> Style:
        """Return how CSV files are written. Excel needs the byte order mark, and `;` where the decimal point is a comma."""
        if self.format != "excel":
            return PLAIN
        has_comma = get_decimal_symbol(Locale.parse(self.locale)) == ","
        return Style(";" if has_comma else ",", "," if has_comma else ".", has_mark=True)

    @property
    def described(self) -> dict[str, Any]:
        """Return what a reader must know to read the files."""
        if self.format == "parquet":
            return {"format": "parquet"}
        style = self.style
        return {"format": self.format, "separator": style.separator, "decimal": style.decimal, "byte_order_mark": style.has_mark}


def export(database: Database, folder: Path, scope: Scope, form: Form | None = None, keep: int = 0) -> Path:
    """Write a snapshot of a database into `folder`, and return its path.

    It is named for the load id, and where scope, format or audience are chosen, their digest.
    The files appear at once, under their final name, when all of them are written and on disk. A snapshot that stands there already
    stays where it is the same, and is exchanged in one step where it is not. The same load, scope and format give the same bytes. Of
    those of this scope and format `keep` are left, 0 for all. Raises MachineError where the folder cannot be written.
    """
    form = form or Form()
    with told("the snapshot cannot be written", folder), building(folder) as work:
        target = folder / _name(database, scope, form)
        files = [_write(work, name, frame, form) for name, frame in _frames(database, scope)]
        files.append(write(work / "dictionary.md", dictionary_markdown(database).encode()))
        write(work / MANIFEST, (json.dumps(_manifest(database, scope, form, files), indent=2, default=_text) + "\n").encode())
        place(work, target)
        retire(target, keep)
    return target


def _frames(database: Database, scope: Scope) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each frame with the name of its file, without the ending."""
    yield DEALS, database.tagged_deals(scope)
    for mart in MARTS:
        yield mart, database.relation(mart)
    for figure in FIGURES:
        yield figure, getattr(database, figure)(scope)
    for dimension in ("question", *DIMENSIONS):
        yield f"effects_by_{dimension}", database.effects(scope, by=dimension)
    for dimension in ("all", *DIMENSIONS):
        yield f"win_rate_by_{dimension}", database.win_rate(scope, by=dimension)
        yield f"sales_cycle_by_{dimension}", database.sales_cycle(scope, by=dimension)
    yield "win_rate_by_created_quarter", database.win_rate(scope, by="created_quarter")
    held = database.verdict(scope)["strata"].to_list()[0]
    yield "log_rank_alike", database.log_rank(scope, strata=held)
    yield "like_for_like_same_owner", database.like_for_like(scope, strata=("owner",))
    for dimension in ("all", "team", "owner"):
        for figure in ("group_rates", "adoption", "late_answers"):
            yield f"{figure}_by_{dimension}", getattr(database, figure)(scope, by=dimension)
    for dimension in ("all", "owner", "question"):
        yield f"coaching_by_{dimension}", database.coaching_summary(scope, by=dimension)
    yield "suggested_settings", database.suggested_settings()
    yield "settings_log", database.settings_log()


def _name(database: Database, scope: Scope, form: Form) -> str:
    chosen = scope.described() | ({} if form.format == "csv" else form.described) | _whose(database)
    described = json.dumps(chosen, sort_keys=True, default=_text)
    return database.load_id if not chosen else f"{database.load_id}-{hashlib.sha256(described.encode()).hexdigest()[:8]}"


def _write(folder: Path, name: str, frame: pl.DataFrame, form: Form) -> dict[str, Any]:
    if form.format == "parquet":
        content = io.BytesIO()
        frame.write_parquet(content)
        return write(folder / f"{name}.parquet", content.getvalue()) | {"rows": frame.height}
    return write(folder / f"{name}.csv", to_csv(frame, form.style)) | {"rows": frame.height}


def _manifest(database: Database, scope: Scope, form: Form, files: list[dict[str, Any]]) -> dict[str, Any]:
    settings = database.settings()
    load = database.loads().row(0, named=True)
    return {
        "load_id": database.load_id,
        "loaded_at": load["loaded_at"],
        "as_of": settings["as_of"],
        "source": load["source"],
        "version": load["version"],
        **_whose(database),
        "scope": scope.described(),
        "definitions": {name: getattr(scope, name) or words[0] for name, words in DEFINITIONS.items()},
        "settings": settings,
        "format": form.described,
        "formula_guard": None if form.format == "parquet" else _GUARD.format(breaks=_told(form.style)),
        "files": files,
    }


def _whose(database: Database) -> dict[str, str]:
    """Return the audience that a database is of; nothing of the published one, which is everyone's."""
    return {"audience": database.audience} if database.audience else {}


def _told(style: Style) -> str:
    return f"{breaks(style)[0]}, tab or line break"


def _text(value: Any) -> str:
    """Return a day or a moment, UTC, as ISO 8601."""
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)
