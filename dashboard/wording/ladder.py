"""The evidence ladder: the gap in win rate as a claim, and what is left of it step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording.common import CUSTOMER, SELLER, TOO_FEW, counts, interval, is_few, rate

TITLE = "From claim to evidence"
INTRO = (
    "The gap in win rate between the two groups. Each step takes out one reason for it that has nothing to do with how the deal was sold."
)
AXIS = "Gap in win rate, in points"
IN_WORDS = "The same in words and as a table"

_LAST = 4
_NEEDS_HISTORY = (3, 4)
_STEPS = {
    1: ("As the CRM reports it", "any text in the field today counts"),
    2: ("Junk answers out", "placeholders and pasted texts do not count"),
    3: ("Late answers out", "answers written before the close only"),
    4: ("At equal deal age", "answers written by day {day} only"),
}
_TO_COME = (
    ("Like for like", "not computed in this version"),
    ("Beyond tidy record-keeping", "not computed in this version"),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """A row of the picture. Gap, low and high are in points; without a gap the note says why."""

    title: str
    note: str
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    label: str = ""
    deals: str = ""
    hover: tuple[str, ...] = ()
    is_last: bool = False


def rungs(ladder: pl.DataFrame, terms: Terms) -> list[Rung]:
    """Return the rows of the picture: the steps of the ladder, and those to come."""
    made: list[Rung] = []
    for row in ladder.iter_rows(named=True):
        before = next((rung.gap for rung in reversed(made) if rung.gap is not None), None)
        made.append(_rung(row, before, terms))
    return [*made, *(Rung(title, note) for title, note in _TO_COME)]


def _rung(row: Mapping[str, Any], before: float | None, terms: Terms) -> Rung:
    title, what = _STEPS[row["step"]]
    if row["step"] in _NEEDS_HISTORY and not terms.has_field_history:
        return Rung(title, "needs field history")
    if is_few(row):
        groups = f"{row['customer_deals']:,} {CUSTOMER.lower()}, {row['seller_deals']:,} {SELLER.lower()}"
        return Rung(title, f"{TOO_FEW} to say: {groups}")
    gap, low, high = (None if row[name] is None else 100 * row[name] for name in ("difference", "low", "high"))
    note = what.format(day=terms.landmark_day)
    return Rung(
        title,
        note if before is None or gap is None else f"{_change(before, gap)}: {note}",
        gap,
        low,
        high,
        label=_label(row),
        deals=rounding.count(row["customer_deals"] + row["seller_deals"], "deal"),
        hover=_hover(title, row),
        is_last=row["step"] == _LAST,
    )


def _change(before: float, gap: float) -> str:
    """Return what a step changed: between the gaps as they are shown, so that the figures on the page add up."""
    change = _shown(gap) - _shown(before)
    return rounding.points(change / 100, signed=True) if change else "no change"


def _shown(gap: float) -> int:
    return int(rounding.number(gap).replace("−", "-"))


def _label(row: Mapping[str, Any]) -> str:
    step = rounding.points_step(row["low"], row["high"])
    gap = rounding.number(100 * row["difference"], step, signed=True)
    return gap if row["low"] is None else f"{gap} ({interval(row, step)})"


def _hover(title: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    groups = ((CUSTOMER, "customer"), (SELLER, "seller"))
    ends = [] if row["low"] is None else [f"95% interval: {interval(row, 0.1)}"]
    return (
        title,
        *(f"{name}: {rate(row, group, 0.1)}" for name, group in groups),
        f"Gap: {rounding.points(row['difference'], 0.1, signed=True)}",
        *ends,
        f"Not used: {rounding.count(row['deals_left_out'], 'deal')} in scope",
    )


def tick(value: int) -> str:
    """Return a tick of the axis."""
    return rounding.number(value, signed=True)


def sentences(ladder: pl.DataFrame, terms: Terms) -> list[str]:
    """Return the picture in words, a sentence a row."""
    return [_sentence(rung) for rung in rungs(ladder, terms)]


def _sentence(rung: Rung) -> str:
    if rung.gap is None:
        return f"{rung.title}: {rung.note}."
    return f"{rung.title}: a gap of {rung.label} points over {rung.deals}; {rung.note}."


def alt(ladder: pl.DataFrame, terms: Terms) -> str:
    """Return the picture in a line, for those who cannot see it."""
    drawn = [f"{rung.title} {rung.label}" for rung in rungs(ladder, terms) if rung.gap is not None]
    if not drawn:
        return "No step has enough deals to show a gap."
    return f"Gap in win rate in points, step by step: {'; '.join(drawn)}."


_COLUMNS = ("Step", CUSTOMER, SELLER, "Gap", "95% interval", "Deals used", "Not used")


def table(ladder: pl.DataFrame) -> pl.DataFrame:
    """Return the steps that have deals as a table to read, to a tenth of a point."""
    rows = [_table_row(row) for row in ladder.iter_rows(named=True) if row["customer_deals"] + row["seller_deals"]]
    return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _table_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    few = is_few(row)
    return (
        f"{row['step']} {_STEPS[row['step']][0]}",
        *(counts(row, group) if few else rate(row, group, 0.1) for group in ("customer", "seller")),
        TOO_FEW if few else rounding.points(row["difference"], 0.1, signed=True),
        "–" if few or row["low"] is None else interval(row, 0.1),
        f"{row['customer_deals'] + row['seller_deals']:,}",
        f"{row['deals_left_out']:,}",
    )
