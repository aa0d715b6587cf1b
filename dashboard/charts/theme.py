"""What all figures share: the colours of both themes, the template, and how text and lines are put on a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

from dashboard import escape

FONT = '"Source Sans", "Segoe UI", system-ui, sans-serif'

Style = tuple[tuple[str, Any], ...]
"""The style of a line or a text, as something to look it up by."""

Side = Literal["left", "right"]
Symbol = Literal["circle", "diamond"]
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


@dataclass(frozen=True, slots=True)
class Look:
    """What a dot looks like: its size in pixels, its colour, the colour and width of its edge, and its shape."""

    size: int
    colour: str
    edge: str
    width: int
    symbol: Symbol = "circle"


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot: where it stands, its look, what it says when pointed at, and what it stands for when it is selected."""

    x: float | None
    y: float
    look: Look
    hover: str
    key: str


@dataclass(slots=True)
class Canvas:
    """What is drawn on a figure, gathered first: Plotly looks at all that is there again with each shape or text that is added to it.

    A browser's time goes with traces and annotations, so all dots become one trace, and so do plain lines of one style, and plain texts.
    Upright lines lie below level ones, and both below dots.
    """

    layout: dict[str, Any]
    traces: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    _uprights: dict[Style, dict[str, Any]] = field(default_factory=dict)
    _strokes: dict[Style, dict[str, Any]] = field(default_factory=dict)
    _texts: dict[Style, dict[str, Any]] = field(default_factory=dict)
    _dots: list[Dot] = field(default_factory=list)

    def add_scatter(self, **trace: Any) -> None:
        """Add a trace of lines."""
        self.traces.append({"type": "scatter", **trace})

    def dot(self, x: float | None, y: float, look: Look, hover: Sequence[str] = (), key: str = "") -> None:
        """Draw a dot that says lines of plain text when pointed at; `key` is what it stands for when it is selected."""
        self._dots.append(Dot(x, y, look, "<br>".join(escape.plotly(line) for line in hover), key))

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
        dots = [_trace_of(self._dots)] if self._dots else []
        traces = [*self._uprights.values(), *self._strokes.values(), *self.traces, *dots, *self._texts.values()]
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


def _trace_of(dots: Sequence[Dot]) -> dict[str, Any]:
    """Return dots as one trace. A dot that says nothing is passed over by the pointer."""
    looks = [dot.look for dot in dots]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [dot.x for dot in dots],
        "y": [dot.y for dot in dots],
        "marker": {
            "size": [look.size for look in looks],
            "symbol": [look.symbol for look in looks],  # told apart without colour too
            "color": [look.colour for look in looks],
            "opacity": 1,  # else Plotly makes dots of several sizes see-through
            "line": {"color": [look.edge for look in looks], "width": [look.width for look in looks]},
        },
        "customdata": [dot.key for dot in dots],
        "hovertext": [dot.hover for dot in dots],
        "hoverinfo": ["text" if dot.hover else "skip" for dot in dots],
    }


def _draw(lines: dict[Style, dict[str, Any]], x: tuple[float | None, ...], y: tuple[float | None, ...], style: dict[str, Any]) -> None:
    """Add a line to the trace of those of its style, behind a gap."""
    new = {"type": "scatter", "mode": "lines", "x": [], "y": [], "line": style, "hoverinfo": "skip"}
    trace = lines.setdefault(tuple(style.items()), new)
    trace["x"] += [*x, None]
    trace["y"] += [*y, None]
