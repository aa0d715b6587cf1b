"""Rows of `wording` → Plotly figures, with one template. Nothing here knows Streamlit; every text comes from `wording`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import escape
from dashboard.wording import ladder as wording

FONT = '"Source Sans", "Segoe UI", system-ui, sans-serif'

CONFIG = {"displayModeBar": False, "displaylogo": False, "plotlyServerURL": "", "scrollZoom": False}
"""How a browser shows the figures: no tool bar, and nothing that sends a chart anywhere."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme; those of .streamlit/config.toml are the same."""

    customer: str
    seller: str
    ink: str
    muted: str
    faint: str
    grid: str
    surface: str


LIGHT = Palette("#0F766E", "#A8500A", "#111917", "#5B6763", "#C3CBC7", "#EBEEEC", "#FFFFFF")
DARK = Palette("#3ECFBF", "#F0A544", "#EDF2EF", "#9DAAA5", "#4F5D58", "#232D2A", "#111816")


def palette(theme: str | None) -> Palette:
    """Return the colours for a theme by its name; light where it is unknown."""
    return DARK if theme == "dark" else LIGHT


def template(colours: Palette) -> go.layout.Template:
    """Return what all figures share: type, colours, and no zooming, which would catch a finger that scrolls."""
    axis = {"fixedrange": True, "showgrid": False, "gridcolor": colours.grid, "zeroline": False, "tickfont": {"color": colours.muted}}
    hover = {"bgcolor": colours.surface, "bordercolor": colours.faint, "align": "left", "font": {"color": colours.ink}}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": colours.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colours.customer, colours.seller, colours.muted],
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": hover | {"font": {"family": FONT, "size": 14, "color": colours.ink}},
            "showlegend": False,
            "xaxis": axis,
            "yaxis": axis,
        }
    )


# The ladder is set like a page: y counts pixels from the top, so that a row's lines keep their distances at any width.
_ROW, _EMPTY_ROW = 104, 56
_TITLE, _NOTE, _TRACK, _VALUE = 12, 32, 60, 81
_AXIS = 56


def evidence_ladder(rungs: Sequence[wording.Rung], colours: Palette) -> go.Figure:
    """Draw the gap in win rate step by step, a row each: what is left with its interval, and what the step took away."""
    tops, bottom = _tops(rungs)
    figure = go.Figure(layout={"template": template(colours), "height": bottom + _AXIS})
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": _AXIS})
    figure.update_yaxes(range=[bottom, 0], visible=False)
    _set_gap_axis(figure, rungs, colours)
    before: float | None = None
    for rung, top in zip(rungs, tops, strict=True):
        _write_rung(figure, rung, top, colours)
        if rung.gap is not None:
            _draw_ruler(figure, top + _TRACK, colours)
            _draw_gap(figure, rung, before, top + _TRACK, colours)
            before = rung.gap
    return figure


def _tops(rungs: Sequence[wording.Rung]) -> tuple[list[int], int]:
    tops, top = [], 0
    for rung in rungs:
        tops.append(top)
        top += _EMPTY_ROW if rung.gap is None else _ROW
    return tops, top


def _set_gap_axis(figure: go.Figure, rungs: Sequence[wording.Rung], colours: Palette) -> None:
    """Set the axis to everything that is drawn, the zero, and room for the labels beyond."""
    drawn = [0.0, *(value for rung in rungs for value in (rung.gap, rung.low, rung.high) if value is not None)]
    room = max(max(drawn) - min(drawn), 10) * 0.1
    low, high = min(drawn) - room, max(drawn) + room
    apart = next((step for step in (1, 2, 5, 10, 20) if high - low <= 8 * step), 50)
    ticks = [value for value in range(-100, 101, apart) if low <= value <= high]
    title = {"text": escape.plotly(wording.AXIS), "font": {"color": colours.muted, "size": 14}}
    labels = [escape.plotly(wording.tick(value)) for value in ticks]
    figure.update_xaxes(range=[low, high], title=title, tickvals=ticks, ticktext=labels)


def _write_rung(figure: go.Figure, rung: wording.Rung, top: int, colours: Palette) -> None:
    quiet = rung.gap is None
    title, note, deals = (escape.plotly(text) for text in (rung.title, rung.note, rung.deals))
    left, right = {"x": 0, "xref": "paper", "xanchor": "left"}, {"x": 1, "xref": "paper", "xanchor": "right"}
    ink = colours.muted if quiet else colours.ink
    _write(figure, title if quiet else f"<b>{title}</b>", top + _TITLE, ink, 16, **left)
    _write(figure, note, top + _NOTE, colours.muted, 14, **left)
    if deals:
        _write(figure, deals, top + _TITLE, colours.muted, 14, **right)


def _draw_ruler(figure: go.Figure, y: int, colours: Palette) -> None:
    """Draw the zero of a row, and its ticks: lines down the whole figure would run through the text."""
    for value in figure.layout.xaxis.tickvals:
        reach, colour = (12, colours.muted) if value == 0 else (6, colours.faint)
        line = {"color": colour, "width": 2 if value == 0 else 1}
        figure.add_shape(type="line", x0=value, x1=value, y0=y - reach, y1=y + reach, line=line, layer="below")


def _draw_gap(figure: go.Figure, rung: wording.Rung, before: float | None, y: int, colours: Palette) -> None:
    """Draw a row's stem from zero, what its step took away as a dotted line, its interval, its dot and its value."""
    strong = colours.ink if rung.is_strong else colours.muted
    if before is not None:
        _line(figure, rung.gap, before, y, {"color": colours.faint, "width": 2, "dash": "3px,4px"})
    _line(figure, 0, rung.gap, y, {"color": colours.faint, "width": 3})
    if rung.low is not None:
        _line(figure, rung.low, rung.high, y, {"color": strong, "width": 5})
    if before is not None:
        ghost = {"size": 9, "color": colours.surface, "line": {"color": colours.faint, "width": 2}}
        figure.add_scatter(x=[before], y=[y], mode="markers", marker=ghost, hoverinfo="skip")
    figure.add_scatter(
        x=[rung.gap],
        y=[y],
        mode="markers",
        marker={"size": 17 if rung.is_strong else 14, "color": strong, "line": {"color": colours.surface, "width": 2}},
        name=escape.plotly(rung.title),
        hovertext=["<br>".join(escape.plotly(line) for line in rung.hover)],
        hoverinfo="text",
    )
    label = f"<b>{escape.plotly(rung.label)}</b>"
    _write(figure, label, y - _TRACK + _VALUE, strong, 16 if rung.is_strong else 14, x=rung.gap, xanchor="center")


def _line(figure: go.Figure, start: float | None, end: float | None, y: int, line: dict[str, Any]) -> None:
    figure.add_scatter(x=[start, end], y=[y, y], mode="lines", line=line, hoverinfo="skip")


def _write(figure: go.Figure, text: str, y: int, colour: str, size: int, **where: Any) -> None:
    font = {"color": colour, "size": size}
    figure.add_annotation(text=text, y=y, yanchor="middle", showarrow=False, font=font, **where)
