"""What a load would change, before anything is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from etl.difference import FIGURES, difference, settings_that_differ, side_of_database
from etl.errors import SameSideError
from etl.load import Report
from etl.publish import LINK
from etl.queries import Database, Scope
from etl.report import report_lines

_HISTORY = """
    select
        (select count(*) from raw.field_changes) as fields,
        (select count(*) from raw.stage_changes) as stages,
        (select count(*) from raw.owner_changes) as owners
"""


def preview_lines(report: Report, folder: Path) -> list[str]:
    """Return the account of a load that is not published: what it would do, and what would move in a folder's database."""
    first, *lines = report_lines(report)
    return [f"would have {first}", *lines, *_moved_lines(Database(report.database), folder), "dry run: nothing was changed"]


def _moved_lines(after: Database, folder: Path) -> Iterator[str]:
    if not (folder / LINK).exists():
        yield "  it would be the first load into this folder"
        return
    try:
        before = Database.of_folder(folder)
    except SameSideError as error:
        yield f"  what would move cannot be told: {error.what}"
        return
    now, then = after.sql(_HISTORY).row(0, named=True), before.sql(_HISTORY).row(0, named=True)
    for name in now:
        yield f"  history of {name}: {now[name]:,} rows, {then[name]:,} before"
    sides = side_of_database(before, Scope()), side_of_database(after, Scope())
    yield from (f"  setting changed: {setting}" for setting in settings_that_differ(*sides))
    whole = difference(*sides)
    for figure in FIGURES:
        rows = whole.filter(figure=figure)
        values = (rows.filter(reason=at)["figure_value"][0] for at in ("before", "after"))
        old, new = (_told(figure, value) for value in values)
        yield f"  {figure.replace('_', ' ')}: {old}, would be {new}" if old != new else f"  {figure.replace('_', ' ')}: {old}, as before"
    reasons = whole.filter((pl.col("figure") == FIGURES[0]) & ~pl.col("reason").is_in(["before", "after"]) & (pl.col("deals") > 0))
    for row in reasons.iter_rows(named=True):
        yield f"  {row['deals']:,} deals would count otherwise: {row['reason']}"


def _told(figure: str, value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if figure.endswith(("deals", "won")) else f"{100 * value:.1f}%" if "rate" in figure else f"{value:g}"
