"""Strips of quantiles: a thin line that holds 80 of 100, a thick one that holds half, and a mark at the median."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Canvas, Look, Palette, on_page
from dashboard.wording.spread import AXIS, Strip

# Pixels from the top of a strip, which is set like a page.
_NAME, _TRACK, _ROW, _EMPTY_ROW, _HEADING = 10, 36, 62, 34, 30
_BELOW = 56
_TICKS = 6


def spread_chart(strips: Sequence[Strip], colours: Palette) -> go.Figure:
    """Draw strips one below the other on a common axis that begins at 0."""
    heights = [(_HEADING if strip.heading else 0) + (_ROW if strip.days else _EMPTY_ROW) for strip in strips]
    canvas = on_page(sum(heights), _BELOW, colours)
    ticks, last = _axis(strips)
    title = {"text": escape.plotly(AXIS), "font": {"color": colours.muted, "size": 14}}
    canvas.layout["xaxis"] = {"range": [-last / 50, last], "title": title, "tickvals": ticks}
    top = 0
    for strip, height in zip(strips, heights, strict=True):
        heading = _HEADING if strip.heading else 0
        if heading:
            canvas.write(f"<b>{escape.plotly(strip.heading)}</b>", top + 10, colours.ink, 15, x="left")
        _draw_strip(canvas, strip, top + heading, ticks, colours)
        top += height
    return canvas.figure()


def _axis(strips: Sequence[Strip]) -> tuple[list[int], float]:
    last = max((day for strip in strips for day in strip.days), default=1.0) * 1.04
    step = next((days for days in (1, 2, 5, 10, 20, 30, 60, 90, 180) if last <= _TICKS * days), 365)
    return list(range(0, int(last) + 1, step)), last


def _draw_strip(canvas: Canvas, strip: Strip, top: int, ticks: Sequence[int], colours: Palette) -> None:
    colour = colours.customer if strip.group == "customer" else colours.seller
    ink = colour if strip.days else colours.muted
    canvas.write(escape.plotly(strip.name), top + _NAME, ink, 14, x="left")
    canvas.write(escape.plotly(strip.text), top + _NAME, colours.muted, 14, x="right")
    if not strip.days:
        return
    y = top + _TRACK
    for tick in ticks:
        line = {"color": colours.grid, "width": 1}
        canvas.upright(tick, (y - 9, y + 9), line)
    canvas.stroke(strip.days[0], strip.days[4], y, {"color": colour, "width": 2})
    canvas.stroke(strip.days[1], strip.days[3], y, {"color": colour, "width": 9})
    look = Look(15, colours.surface, colour, 3, "circle" if strip.group == "customer" else "diamond")
    canvas.dot(strip.days[2], y, look, strip.hover)
