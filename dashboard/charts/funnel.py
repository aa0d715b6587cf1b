"""The funnel of reps: a dot each by number of deals and win rate, and the limits of chance as curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import escape
from dashboard.charts.theme import Palette, template
from dashboard.wording import funnel as wording
from dashboard.wording.funnel import Spot

_HEIGHT, _TOP, _LEFT, _BOTTOM, _RIGHT = 520, 12, 48, 56, 8
_NARROWEST = 326 - _LEFT - _RIGHT  # pixels of the plot on a phone, for which labels are placed: wider, they only move apart
_LETTER, _LINE, _AWAY = 6.9, 16, 9  # pixels of a letter and a line of a label, and from its dot
_LONGEST = 20
_BEYOND = 1.08  # where the axis ends, in the most deals that one rep has
_SIZES = {0: 9, 1: 12, 2: 14}


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle in pixels of the narrowest plot, y counted from the top."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: _Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def is_inside(self) -> bool:
        return self.left >= 0 and self.right <= _NARROWEST and self.top >= 0 and self.bottom <= _HEIGHT - _TOP - _BOTTOM


def reps_funnel(spots: Sequence[Spot], limits: pl.DataFrame, whole: str, colours: Palette) -> go.Figure:
    """Draw reps as dots and the rows of metrics.funnel_limits as curves; reps outside are named, as far as there is room on a phone.

    `whole` stands at the line of all deals. Reps with few deals are hollow; shapes and sizes tell how far outside without colour too.
    """
    reach = _reach(spots, limits)
    outside = [spot for spot in reversed(spots) if spot.outside]
    layout = {
        "template": template(colours),
        "height": _HEIGHT,
        "margin": {"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BOTTOM},
        **_axes(reach, colours),
        "annotations": [_whole(whole, limits, colours), *_names(outside, reach, colours)],
    }
    return go.Figure({"data": [*_curves(limits, colours), _dots(spots, colours)], "layout": layout})


def _reach(spots: Sequence[Spot], limits: pl.DataFrame) -> tuple[float, float]:
    """Return the number of deals and the win rate at which the axes end."""
    highest = max(200 * limits["whole_rate"][0], *(spot.rate for spot in spots))
    return limits["deals"][-1] * _BEYOND, min(104.0, 6 + highest)


def _axes(reach: tuple[float, float], colours: Palette) -> dict[str, Any]:
    most, highest = reach
    title = {"text": escape.plotly(wording.X_AXIS), "font": {"color": colours.muted, "size": 14}}
    apart = next((step * power for power in (1, 10, 100, 1000, 10_000) for step in (1, 2, 5) if most <= 6 * step * power), 100_000)
    ticks, rates = list(range(0, int(most) + 1, apart)), list(range(0, int(highest) + 1, 20))
    deals = [escape.plotly(wording.deals_tick(each)) for each in ticks]
    shares = [escape.plotly(wording.tick(each)) for each in rates]
    return {
        "xaxis": {"range": [0, most], "title": title, "tickvals": ticks, "ticktext": deals},
        "yaxis": {"range": [-2, highest], "tickvals": rates, "ticktext": shares, "showgrid": True},
    }


def _curves(limits: pl.DataFrame, colours: Palette) -> list[dict[str, Any]]:
    """Return the line of all deals, and below and above it the limits: solid for 95 in 100, dashed for 99.8."""
    deals, rate = limits["deals"].to_list(), 100 * limits["whole_rate"][0]
    kinds = [(level, side) for level in ("95", "998") for side in ("low", "high")]
    curves = [(deals, (100 * limits[f"funnel_{side}_{level}"]).to_list(), "solid" if level == "95" else "4px,4px") for level, side in kinds]
    quiet = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    whole = quiet | {"x": [0, deals[-1] * _BEYOND], "y": [rate, rate], "line": {"color": colours.muted, "width": 1.5}}
    return [whole, *(quiet | {"x": x, "y": y, "line": {"color": colours.faint, "width": 2, "dash": dash}} for x, y, dash in curves)]


def _whole(text: str, limits: pl.DataFrame, colours: Palette) -> dict[str, Any]:
    at = {"x": limits["deals"][-1] * _BEYOND, "y": 100 * limits["whole_rate"][0], "xanchor": "right", "yanchor": "bottom"}
    return _text(text, colours.muted) | at


def _text(text: str, colour: str) -> dict[str, Any]:
    return {"text": escape.plotly(text), "showarrow": False, "font": {"color": colour, "size": 13}}


def _dots(spots: Sequence[Spot], colours: Palette) -> dict[str, Any]:
    inks = [colours.ink if spot.outside else colours.muted for spot in spots]
    return {
        "type": "scatter",
        "x": [spot.deals for spot in spots],
        "y": [spot.rate for spot in spots],
        "mode": "markers",
        "marker": {
            "size": [_SIZES[spot.outside] for spot in spots],
            "symbol": ["diamond" if spot.outside == 2 else "circle" for spot in spots],  # noqa: PLR2004 - beyond 99.8 in 100
            "color": [colours.surface if spot.is_few else ink for spot, ink in zip(spots, inks, strict=True)],
            "line": {"color": inks, "width": 2},
            "opacity": 1,
        },
        "cliponaxis": False,
        "hovertext": ["<br>".join(escape.plotly(line) for line in spot.hover) for spot in spots],
        "hoverinfo": "text",
    }


def _names(outside: Sequence[Spot], reach: tuple[float, float], colours: Palette) -> list[dict[str, Any]]:
    """Return names at the dots of reps where they cover no other name and no other dot that may be named; the others are named in words."""
    taken = [_dot_box(spot, reach) for spot in outside]
    made = []
    for spot in outside:
        text = escape.shortened(spot.name, _LONGEST)
        places = _places(spot, len(text) * _LETTER, reach)
        free = next(((box, where) for box, where in places if box.is_inside() and not any(box.overlaps(other) for other in taken)), None)
        if free is not None:
            taken.append(free[0])
            made.append(_text(text, colours.ink) | {"x": spot.deals, "y": spot.rate} | free[1])
    return made


def _at(spot: Spot, reach: tuple[float, float]) -> tuple[float, float]:
    """Return where a dot stands, in pixels of the narrowest plot."""
    most, highest = reach
    return spot.deals / most * _NARROWEST, (highest - spot.rate) / (highest + 2) * (_HEIGHT - _TOP - _BOTTOM)


def _dot_box(spot: Spot, reach: tuple[float, float]) -> _Box:
    x, y = _at(spot, reach)
    half = _SIZES[spot.outside] / 2
    return _Box(x - half, y - half, x + half, y + half)


def _places(spot: Spot, width: float, reach: tuple[float, float]) -> list[tuple[_Box, dict[str, Any]]]:
    """Return where a name may stand: right of its dot, left of it, above or below, and there also to one side."""
    x, y = _at(spot, reach)
    half, up = _LINE / 2, _AWAY + _LINE
    above, below = {"yanchor": "bottom", "yshift": _AWAY - 2}, {"yanchor": "top", "yshift": 2 - _AWAY}
    to_left, to_right = {"xanchor": "right", "xshift": half}, {"xanchor": "left", "xshift": -half}
    return [
        (_Box(x + _AWAY, y - half, x + _AWAY + width, y + half), {"xanchor": "left", "xshift": _AWAY}),
        (_Box(x - _AWAY - width, y - half, x - _AWAY, y + half), {"xanchor": "right", "xshift": -_AWAY}),
        (_Box(x - width / 2, y - up, x + width / 2, y - _AWAY), above),
        (_Box(x - width / 2, y + _AWAY, x + width / 2, y + up), below),
        (_Box(x + half - width, y - up, x + half, y - _AWAY), to_left | above),
        (_Box(x + half - width, y + _AWAY, x + half, y + up), to_left | below),
        (_Box(x - half, y - up, x - half + width, y - _AWAY), to_right | above),
        (_Box(x - half, y + _AWAY, x - half + width, y + up), to_right | below),
    ]
