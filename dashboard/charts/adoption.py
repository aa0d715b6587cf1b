"""Adoption over time: a line of quarters with its band, and small ones beside it for teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

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
    figure = go.Figure(layout={"template": template(colours), "height": _PANEL if is_panel else _HEIGHT})
    figure.update_layout(margin={"l": 44, "r": 28, "t": 8 if is_panel else 18, "b": 30})
    _set_axes(figure, names, highest, _MOST_PANEL_LABELS if is_panel else _MOST_LABELS)
    if beside is not None:
        for run in _runs(beside.points):
            style = {"color": colours.faint, "width": 2}
            figure.add_scatter(x=_places(run), y=[point.share for point in run], mode="lines", line=style, hoverinfo="skip")
    for run in _runs(line.points):
        _draw_band(figure, run, colours)
        _draw_line(figure, run, colours)
    _draw_points(figure, line, colours)
    _draw_few(figure, line, colours)
    if not is_panel:
        _write_last(figure, line, colours)
    return figure


def _set_axes(figure: go.Figure, names: Sequence[str], highest: float, most: int) -> None:
    apart = -(-len(names) // most)
    shown = list(range(len(names) - 1, -1, -apart))[::-1]
    figure.update_xaxes(range=[-0.4, len(names) - 0.6], tickvals=shown, ticktext=[escape.plotly(names[place]) for place in shown])
    step = next((each for each in (5, 10, 20, 25) if highest <= 4 * each), 50)
    ticks = list(range(0, int(highest) + 1, step))
    texts = [escape.plotly(wording.tick(value)) for value in ticks]
    figure.update_yaxes(range=[-highest * 0.03, highest], tickvals=ticks, ticktext=texts, showgrid=True)


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


def _draw_band(figure: go.Figure, run: Sequence[Point], colours: Palette) -> None:
    """Draw the intervals of a run as a band, or that of a quarter by itself as an upright line."""
    if len(run) == 1:
        [point] = run
        style = {"color": colours.faint, "width": 3}
        figure.add_scatter(x=[point.place] * 2, y=[point.low, point.high], mode="lines", line=style, hoverinfo="skip")
        return
    places = _places(run)
    edge = [point.high for point in run] + [point.low for point in reversed(run)]
    fill = _tint(colours.customer)
    figure.add_scatter(x=[*places, *reversed(places)], y=edge, fill="toself", fillcolor=fill, mode="none", hoverinfo="skip")


def _tint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _draw_line(figure: go.Figure, run: Sequence[Point], colours: Palette) -> None:
    """Draw the line, dotted on its way into a quarter that is not over."""
    for before, after in pairwise(run):
        style = {"color": colours.customer, "width": 2.5, "dash": "solid" if after.is_over else "2px,4px"}
        figure.add_scatter(x=[before.place, after.place], y=[before.share, after.share], mode="lines", line=style, hoverinfo="skip")


def _draw_points(figure: go.Figure, line: Line, colours: Palette) -> None:
    shown = [point for point in line.points if point.share is not None]
    if not shown:
        return
    figure.add_scatter(
        x=_places(shown),
        y=[point.share for point in shown],
        mode="markers",
        marker={
            "size": 9,
            "color": [colours.customer if point.is_over else colours.surface for point in shown],
            "line": {"color": colours.customer, "width": 2},
        },
        hovertext=["<br>".join(escape.plotly(said) for said in point.hover) for point in shown],
        hoverinfo="text",
    )


def _write_last(figure: go.Figure, line: Line, colours: Palette) -> None:
    """Write the last share above its interval, where no line runs."""
    last = next((point for point in reversed(line.points) if point.share is not None), None)
    if last is not None:
        text, font = f"<b>{escape.plotly(line.label)}</b>", {"color": colours.customer, "size": 14}
        figure.add_annotation(
            text=text, x=last.place, y=last.high, xanchor="right", yanchor="bottom", xshift=12, showarrow=False, font=font
        )


def _draw_few(figure: go.Figure, line: Line, colours: Palette) -> None:
    """Mark quarters with too few deals at the foot, in grey: their counts are in the hover."""
    few = [point for point in line.points if point.share is None]
    figure.add_scatter(
        x=_places(few),
        y=[0] * len(few),
        mode="markers",
        marker={"size": 8, "symbol": "x-thin", "line": {"color": colours.muted, "width": 1.5}},
        hovertext=["<br>".join(escape.plotly(said) for said in point.hover) for point in few],
        hoverinfo="text",
    )
