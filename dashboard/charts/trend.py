"""Values over ordered steps, such as periods or numbers of answers: dots with intervals, joined in lines with bands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Canvas, Look, Palette, template
from dashboard.wording.series import Point, Series, Steps

_HEIGHT, _TOP, _BELOW, _NOTES, _LEFT = 340, 34, 56, 18, 44
_ASIDE = 0.09  # of a step: how far the two groups stand apart, so that their intervals do not cover each other
_ROOM = 0.55  # of a step, at both ends
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MANY = 9  # steps from which on labels in two lines are written for every other step
_DASHES = {"customer": "solid", "seller": "6px,4px"}
_ALOFT = 0.035  # of the axis: how far above an interval a text stands


def trend(series: Sequence[Series], steps: Steps, colours: Palette) -> go.Figure:
    """Draw shares of 0 to 1 step by step. A gap in the steps of a series parts its line."""
    canvas = Canvas(_layout(series, steps, colours))
    for number, each in enumerate(series):
        aside = (number - (len(series) - 1) / 2) * 2 * _ASIDE
        for run in _runs(each.points):
            _draw_line(canvas, each, run, aside, colours)
        for point in each.points:
            _draw_point(canvas, point, aside, colours)
    _name(canvas, series, colours)
    if steps.divider is not None:
        _divide(canvas, steps, colours)
    return canvas.figure()


def _layout(series: Sequence[Series], steps: Steps, colours: Palette) -> dict[str, Any]:
    top = _top(series)
    labels = [_label(steps, number, colours) for number in range(len(steps.labels))]
    below = _BELOW + _NOTES * (bool(steps.notes) + any("<br>" in label for label in labels) * (not steps.notes))
    title = {"text": escape.plotly(steps.title), "font": {"color": colours.muted, "size": 14}}
    ticks = [value for value in _TICKS if value <= top]
    return {
        "template": template(colours),
        "height": _HEIGHT + below,
        "margin": {"l": _LEFT, "r": 4, "t": _TOP, "b": below},
        "xaxis": {
            "range": [-_ROOM, len(steps.labels) - 1 + _ROOM],
            "tickvals": list(range(len(labels))),
            "ticktext": labels,
            "tickangle": 0,
            "title": title,
        },
        "yaxis": {
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [escape.plotly(steps.tick(value)) for value in ticks],
            "showgrid": True,
        },
    }


def _top(series: Sequence[Series]) -> float:
    """Return where the axis of shares ends: at all, or at the next quarter above everything that is drawn."""
    highest = max((point.high or point.value for each in series for point in each.points), default=1.0)
    return next((tick for tick in _TICKS[1:] if highest + 0.06 <= tick), 1.08)


def _label(steps: Steps, number: int, colours: Palette) -> str:
    """Return a step's label; of a long row every other one keeps to its place, and the note goes below."""
    is_left_out = len(steps.labels) >= _MANY and number % 2 and not steps.notes
    lines = [] if is_left_out else [escape.plotly(part) for part in steps.labels[number].split("\n")]
    if steps.notes:
        lines.append(f'<span style="color:{colours.muted};font-size:11px">{escape.plotly(steps.notes[number])}</span>')
    return "<br>".join(lines)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Return the points that follow each other without a gap."""
    return [[point for _, point in group] for _, group in groupby(enumerate(points), key=lambda each: each[1].step - each[0])]


def _draw_line(canvas: Canvas, series: Series, run: Sequence[Point], aside: float, colours: Palette) -> None:
    colour = getattr(colours, series.role) if series.name else colours.faint
    xs = [point.step + aside for point in run]
    if series.name and len(run) > 1 and all(point.low is not None for point in run):
        outline = [point.high for point in run] + [point.low for point in reversed(run)]
        fill = {"fill": "toself", "fillcolor": _faded(colour), "line": {"width": 0}, "hoverinfo": "skip"}
        canvas.add_scatter(x=[*xs, *reversed(xs)], y=outline, mode="lines", **fill)
    line = {"color": colour, "width": 2, "dash": _DASHES[series.role] if series.name else "solid"}
    canvas.add_scatter(x=xs, y=[point.value for point in run], mode="lines", line=line, hoverinfo="skip")


def _draw_point(canvas: Canvas, point: Point, aside: float, colours: Palette) -> None:
    """Draw a point with its interval and its text. Too few deals are grey, and keep the shape of their group."""
    colour = colours.muted if point.is_quiet else getattr(colours, point.role)
    x = point.step + aside
    if point.low is not None:
        canvas.upright(x, (point.low, point.high), {"color": colour, "width": 3})
    look = Look(12, colour, colours.surface, 2, "diamond" if point.role == "seller" else "circle")
    canvas.dot(x, point.value, look, point.hover)
    if point.text:
        canvas.write(f"<b>{escape.plotly(point.text)}</b>", (point.high or point.value) + _ALOFT, colour, 13, x=x, anchor="center")


def _name(canvas: Canvas, series: Sequence[Series], colours: Palette) -> None:
    """Write the name of each series at its last point: the higher one's above, the lower one's below."""
    named = [each for each in series if each.name and each.points]
    for place, each in enumerate(sorted(named, key=lambda each: -each.points[-1].value)):
        last = each.points[-1]
        y = (last.high or last.value) + 2 * _ALOFT if place == 0 else (last.low or last.value) - 2 * _ALOFT
        text = f"<b>{'◆' if each.role == 'seller' else '●'} {escape.plotly(each.name)}</b>"
        canvas.write(text, max(y, _ALOFT), getattr(colours, each.role), 14, x=last.step + _ROOM, anchor="right")


def _divide(canvas: Canvas, steps: Steps, colours: Palette) -> None:
    """Draw the line that parts the steps, and name either side above the figure."""
    x = (steps.divider or 0) - 0.5
    dotted = {"color": colours.faint, "width": 2, "dash": "3px,4px"}
    canvas.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line=dotted, layer="below")
    for text, anchor, shift, colour in zip(steps.sides, ("right", "left"), (-8, 8), (colours.seller, colours.customer), strict=True):
        place = {"x": x, "xanchor": anchor, "xshift": shift, "yref": "paper", "yshift": 18}
        canvas.note(f"<b>{escape.plotly(text)}</b>", 1, colour, 13, **place)


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.12)"
