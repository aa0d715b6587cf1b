"""Won, lost and still open by deal age: three small charts, and the marked ages below them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import CUSTOMER, SELLER, TOO_FEW, Picture

STATES = {"won": "Won", "lost": "Lost", "open": "Still open"}
AXIS = "Deal age in days"
MARKS = ("Age", "Customer", "Seller", "Gap in points")

_TITLE = "Won, lost and still open by deal age"
_NONE = "–"
_GROUPS: dict[str, Literal["customer", "seller"]] = {"customer-focused": "customer", "seller-focused": "seller"}
_NAMES = {"customer": CUSTOMER, "seller": SELLER}
_COLUMNS = ("Share", "Deal age", CUSTOMER, SELLER, "Gap", "95% interval of the gap")


@dataclass(frozen=True, slots=True)
class Curve:
    """A group's share by deal age: days since creation, per cent with the ends of the band, what a day says, and the last value."""

    group: Literal["customer", "seller"]
    name: str
    days: tuple[int, ...]
    shares: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    hover: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A small chart: its state and heading, the days from which and to which it is drawn, its curves, and the chart in a line.

    note says which group has no curve, and why; marks is a small table of the marked ages, its header first.
    """

    state: str
    title: str
    first_day: int
    last_day: int
    curves: tuple[Curve, ...]
    note: str
    alt: str
    marks: tuple[tuple[str, ...], ...]


def panels(curves: pl.DataFrame, marked: pl.DataFrame, terms: Terms) -> list[Panel]:
    """Return a chart for each state from metrics.curves and metrics.curve_at; none where both groups have too few deals."""
    groups = [focus for focus, deals in _deals(curves).items() if deals >= FEW_DEALS]
    if not groups:
        return []
    first, last = terms.landmark_day, terms.landmark_day + terms.horizon_days
    made = []
    for state, title in STATES.items():
        drawn = tuple(_curve(curves.filter(focus=focus).sort("day"), state, focus, terms) for focus in groups)
        ends = ", ".join(f"{curve.name} {curve.label}" for curve in drawn)
        alt = f"{title} by deal age, at the end: {ends}."
        made.append(Panel(state, title, first, last, drawn, _missing(curves), alt, _marks(marked, state, groups, terms)))
    return made


def _deals(curves: pl.DataFrame) -> dict[str, int]:
    """Return how many deals each group was seen with."""
    return {focus: curves.filter(focus=focus)["at_risk"].max() or 0 for focus in _GROUPS}  # type: ignore[misc]


def _missing(curves: pl.DataFrame) -> str:
    few = [f"{_NAMES[_GROUPS[focus]]}: {TOO_FEW} ({rounding.count(n, 'deal')})" for focus, n in _deals(curves).items() if n < FEW_DEALS]
    return "; ".join(few)


def _curve(rows: pl.DataFrame, state: str, focus: str, terms: Terms) -> Curve:
    """Return a curve up to the horizon: level where nothing changes any more, and cut off where no deal was seen for so long."""
    seen = [row for row in rows.filter(state=state).iter_rows(named=True) if row["day"] <= terms.horizon_days]
    is_known_on = rows["day"][-1] > terms.horizon_days or rows.filter(state="open")["share"][-1] == 0
    if seen[-1]["day"] < terms.horizon_days and is_known_on:
        seen.append(seen[-1] | {"day": terms.horizon_days})
    ends = [[100 * (row[end] if row[end] is not None else row["share"]) for row in seen] for end in ("low", "high")]
    group = _GROUPS[focus]
    return Curve(
        group,
        _NAMES[group],
        tuple(terms.landmark_day + row["day"] for row in seen),
        tuple(100 * row["share"] for row in seen),
        tuple(ends[0]),
        tuple(ends[1]),
        tuple(_hover(row, group) for row in seen),
        rounding.percent(seen[-1]["share"]),
    )


def _hover(row: Mapping[str, Any], group: str) -> str:
    ends = "" if row["low"] is None else f" (95% interval {_between(row, 0.1)})"
    return f"{_NAMES[group]}: {rounding.percent(row['share'], 0.1)}{ends}"


def _between(row: Mapping[str, Any], step: float) -> str:
    return rounding.between(*(rounding.number(100 * row[end], step) for end in ("low", "high")))


def _at(marked: pl.DataFrame, state: str, day: int) -> dict[str, dict[str, Any]]:
    rows = marked.filter(figure=state, day=day).iter_rows(named=True)
    return {row["focus"]: row for row in rows}


def _days(marked: pl.DataFrame) -> list[int]:
    return sorted(marked["day"].unique().to_list())


def _gap(row: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return a gap in points and its interval, as they are shown together."""
    if row is None:
        return _NONE, ""
    step = rounding.points_step(row["low"], row["high"])
    ends = "" if row["low"] is None else _between(row, step)
    return rounding.number(100 * row["estimate"], step, signed=True), ends


