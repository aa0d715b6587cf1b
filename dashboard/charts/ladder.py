"""The evidence ladder: the gap in win rate step by step, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Canvas, Look, Palette, on_page
from dashboard.wording import ladder as wording

# The ladder is set like a page: y counts pixels from the top, so that a row's lines keep their distances at any width.
_ROW, _EMPTY_ROW = 104, 56
_TITLE, _NOTE, _TRACK, _VALUE = 12, 32, 60, 81
_AXIS = 56


def evidence_ladder(rungs: Sequence[wording.Rung], colours: Palette) -> go.Figure:
    """Draw the gap in win rate step by step, a row each: what is left with its interval, and what the step took away."""
    tops, bottom = _tops(rungs)
    canvas = on_page(bottom, _AXIS, colours)
    canvas.layout["xaxis"] = _gap_axis(rungs, colours)
    before: float | None = None
    for rung, top in zip(rungs, tops, strict=True):
        _write_rung(canvas, rung, top, colours)
        if rung.gap is not None:
            _draw_ruler(canvas, top + _TRACK, colours)
            _draw_gap(canvas, rung, before, top + _TRACK, colours)
            before = rung.gap
    return canvas.figure()


def _tops(rungs: Sequence[wording.Rung]) -> tuple[list[int], int]:
    tops, top = [], 0
    for rung in rungs:
        tops.append(top)
        top += _EMPTY_ROW if rung.gap is None else _ROW
    return tops, top


def _gap_axis(rungs: Sequence[wording.Rung], colours: Palette) -> dict[str, Any]:
    """Return the axis that holds everything that is drawn, the zero, and room for the labels beyond."""
    drawn = [0.0, *(value for rung in rungs for value in (rung.gap, rung.low, rung.high) if value is not None)]
    room = max(max(drawn) - min(drawn), 10) * 0.1
    low, high = min(drawn) - room, max(drawn) + room
    apart = next((step for step in (1, 2, 5, 10, 20) if high - low <= 8 * step), 50)
    ticks = [value for value in range(-100, 101, apart) if low <= value <= high]
    title = {"text": escape.plotly(wording.AXIS), "font": {"color": colours.muted, "size": 14}}
    labels = [escape.plotly(wording.tick(value)) for value in ticks]
    return {"range": [low, high], "title": title, "tickvals": ticks, "ticktext": labels}


def _write_rung(canvas: Canvas, rung: wording.Rung, top: int, colours: Palette) -> None:
    quiet = rung.gap is None
    title, note, deals = (escape.plotly(text) for text in (rung.title, rung.note, rung.deals))
    ink = colours.muted if quiet else colours.ink
    canvas.write(title if quiet else f"<b>{title}</b>", top + _TITLE, ink, 16, x="left")
    canvas.write(note, top + _NOTE, colours.muted, 14, x="left")
    if deals:
        canvas.write(deals, top + _TITLE, colours.muted, 14, x="right")


def _draw_ruler(canvas: Canvas, y: int, colours: Palette) -> None:
    """Draw the zero of a row, and its ticks: lines down the whole figure would run through the text."""
    for value in canvas.layout["xaxis"]["tickvals"]:
        reach, colour = (12, colours.muted) if value == 0 else (6, colours.faint)
        canvas.upright(value, (y - reach, y + reach), {"color": colour, "width": 2 if value == 0 else 1})


def _draw_gap(canvas: Canvas, rung: wording.Rung, before: float | None, y: int, colours: Palette) -> None:
    """Draw a row's stem from zero, what its step took away as a dotted line, its interval, its dot and its value."""
    strong = colours.ink if rung.is_strong else colours.muted
    if before is not None:
        canvas.stroke(rung.gap, before, y, {"color": colours.faint, "width": 2, "dash": "3px,4px"})
    canvas.stroke(0, rung.gap, y, {"color": colours.faint, "width": 3})
    if rung.low is not None:
        canvas.stroke(rung.low, rung.high, y, {"color": strong, "width": 5})
    if before is not None:
        canvas.dot(before, y, Look(9, colours.surface, colours.faint, 2))
    canvas.dot(rung.gap, y, Look(17 if rung.is_strong else 14, strong, colours.surface, 2), rung.hover)
    label = f"<b>{escape.plotly(rung.label)}</b>"
    canvas.write(label, y - _TRACK + _VALUE, strong, 16 if rung.is_strong else 14, x=rung.gap, anchor="center")
