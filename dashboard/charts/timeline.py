"""The timeline of a deal: a step per stage, a line per question, and the days that matter drawn through all of them."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Canvas, Look, Palette, on_page
from dashboard.wording import timeline as wording
from dashboard.wording.timeline import Bar, Timeline, Track

# Pixels from the top.
_TOP, _STAGE, _TRACK, _BAR, _LINE, _AXIS, _GAP = 46, 40, 46, 26, 28, 56, 10
_LONGEST = 44


def timeline(made: Timeline, colours: Palette) -> go.Figure:
    """Draw a deal along the days since its creation."""
    stages, tracks = _TOP + len(made.bars) * _STAGE, len(made.tracks) * _TRACK
    bottom = stages + _GAP * bool(made.bars) + tracks
    canvas = on_page(bottom, _AXIS, colours)
    room = made.days * 0.02
    title = {"text": escape.plotly(wording.AXIS), "font": {"color": colours.muted, "size": 14}}
    canvas.layout["xaxis"] = {"range": [-room, made.days + room], "title": title, "nticks": 8, "rangemode": "nonnegative"}
    _mark(canvas, made, stages, colours)
    for number, bar in enumerate(made.bars):
        _draw_bar(canvas, bar, _TOP + number * _STAGE, made.days, colours)
    for number, track in enumerate(made.tracks):
        top = bottom - tracks + number * _TRACK
        for day, _ in made.marks:
            canvas.upright(day, (top + _LINE - 7, top + _LINE + 7), {"color": colours.muted, "width": 2})
        _draw_track(canvas, track, top, made.days, colours)
    return canvas.figure()


def _mark(canvas: Canvas, made: Timeline, bottom: int, colours: Palette) -> None:
    """Draw the days that are marked through the stages, not down the whole figure, which would cross the texts of the tracks.

    Their own texts stand on two lines above, so that they never touch.
    """
    for number, (day, text) in enumerate(made.marks):
        canvas.upright(day, (10 + 17 * number, bottom), {"color": colours.muted, "width": 2, "dash": "solid" if number else "4px,4px"})
        is_late = day > made.days / 2
        place = {"x": day, "xanchor": "right" if is_late else "left", "xshift": -6 if is_late else 6}
        canvas.note(escape.plotly(text), 10 + 17 * number, colours.ink, 13, **place)


def _draw_bar(canvas: Canvas, bar: Bar, top: int, days: int, colours: Palette) -> None:
    """Draw a stay as a bar with its stage above it, at the side where there is room."""
    y = top + _BAR
    end = max(bar.end, bar.start + days * 0.004)
    canvas.add_scatter(
        x=[bar.start, end],
        y=[y, y],
        mode="lines",
        line={"color": colours.ink, "width": 9},
        hovertext=escape.plotly(wording.said_of(bar)),
        hoverinfo="text",
    )
    _title(canvas, escape.plotly(escape.shortened(bar.text, _LONGEST)), (bar.start, bar.end), (y - 17, days), colours)


def _title(canvas: Canvas, text: str, span: tuple[int, int], at: tuple[int, int], colours: Palette) -> None:
    is_late = span[0] > at[1] / 2
    canvas.note(
        text, at[0], colours.ink, 14, x=span[1] if is_late else span[0], xanchor="right" if is_late else "left", bgcolor=colours.surface
    )


def _draw_track(canvas: Canvas, track: Track, top: int, days: int, colours: Palette) -> None:
    """Draw when a question stood answered: filled dots where it came to be, hollow ones where it was cleared."""
    y, colour = top + _LINE, colours.muted if track.is_neutral else colours.customer
    canvas.stroke(0, days, y, {"color": colours.grid, "width": 2})
    if track.unknown_until:
        canvas.stroke(0, track.unknown_until, y, {"color": colours.faint, "width": 2, "dash": "3px,4px"})
    for start, end in track.stretches:
        canvas.stroke(start, end, y, {"color": colour, "width": 4})
        _dot(canvas, start, y, colour, colour, f"{track.title}: {track.note}")
    for _, end in track.stretches[:-1] if len(track.stretches) > 1 else ():
        _dot(canvas, end, y, colours.surface, colour, f"{track.title}: {track.note}")
    if track.was_cleared and track.stretches:
        _dot(canvas, track.stretches[-1][1], y, colours.surface, colour, f"{track.title}: {track.note}")
    ink = colours.muted if track.is_neutral or not track.stretches else colours.ink
    canvas.write(escape.plotly(escape.shortened(track.title, _LONGEST)), top + 10, ink, 14, x="left")
    canvas.write(escape.plotly(escape.shortened(track.note, _LONGEST)), top + 10, colours.muted, 13, x="right")


def _dot(canvas: Canvas, x: int, y: int, fill: str, edge: str, said: str) -> None:
    canvas.dot(x, y, Look(11, fill, edge, 2), (said,))
