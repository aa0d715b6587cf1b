"""The funnel of reps: win rate against number of deals, and the limits that chance alone keeps to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import Picture
from dashboard.wording.team import NOBODY, name_of

TITLE = "Win rate of each rep, against chance"
X_AXIS = "Deals compared"

_PLACES = {
    "above 99.8%": "above 99.8 in 100 by chance",
    "above 95%": "above 95 in 100 by chance",
    "within": "within what chance gives",
    "below 95%": "below 95 in 100 by chance",
    "below 99.8%": "below 99.8 in 100 by chance",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A rep on the funnel: number of deals, win rate in per cent, and how far outside (0 within, 1 beyond 95, 2 beyond 99.8 in 100)."""

    name: str
    deals: int
    rate: float
    outside: Literal[0, 1, 2]
    is_few: bool
    hover: tuple[str, ...]


def spots(rates: pl.DataFrame) -> list[Spot]:
    """Return the reps of metrics.owner_rates, those farthest outside last, so that they are drawn on top."""
    return sorted((_spot(row) for row in rates.iter_rows(named=True)), key=lambda spot: spot.outside)


def _spot(row: Mapping[str, Any]) -> Spot:
    outside: Literal[0, 1, 2] = 0 if row["funnel"] == "within" or row["owner"] == NOBODY else 2 if "99.8" in row["funnel"] else 1
    hover = (
        name_of(row["owner"]),
        f"Won: {rounding.percent(row['win_rate'], 0.1)} ({rounding.of(row['won'], row['deals'])})",
        f"95% interval: {_between(row, 'low', 'high')}",
        f"95 in 100 by chance: {_between(row, 'funnel_low_95', 'funnel_high_95')}",
        _PLACES[row["funnel"]].capitalize(),
    )
    return Spot(name_of(row["owner"]), row["deals"], 100 * row["win_rate"], outside, row["deals"] < FEW_DEALS, hover)


def _between(row: Mapping[str, Any], low: str, high: str) -> str:
    return rounding.between(*(rounding.percent(row[name], 0.1) for name in (low, high)))


def whole_label(rates: pl.DataFrame) -> str:
    """Return what stands at the line of all deals."""
    return f"all {rounding.percent(rates['whole_rate'][0])}"


def tick(value: float) -> str:
    """Return a tick of the win rate."""
    return rounding.percent(value / 100)


def deals_tick(value: int) -> str:
    """Return a tick of the number of deals."""
    return rounding.whole(value)


def picture(rates: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the funnel."""
    made = [spot for spot in reversed(spots(rates)) if spot.outside]
    day = terms.landmark_day + terms.horizon_days
    intro = (
        f"Won by day {day}. By chance alone 95 in 100 reps lie between the solid curves, and 99.8 in 100 between the dashed ones: with few "
        f"deals, chance does much. Hollow: fewer than {FEW_DEALS} deals."
    )
    outside = [f"{spot.name}: {spot.hover[1]}; {spot.hover[-1].lower()}." for spot in made]
    told = outside or [f"All lie within what chance gives around {whole_label(rates)}."]
    return Picture("reps_funnel", TITLE, intro, _alt(rates, made), tuple(told), _table(rates))


def _alt(rates: pl.DataFrame, outside: Sequence[Spot]) -> str:
    names = ", ".join(f"{spot.name} {rounding.percent(spot.rate / 100)}" for spot in outside) or "nobody"
    return f"{TITLE}: {rounding.count(rates.height, 'rep')}, {whole_label(rates)}; outside the limits {names}."


def _table(rates: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Rep": name_of(row["owner"]),
                "Won": rounding.of(row["won"], row["deals"]),
                "Win rate": rounding.percent(row["win_rate"], 0.1),
                "95 in 100 by chance": _between(row, "funnel_low_95", "funnel_high_95"),
                "99.8 in 100 by chance": _between(row, "funnel_low_998", "funnel_high_998"),
                "Place": _PLACES[row["funnel"]],
            }
            for row in rates.iter_rows(named=True)
        ]
    )
