"""The funnel of reps as a figure: dots at their figures, curves at the limits, and names where there is room."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard.charts import funnel, theme
from dashboard.wording.funnel import spots

Draw = Callable[..., go.Figure]


def rate(owner: str, won: int, deals: int, place: str = "within") -> dict[str, Any]:
    """Return a row of metrics.owner_rates."""
    limits = {f"funnel_{side}_{level}": value for level in ("95", "998") for side, value in (("low", 0.2), ("high", 0.6))}
    return {
        "owner": owner,
        "won": won,
        "deals": deals,
        "win_rate": won / deals,
        "low": 0.1,
        "high": 0.7,
        "funnel": place,
        "whole_rate": 0.4,
    } | limits


@pytest.fixture
def limits() -> pl.DataFrame:
    """Return limits of up to a hundred deals."""
    rows = []
    for deals in range(1, 101):
        off = 1.96 * (0.24 / deals) ** 0.5
        wide = off * 3.09 / 1.96
        ends = {"95": (max(0, 0.4 - off), min(1, 0.4 + off)), "998": (max(0, 0.4 - wide), min(1, 0.4 + wide))}
        row = {f"funnel_{side}_{level}": value for level, pair in ends.items() for side, value in zip(("low", "high"), pair, strict=True)}
        rows.append({"deals": deals, "whole_rate": 0.4} | row)
    return pl.DataFrame(rows)


@pytest.fixture
def draw(limits: pl.DataFrame) -> Draw:
    """Return a function from rows to the figure."""

    def make(*rows: dict[str, Any]) -> go.Figure:
        return funnel.reps_funnel(spots(pl.DataFrame(list(rows))), limits, "all 40%", theme.LIGHT)

    return make


def names(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations if note.text != "all 40%"]


def test_dots_stand_at_their_figures(draw: Draw) -> None:
    """Deals to the right, win rate upward, in per cent; small ones hollow, those far outside diamonds."""
    figure = draw(rate("Ann", 20, 50), rate("Bob", 18, 20, "above 99.8%"), rate("Cleo", 5, 60, "below 95%"))
    [dots] = [trace for trace in figure.data if trace.hovertext]
    assert list(dots.x) == [50, 60, 20]
    assert list(dots.y) == pytest.approx([40.0, 100 * 5 / 60, 90.0])
    assert list(dots.marker.symbol) == ["circle", "circle", "diamond"]
    assert list(dots.marker.color) == [theme.LIGHT.muted, theme.LIGHT.ink, theme.LIGHT.surface]


def test_curves_are_the_limits(draw: Draw, limits: pl.DataFrame) -> None:
    """Four of them: solid for 95, dashed for 99.8 in 100."""
    curves = [trace for trace in draw(rate("Ann", 20, 50)).data if trace.mode == "lines" and len(trace.x) > 2]
    assert [curve.line.dash for curve in curves] == ["solid", "solid", "4px,4px", "4px,4px"]
    assert list(curves[1].y) == pytest.approx((100 * limits["funnel_high_95"]).to_list())


def test_only_those_outside_are_named(draw: Draw) -> None:
    """Whoever lies within is told when pointed at."""
    figure = draw(rate("Ann", 20, 50), rate("Bob", 18, 20, "above 99.8%"))
    assert names(figure) == ["Bob"]
    assert any("Ann" in text for trace in figure.data if trace.hovertext for text in trace.hovertext)


def test_names_do_not_cover_each_other(draw: Draw) -> None:
    """Of thirty reps in one spot some are named, and no two names, nor a name and a dot, share a place."""
    crowd = [rate(f"Rep number {number}", 18, 20 + number % 3, "above 95%") for number in range(30)]
    figure = draw(*crowd)
    assert 0 < len(names(figure)) < 30
    boxes = [box(note, figure) for note in figure.layout.annotations if note.text != "all 40%"]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


def box(note: Any, figure: go.Figure) -> tuple[float, float, float, float]:
    """Return where an annotation stands in pixels of a phone, from what the figure says of it."""
    width, height = 270.0, figure.layout.height - 68.0
    (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range
    x = (note.x - left) / (right - left) * width + (note.xshift or 0)
    y = (high - note.y) / (high - low) * height - (note.yshift or 0)
    letters = 6 * len(note.text)
    start = {"left": x, "right": x - letters}.get(note.xanchor, x - letters / 2)
    top = {"bottom": y - 14, "top": y}.get(note.yanchor, y - 7)
    return start, top, start + letters, top + 14


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_names_are_text(draw: Draw) -> None:
    """Markup in a name is escaped, in its label and where it is pointed at."""
    figure = draw(rate("<b>x</b> $y$", 18, 20, "above 95%"))
    assert "<b>x" not in figure.to_json()
    assert names(figure) == ["&lt;b&gt;x&lt;/b&gt; &#36;y&#36;"]


def test_the_same_rows_give_the_same_figure(draw: Draw) -> None:
    """Builders are pure."""
    assert draw(rate("Ann", 20, 50)).to_json() == draw(rate("Ann", 20, 50)).to_json()
