"""What all figures share: the colours of both themes, the template, and how text and lines are put on a figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

FONT = '"Source Sans", "Segoe UI", system-ui, sans-serif'

Style = tuple[tuple[str, Any], ...]
"""The style of a line or a text, as something to look it up by."""

Side = Literal["left", "right"]
Anchor = Literal["left", "center", "right"]
_POSITIONS = {"left": "middle right", "center": "middle center", "right": "middle left"}
"""Where Plotly writes a text, seen from its place: one that is anchored at its left lies to the right."""

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


@cache
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


def on_page(bottom: int, axis: int, colours: Palette) -> Canvas:
    """Return a canvas that is set like a page: y counts pixels from the top, so that lines keep their distances at any width.

    Below `bottom` there is room of `axis` pixels for the x axis.
    """
    margin = {"l": 0, "r": 0, "t": 0, "b": axis}
    yaxis = {"range": [bottom, 0], "visible": False}
    return Canvas({"template": template(colours), "height": bottom + axis, "margin": margin, "yaxis": yaxis})


@dataclass(slots=True)
class Canvas:
    """What is drawn on a figure, gathered first: Plotly looks at all that is there again with each shape or text that is added to it.

    A browser's time goes with traces and annotations, so plain lines of one style become one trace, and so do plain texts. Upright lines
    lie below level ones, and both below dots.
    """

    layout: dict[str, Any]
    traces: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    _uprights: dict[Style, dict[str, Any]] = field(default_factory=dict)
    _strokes: dict[Style, dict[str, Any]] = field(default_factory=dict)
    _texts: dict[Style, dict[str, Any]] = field(default_factory=dict)

    def add_scatter(self, **trace: Any) -> None:
        """Add a trace of dots or lines."""
        self.traces.append({"type": "scatter", **trace})

    def add_shape(self, **shape: Any) -> None:
        """Add a line or a box."""
        self.shapes.append(shape)

    def write(self, text: str, y: float, colour: str, size: int, *, x: float | Side | None, anchor: Anchor = "left") -> None:
        """Write a text that is escaped already from an x on, up to it or around it, or at a side of the figure whose xaxis is known."""
        if isinstance(x, str):
            anchor, x = x, self.layout["xaxis"]["range"][x == "right"]
        trace = self._texts.setdefault((("colour", colour), ("size", size), ("anchor", anchor)), _texts(colour, size, anchor))
        for name, value in (("x", x), ("y", y), ("text", text)):
            trace[name].append(value)

    def note(self, text: str, y: float, colour: str, size: int, **where: Any) -> None:
        """Write a text that is escaped already with a background, or a number of pixels away from a place; `where` is Plotly's."""
        font = {"color": colour, "size": size}
        self.annotations.append({"text": text, "y": y, "yanchor": "middle", "showarrow": False, "font": font, **where})

    def upright(self, x: float, span: tuple[float | None, float | None], style: dict[str, Any]) -> None:
        """Draw an upright line that says nothing when pointed at."""
        _draw(self._uprights, (x, x), span, style)

    def stroke(self, start: float | None, end: float | None, y: float, style: dict[str, Any]) -> None:
        """Draw a level line that says nothing when pointed at."""
        _draw(self._strokes, (start, end), (y, y), style)

    def figure(self) -> go.Figure:
        """Return the figure."""
        traces = [*self._uprights.values(), *self._strokes.values(), *self.traces, *self._texts.values()]
        return go.Figure({"data": traces, "layout": self.layout | {"shapes": self.shapes, "annotations": self.annotations}})


def _texts(colour: str, size: int, anchor: Anchor) -> dict[str, Any]:
    """Return a trace of texts. What is not selected fades, which is well for dots and not for what they are called."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [],
        "y": [],
        "text": [],
        "textposition": _POSITIONS[anchor],
        "textfont": {"color": colour, "size": size},
        "unselected": {"textfont": {"color": colour}},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _draw(lines: dict[Style, dict[str, Any]], x: tuple[float | None, ...], y: tuple[float | None, ...], style: dict[str, Any]) -> None:
    """Add a line to the trace of those of its style, behind a gap."""
    new = {"type": "scatter", "mode": "lines", "x": [], "y": [], "line": style, "hoverinfo": "skip"}
    trace = lines.setdefault(tuple(style.items()), new)
    trace["x"] += [*x, None]
    trace["y"] += [*y, None]
