"""Adoption over time: the share of deals that are customer-focused, by the quarter in which they were created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import TOO_FEW, Picture
from dashboard.wording.team import name_of

TITLE = "Adoption over time"
ALL = "All deals"
SO_FAR = "so far"
TEAMS = "Adoption by team"
TEAMS_INTRO = "Each team's share by the quarter of creation, on one scale. In grey, all deals. A cross at the foot: too few deals."
_MOST_TEAMS = 12


@dataclass(frozen=True, slots=True)
class Point:
    """A quarter: its place on the axis, and the share in per cent with its interval; without a share too few deals."""

    place: int
    quarter: str
    share: float | None
    low: float | None
    high: float | None
    is_over: bool
    hover: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The quarters of all deals, or of a team; `label` stands at the last quarter that has a share."""

    name: str
    points: tuple[Point, ...]
    label: str


def quarters(whole: pl.DataFrame) -> list[str]:
    """Return the names of all quarters, in order; `whole` is metrics.adoption of all deals."""
    return whole["quarter"].to_list()


def lines(adoption: pl.DataFrame, names: Sequence[str], what: str = "team") -> list[Line]:
    """Return a line for each value of a dimension of metrics.adoption, those with the most deals first; no more than twelve."""
    grouped = adoption.group_by("by_value").agg(pl.col("deals").sum()).sort(["deals", "by_value"], descending=[True, False])
    places = {name: place for place, name in enumerate(names)}
    return [_line(value, adoption.filter(by_value=value), places, what) for value in grouped["by_value"].to_list()[:_MOST_TEAMS]]


def _line(value: str, rows: pl.DataFrame, places: Mapping[str, int], what: str) -> Line:
    points = tuple(_point(row, places[row["quarter"]]) for row in rows.iter_rows(named=True))
    last = next((row for row in reversed(rows.to_dicts()) if row["deals"] >= FEW_DEALS), None)
    label = "" if last is None else f"{rounding.percent(last['share'])}{'' if last['is_over'] else f' {SO_FAR}'}"
    return Line(ALL if value == "all" else name_of(value, what), points, label)


def _point(row: Mapping[str, Any], place: int) -> Point:
    counted = rounding.of(row["customer_deals"], row["deals"])
    so_far = "" if row["is_over"] else f", {SO_FAR}"
    unknown = (f"Timing unknown: {rounding.count(row['deals_unknown'], 'deal')}",) if row["deals_unknown"] else ()
    if row["deals"] < FEW_DEALS:
        hover = (f"{row['quarter']}{so_far}", f"{TOO_FEW}: {counted} customer-focused", *unknown)
        return Point(place, row["quarter"], None, None, None, row["is_over"], hover)
    share, low, high = (100 * row[name] for name in ("share", "low", "high"))
    hover = (
        f"{row['quarter']}{so_far}",
        f"{rounding.percent(row['share'], 0.1)} customer-focused ({counted})",
        f"95% interval: {_ends(row)}",
        *unknown,
    )
    return Point(place, row["quarter"], share, low, high, row["is_over"], hover)


def _ends(row: Mapping[str, Any]) -> str:
    return rounding.between(*(rounding.percent(row[end], 0.1) for end in ("low", "high")))


def tick(value: float) -> str:
    """Return a tick of the share."""
    return rounding.percent(value / 100)


def picture(adoption: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the line of all deals."""
    day = terms.landmark_day
    intro = (
        f"Share of deals that were customer-focused at the end of day {day}, by the quarter in which they were created. "
        "Deals too young to be won or lost are in too."
    )
    rows = list(adoption.iter_rows(named=True))
    told = tuple(f"{row['quarter']}: {_told(row)}." for row in rows)
    in_a_line = f"{TITLE}: {' '.join(told)}"
    if not any(row["deals"] >= FEW_DEALS for row in rows):
        counted = rounding.count(int(adoption["deals"].sum()), "deal")
        told = (f"Too few to say: {counted} past day {day}; a quarter takes {FEW_DEALS} for a share.",)
    return Picture("adoption", TITLE, intro, in_a_line, told, _table(rows))


def is_drawn(line: Line) -> bool:
    """Return whether any quarter has deals enough for a share."""
    return any(point.share is not None for point in line.points)


def team_lines(adoption: pl.DataFrame, names: Sequence[str]) -> list[Line]:
    """Return the lines of teams with a quarter that has deals enough; none where there are not two teams."""
    drawn = [line for line in lines(adoption, names) if is_drawn(line)]
    return drawn if adoption["by_value"].n_unique() > 1 else []


def alt(line: Line) -> str:
    """Return a team's panel in a line, for those who cannot see it."""
    told = [f"{point.quarter} {point.hover[1]}" for point in line.points]
    return f"{line.name}: {'; '.join(told)}."


def _told(row: Mapping[str, Any]) -> str:
    counted = rounding.of(row["customer_deals"], row["deals"])
    so_far = "" if row["is_over"] else f", {SO_FAR}"
    if row["deals"] < FEW_DEALS:
        return f"{TOO_FEW} ({counted}{so_far})"
    return f"{rounding.percent(row['share'])} ({counted}{so_far}; 95% interval {_ends(row)})"


def _table(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Created in": row["quarter"] + ("" if row["is_over"] else f", {SO_FAR}"),
                "Customer-focused": TOO_FEW if row["deals"] < FEW_DEALS else rounding.percent(row["share"], 0.1),
                "Deals": rounding.of(row["customer_deals"], row["deals"]),
                "95% interval": "–" if row["deals"] < FEW_DEALS else _ends(row),
                "Timing unknown": rounding.whole(row["deals_unknown"]),
            }
            for row in rows
        ]
    )
