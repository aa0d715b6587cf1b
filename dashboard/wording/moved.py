"""Why figures moved since an earlier version of the data, reason by reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.wording.common import listed
from dashboard.wording.table import Kind, Table, made

TITLE = "What changed since an earlier load"
INTRO = (
    "The win rates at equal deal age, counted by deals, taken from the earlier load to this one, one reason at a time. The parts add up to "
    "the change; those of rates hang on the order of the reasons, which is that of the rows."
)
CHOOSE = "Compare with"

_STEP = 0.1
_REASONS = {
    "before": "Before",
    "came": "Deals that came",
    "became old enough": "Deals that became old enough",
    "late history": "History that came late: another tag",
    "re-tagged": "Tagged anew for other reasons",
    "changed outcome": "Another outcome",
    "other": "Other corrections, such as of dates",
    "went": "Deals that went",
    "after": "Now",
}
_COLUMNS = {
    "customer_win_rate": "Customer-focused",
    "seller_win_rate": "Seller-focused",
    "win_rate_difference": "Difference",
}


def name(earlier: Mapping[str, Any]) -> str:
    """Return an earlier load in words: the day of its export, and when it was loaded."""
    loaded = earlier["loaded_at"]
    return f"Export of {rounding.day(earlier['as_of'])}, loaded {rounding.day(loaded.date())} at {loaded:%H:%M} UTC"


def told(moved: pl.DataFrame, settings: Sequence[str]) -> str:
    """Return how the difference moved, the reason that moved it most, and what cannot be told from the deals."""
    rows = {row["reason"]: row for row in moved.filter(figure="win_rate_difference").iter_rows(named=True)}
    before, after = rows["before"]["figure_value"], rows["after"]["figure_value"]
    if before is None or after is None:
        sentence = "One of the two loads has no deals of both groups to compare."
    else:
        change = f"The difference in win rate went from {_signed(before)} to {_signed(after)}: {_signed(after - before)}."
        sentence = f"{change}{_most(rows)}{_alike(moved)}"
    return f"{sentence} Settings differ, which moves tags and parts too: {listed(list(settings))}." if settings else sentence


def _most(rows: Mapping[str, Mapping[str, Any]]) -> str:
    parts = {reason: row["change"] for reason, row in rows.items() if reason not in ("before", "after") and row["change"]}
    if not parts:
        return " No deal counts other than before."
    reason = max(parts, key=lambda each: abs(parts[each]))
    deals = rounding.count(rows[reason]["deals"], "deal")
    return f" Most of it: {_REASONS[reason][0].lower()}{_REASONS[reason][1:]} ({_signed(parts[reason])}, {deals})."


def _alike(moved: pl.DataFrame) -> str:
    """Return how the like-for-like difference moved, which has no parts."""
    before, after = moved.filter(figure="like_for_like_difference")["figure_value"]
    if before is None or after is None:
        return ""
    return (
        f" Like for like it went from {_signed(before)} to {_signed(after)}; that has no parts, as each deal's weight hangs on all others."
    )


def table(moved: pl.DataFrame) -> Table:
    """Return a row per reason, between one for what was and one for what is: the deals, and the part of each figure in points."""
    rows = moved.filter(figure="win_rate_difference")
    columns: dict[str, tuple[Kind, pl.Series]] = {
        label: ("text", _cells(moved.filter(figure=figure))) for figure, label in _COLUMNS.items()
    }
    return made({"Reason": ("text", rows["reason"].replace(_REASONS)), "Deals": ("count", rows["deals"]), **columns})


def _cells(rows: pl.DataFrame) -> pl.Series:
    """Return the value in the first and last row, and the parts between them, as they are read."""
    cells = []
    for row in rows.iter_rows(named=True):
        is_value = row["reason"] in ("before", "after")
        value = row["figure_value"] if is_value else row["change"]
        is_share = is_value and row["figure"] != "win_rate_difference"
        is_still = row["deals"] == 0  # no part, rather than a part of nothing
        cells.append(None if value is None or is_still else rounding.percent(value, _STEP) if is_share else _signed(value))
    return pl.Series(cells, dtype=pl.String)


def _signed(value: float) -> str:
    return rounding.points(value, _STEP, signed=True)
