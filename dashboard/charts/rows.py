"""A chart of rows: title and values as text, below them dots with intervals on one common axis, at any width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Anchor, Canvas, Look, Palette, Symbol, on_page
from dashboard.wording.rows import Axis, Dot, Role, Row

# Pixels from the top of a row, which is set like a page.
_TITLE, _NOTE, _TRACK, _APART = 11, 31, 54, 13
_BELOW, _EMPTY_ROW = 26, 56
_TOP, _AXIS = 24, 56
_BETWEEN = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE} "
_LONGEST = 40  # letters of a title that fit on a phone beside two values
_TICKS = 6
_ROOM = 0.06  # of what is drawn, at each end
_LABEL = 0.9  # of that room, what half a label takes on a phone


def rows_chart(rows: Sequence[Row], axis: Axis, colours: Palette) -> go.Figure:
    """Draw rows with their dots. Each dot is a point of its own that can be selected; its customdata is its key, or that of its row."""
    heights = [_height(row) for row in rows]
    top = _TOP * (bool(axis.names) + bool(axis.reference_text))
    canvas = on_page(top + sum(heights), _AXIS, colours)
    low, high, ticks = _range(rows, axis)
    canvas.layout["xaxis"] = _x_axis(axis, (low, high), ticks, colours)
    if axis.reference_text and axis.reference is not None:
        anchor = _anchor(axis, low, high)
        canvas.write(escape.plotly(axis.reference_text), top - _TOP + 8, colours.muted, 13, x=axis.reference, anchor=anchor)
    if axis.names:
        _write_names(canvas, axis, colours)
    for row, height in zip(rows, heights, strict=True):
        _write_row(canvas, row, top, colours)
        if row.dots:
            _draw_ruler(canvas, axis, ticks, (top + _TRACK - 7, top + height - _BELOW + 5), colours)
            for number, dot in enumerate(row.dots):
                _draw_dot(canvas, row, dot, top + _TRACK + number * _APART, colours)
        top += height
    return canvas.figure()


def _height(row: Row) -> int:
    return _TRACK + (len(row.dots) - 1) * _APART + _BELOW if row.dots else _EMPTY_ROW


def _range(rows: Sequence[Row], axis: Axis) -> tuple[float, float, list[float]]:
    """Return what the axis spans, all that is drawn with some room, and its ticks, none so near an end that its label would be cut."""
    dots = [dot for row in rows for dot in row.dots]
    drawn = [value for dot in dots for value in (dot.value, dot.low, dot.high) if value is not None]
    drawn += [*axis.holds, *([] if axis.reference is None else [axis.reference])] or [0.0]
    room = (max(drawn) - min(drawn) or 1.0) * _ROOM
    low, high = min(drawn) - room, max(drawn) + room
    step = _step((high - low) / _TICKS)
    start, stop = math.ceil((low + room * _LABEL) / step), math.floor((high - room * _LABEL) / step)
    return low, high, [number * step for number in range(start, stop + 1)]


def _step(least: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, … (or tenths of these) from `least` on."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= least * (1 - 1e-9))


def _x_axis(axis: Axis, ends: tuple[float, float], ticks: Sequence[float], colours: Palette) -> dict[str, Any]:
    title = {"text": escape.plotly(axis.title), "font": {"color": colours.muted, "size": 14}}
    labels = [escape.plotly(axis.tick(value)) for value in ticks]
    return {"range": list(ends), "title": title, "tickvals": list(ticks), "ticktext": labels}


def _anchor(axis: Axis, low: float, high: float) -> Anchor:
    """Return how the reference's text is anchored, so that it stays on the figure."""
    at = ((axis.reference or 0.0) - low) / (high - low)
    return "left" if at < 1 / 4 else "right" if at > 3 / 4 else "center"


def _write_names(canvas: Canvas, axis: Axis, colours: Palette) -> None:
    """Write the names of the groups at the top right, each beside the shape of its dots."""
    named = [
        f'<span style="color:{_role_colour(role, colours)}">{"◆" if role == "seller" else "●"} {escape.plotly(name)}</span>'
        for role, name in axis.names
    ]
    canvas.write(_BETWEEN.join(named), 8, colours.ink, 13, x="right")


def _write_row(canvas: Canvas, row: Row, top: int, colours: Palette) -> None:
    """Write a row's title and note at the left, its values and what is behind them at the right."""
    title = escape.plotly(escape.shortened(row.title, _LONGEST))
    canvas.write(f"<b>{title}</b>", top + _TITLE, colours.ink if row.dots else colours.muted, 15, x="left")
    if row.note:
        canvas.write(escape.plotly(row.note), top + _NOTE, colours.muted, 13, x="left")
    values = [f'<span style="color:{_colour(dot, colours)}"><b>{escape.plotly(dot.text)}</b></span>' for dot in row.dots if dot.text]
    if values:
        canvas.write(_BETWEEN.join(values), top + _TITLE, colours.ink, 15, x="right")
    if behind := _BETWEEN.join(escape.plotly(dot.behind) for dot in row.dots if dot.behind):
        canvas.write(behind, top + _NOTE, colours.muted, 13, x="right")


def _draw_ruler(canvas: Canvas, axis: Axis, ticks: Sequence[float], span: tuple[int, int], colours: Palette) -> None:
    """Draw the ticks of a row, and the reference: lines down the whole figure would run through the text."""
    for value in ticks:
        canvas.upright(value, span, {"color": colours.grid, "width": 1})
    if axis.reference is not None:
        canvas.upright(axis.reference, (span[0] - 2, span[1] + 2), {"color": colours.muted, "width": 2})


def _draw_dot(canvas: Canvas, row: Row, dot: Dot, y: int, colours: Palette) -> None:
    colour = _colour(dot, colours)
    if dot.low is not None:
        canvas.stroke(dot.low, dot.high, y, {"color": colour, "width": 4})
    symbol: Symbol = "diamond" if dot.role == "seller" else "circle"
    look = Look(11, colours.surface, colour, 2) if dot.role == "before" else Look(13, colour, colours.surface, 1, symbol)
    canvas.dot(dot.value, y, look, dot.hover or (row.title, dot.text), dot.key or row.key)


def _colour(dot: Dot, colours: Palette) -> str:
    return colours.muted if dot.is_quiet else _role_colour(dot.role, colours)


def _role_colour(role: Role, colours: Palette) -> str:
    roles = {"customer": colours.customer, "seller": colours.seller, "strong": colours.ink, "quiet": colours.muted, "before": colours.muted}
    return roles[role]