def _marks(marked: pl.DataFrame, state: str, groups: Iterable[str], terms: Terms) -> tuple[tuple[str, ...], ...]:
    """Return share of each group and gap at the marked ages; a group with too few deals has neither."""
    told = set(groups)
    lines: list[tuple[str, ...]] = [MARKS]
    for day in _days(marked):
        at = {focus: row for focus, row in _at(marked, state, day).items() if focus in told or (focus == "difference" and len(told) > 1)}
        shares = (rounding.percent(at[focus]["estimate"]) if focus in at else _NONE for focus in _GROUPS)
        gap, ends = _gap(at.get("difference"))
        lines.append((f"{rounding.on_day(terms.landmark_day + day)}", *shares, f"{gap} ({ends})" if ends else gap))
    return tuple(lines)


def picture(made: Iterable[Panel], curves: pl.DataFrame, marked: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the three charts."""
    shown = list(made)
    few = f" {shown[0].note}." if shown and shown[0].note else ""
    deals = sum(_deals(curves).values())
    intro = (
        f"All {rounding.whole(deals)} deals that were open at the end of day {terms.landmark_day}, the young ones for as long as they were "
        "seen, "
        f"by days since creation. Bands are 95% intervals at each day; the groups are as observed, not made alike.{few}"
    )
    sentences = tuple(line for panel in shown for line in _sentences(panel, terms)) or (f"Too few deals for a curve: {_missing(curves)}.",)
    told = [curve.group for curve in shown[0].curves] if shown else []
    groups = [focus for focus, group in _GROUPS.items() if group in told]
    return Picture("curves", _TITLE, intro, " ".join(panel.alt for panel in shown), sentences, _table(marked, groups, terms))


def _sentences(panel: Panel, terms: Terms) -> list[str]:
    last = terms.landmark_day + terms.horizon_days
    shares = ", ".join(f"{curve.label} of the {curve.name.lower()} deals" for curve in panel.curves)
    return [f"{panel.title} at the end of day {last}, or of the last day seen: {shares}."]


def _table(marked: pl.DataFrame, groups: Iterable[str], terms: Terms) -> pl.DataFrame:
    """Return the marked ages as a table to read, to a tenth of a point."""
    told = set(groups)
    rows = [
        _table_row(title, _at(marked, state, day), day, told, terms)
        for state, title in STATES.items()
        for day in (_days(marked) if told else [])
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _table_row(title: str, at: Mapping[str, Mapping[str, Any]], day: int, told: set[str], terms: Terms) -> tuple[str, ...]:
    gap = at.get("difference") if len(told) > 1 else None
    return (
        title,
        rounding.on_day(terms.landmark_day + day),
        *(_share(at[focus]) if focus in at and focus in told else _NONE for focus in _GROUPS),
        _NONE if gap is None else rounding.points(gap["estimate"], 0.1, signed=True),
        _NONE if gap is None or gap["low"] is None else _between(gap, 0.1),
    )


def _share(row: Mapping[str, Any]) -> str:
    share = rounding.percent(row["estimate"], 0.1)
    return share if row["low"] is None else f"{share} ({_between(row, 0.1)})"
