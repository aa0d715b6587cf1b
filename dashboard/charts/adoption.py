"""Adoption over time: a line of quarters with its band, and small ones beside it for teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Palette, template
from dashboard.wording import adoption as wording
from dashboard.wording.adoption import Line, Point

_HEIGHT, _PANEL = 320, 200
_MOST_LABELS, _MOST_PANEL_LABELS = 5, 3


def ceiling(lines: Sequence[Line]) -> float:
    """Return the per cent at which the axis of charts ends that are to be compared: above all shares and their intervals."""
    tops = [point.high for line in lines for point in line.points if point.high is not None]
    return min(100.0, max([10.0, *tops]) * 1.08)


def adoption_chart(line: Line, names: Sequence[str], highest: float, colours: Palette, beside: Line | None = None) -> go.Figure:
    """Draw the share of customer-focused deals by quarter; as a small panel with another line in grey where one is given beside it.

    A panel has no label of its own: there is no room for it beside the line.
    `names` are all quarters in order. A quarter with too few deals breaks the line, and one that is not over is hollow.
    """
    is_panel = beside is not None
    traces = [] if beside is None else [_line(run, {"color": colours.faint, "width": 2}) for run in _runs(beside.points)]
    for run in _runs(line.points):
        traces += [_band(run, colours), *_steps(run, colours)]
    traces += [*_points(line, colours), *_few(line, colours)]
    layout = {
        "template": template(colours),
        "height": _PANEL if is_panel else _HEIGHT,
        "margin": {"l": 44, "r": 28, "t": 8 if is_panel else 18, "b": 30},
        "xaxis": _quarters(names, _MOST_PANEL_LABELS if is_panel else _MOST_LABELS),
        "yaxis": _shares(highest),
        "annotations": [] if is_panel else _last(line, colours),
    }
    return go.Figure({"data": traces, "layout": layout})


def _quarters(names: Sequence[str], most: int) -> dict[str, Any]:
    """Return the axis of quarters, the last of them labelled, and of the others as many as there is room for."""
    apart = -(-len(names) // most)
    shown = list(range(len(names) - 1, -1, -apart))[::-1]
    return {"range": [-0.4, len(names) - 0.6], "tickvals": shown, "ticktext": [escape.plotly(names[place]) for place in shown]}


def _shares(highest: float) -> dict[str, Any]:
    step = next((each for each in (5, 10, 20, 25) if highest <= 4 * each), 50)
    ticks = list(range(0, int(highest) + 1, step))
    texts = [escape.plotly(wording.tick(value)) for value in ticks]
    return {"range": [-highest * 0.03, highest], "tickvals": ticks, "ticktext": texts, "showgrid": True}


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Return the points with a share, parted where a quarter between them has none."""
    run: list[Point] = []
    for point in points:
        if run and (point.share is None or point.place != run[-1].place + 1):
            yield run
            run = []
        if point.share is not None:
            run.append(point)
    if run:
        yield run


def _places(run: Sequence[Point]) -> list[int]:
    return [point.place for point in run]


def _line(run: Sequence[Point], style: dict[str, Any]) -> dict[str, Any]:
    shares = [point.share for point in run]
    return {"type": "scatter", "x": _places(run), "y": shares, "mode": "lines", "line": style, "hoverinfo": "skip"}


def _band(run: Sequence[Point], colours: Palette) -> dict[str, Any]:
    """Return the intervals of a run as a band, or that of a quarter by itself as an upright line."""
    if len(run) == 1:
        [point] = run
        style = {"color": colours.faint, "width": 3}
        return {
            "type": "scatter",
            "x": [point.place] * 2,
            "y": [point.low, point.high],
            "mode": "lines",
            "line": style,
            "hoverinfo": "skip",
        }
    places = _places(run)
    edge = [point.high for point in run] + [point.low for point in reversed(run)]
    ends = {"type": "scatter", "x": [*places, *reversed(places)], "y": edge}
    return ends | {"fill": "toself", "fillcolor": _tint(colours.customer), "mode": "none", "hoverinfo": "skip"}


def _tint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _steps(run: Sequence[Point], colours: Palette) -> list[dict[str, Any]]:
    """Return the line, dotted on its way into a quarter that is not over."""
    dashes = {True: "solid", False: "2px,4px"}
    return [_line(pair, {"color": colours.customer, "width": 2.5, "dash": dashes[pair[1].is_over]}) for pair in pairwise(run)]


def _points(line: Line, colours: Palette) -> list[dict[str, Any]]:
    shown = [point for point in line.points if point.share is not None]
    colour = [colours.customer if point.is_over else colours.surface for point in shown]
    marker = {"size": 9, "color": colour, "line": {"color": colours.customer, "width": 2}}
    return [_dots(shown, [point.share for point in shown], marker)] if shown else []


def _few(line: Line, colours: Palette) -> list[dict[str, Any]]:
    """Return crosses at the foot, in grey, for quarters with too few deals: their counts are in the hover."""
    few = [point for point in line.points if point.share is None]
    marker = {"size": 8, "symbol": "x-thin", "line": {"color": colours.muted, "width": 1.5}}
    return [_dots(few, [0.0] * len(few), marker)] if few else []


def _dots(points: Sequence[Point], heights: Sequence[float | None], marker: dict[str, Any]) -> dict[str, Any]:
    hover = ["<br>".join(escape.plotly(said) for said in point.hover) for point in points]
    at = {"type": "scatter", "x": _places(points), "y": list(heights)}
    return at | {"mode": "markers", "marker": marker, "hovertext": hover, "hoverinfo": "text"}


def _last(line: Line, colours: Palette) -> list[dict[str, Any]]:
    """Return the last share as a text above its interval, where no line runs."""
    last = next((point for point in reversed(line.points) if point.share is not None), None)
    if last is None:
        return []
    look = {"text": f"<b>{escape.plotly(line.label)}</b>", "font": {"color": colours.customer, "size": 14}, "showarrow": False}
    return [look | {"x": last.place, "y": last.high, "xanchor": "right", "yanchor": "bottom", "xshift": 12}]
