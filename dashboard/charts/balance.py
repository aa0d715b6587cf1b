"""The balance plot: how far the groups lie apart in each value, before and after they are made alike."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Canvas, Look, Palette, on_page
from dashboard.wording.balance import A_LOT, A_LOT_TEXT, AXIS, Pair

# Pixels from the top of a row, which is set like a page.
_NAME, _TRACK, _ROW = 10, 31, 50
_TOP, _AXIS = 26, 56
_LONGEST = 32  # letters of a name that fit on a phone beside two numbers


def balance_chart(pairs: Sequence[Pair], colours: Palette) -> go.Figure:
    """Draw a row for each value: hollow before, filled after, and the line beyond which they differ a lot."""
    bottom = _TOP + _ROW * len(pairs)
    canvas = on_page(bottom, _AXIS, colours)
    last = max((size for pair in pairs for size in (pair.before, pair.after or 0.0)), default=A_LOT) * 1.06
    last = max(last, 3 * A_LOT)
    step = next((size for size in (0.1, 0.2, 0.5, 1.0) if last <= 6 * size), 2.0)
    ticks = [number * step for number in range(int(last / step) + 1)]
    title = {"text": escape.plotly(AXIS), "font": {"color": colours.muted, "size": 14}}
    canvas.layout["xaxis"] = {"range": [-last / 20, last], "title": title, "tickvals": ticks, "tickformat": ".1f"}
    canvas.write(escape.plotly(A_LOT_TEXT), 8, colours.muted, 13, x=A_LOT)
    for number, pair in enumerate(pairs):
        _draw_pair(canvas, pair, _TOP + number * _ROW, ticks, colours)
    return canvas.figure()


def _draw_pair(canvas: Canvas, pair: Pair, top: int, ticks: Sequence[float], colours: Palette) -> None:
    y = top + _TRACK
    name = escape.plotly(escape.shortened(pair.title, _LONGEST))
    canvas.write(name, top + _NAME, colours.ink, 14, x="left")
    canvas.write(escape.plotly(pair.text), top + _NAME, colours.muted, 14, x="right")
    for tick in ticks:
        canvas.upright(tick, (y - 9, y + 9), {"color": colours.grid, "width": 1})
    canvas.upright(A_LOT, (y - 9, y + 9), {"color": colours.muted, "width": 2})
    if pair.after is not None:
        canvas.stroke(pair.before, pair.after, y, {"color": colours.faint, "width": 3})
    _mark(canvas, pair, pair.before, y, colours.surface, colours)
    if pair.after is not None:
        _mark(canvas, pair, pair.after, y, colours.ink, colours)


def _mark(canvas: Canvas, pair: Pair, x: float, y: int, fill: str, colours: Palette) -> None:
    canvas.dot(x, y, Look(12, fill, colours.ink, 2), pair.hover)
