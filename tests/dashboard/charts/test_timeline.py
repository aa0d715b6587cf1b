"""The timeline of a deal: bars, stretches and marks where their days are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.theme import LIGHT
from dashboard.charts.timeline import timeline
from dashboard.wording.timeline import Bar, Timeline, Track

Dots = Callable[..., list[Any]]
Lines = Callable[..., list[tuple[Any, ...]]]

MADE = Timeline(
    (Bar("Discovery", 0, 40), Bar("Closed Lost", 40, 40, is_last=True)),
    (
        Track("Pain", ((5, 20), (25, 40)), "from day 5, cleared on day 20", is_neutral=False),
        Track("Champion", ((3, 9),), "from day 3, cleared on day 9", is_neutral=False, was_cleared=True),
        Track("Line", (), "never answered", is_neutral=True, unknown_until=12),
    ),
    40,
    ((30, "landmark, day 30"), (40, "lost, day 40")),
)


def said(figure: go.Figure) -> list[str]:
    return [
        *(note.text for note in figure.layout.annotations),
        *(text for trace in figure.data if trace.mode == "text" for text in trace.text),
    ]


def test_stages_are_bars_from_day_to_day() -> None:
    """The last one of a closed deal is a mark as wide as can be seen."""
    bars = [trace for trace in timeline(MADE, LIGHT).data if trace.mode == "lines" and trace.line.width == 9]
    assert tuple(bars[0].x) == (0, 40)
    assert 40 < bars[1].x[1] < 41
    assert bars[0].y[0] < bars[1].y[0]


def test_answers_are_filled_dots_and_cleared_ones_hollow(dots: Dots) -> None:
    """A question that was cleared, and answered again, has both."""
    ours, hollow = LIGHT.customer, LIGHT.surface
    assert [(dot.x, dot.colour) for dot in dots(timeline(MADE, LIGHT))] == [(5, ours), (25, ours), (20, hollow), (3, ours), (9, hollow)]


def test_landmark_and_closing_are_marked_through_all_rows(lines: Lines) -> None:
    """Each with its text: once along the stages, and in each track."""
    figure = timeline(MADE, LIGHT)
    marked = sorted(line[0] for line in lines(figure, lambda line: line.color == LIGHT.muted) if line[0] == line[1])
    assert marked == [30] * 4 + [40] * 4
    assert {"landmark, day 30", "lost, day 40"} <= set(said(figure))


def test_what_is_not_known_is_dashed(lines: Lines) -> None:
    """Until its history begins."""
    assert [line[:2] for line in lines(timeline(MADE, LIGHT), lambda line: line.dash == "3px,4px")] == [(0, 12)]


def test_a_hostile_stage_is_text() -> None:
    """No tag comes through."""
    made = Timeline((Bar("<b>x</b>", 0, 40),), (), 40, ())
    figure = timeline(made, LIGHT)
    assert "&lt;b&gt;x" in said(figure)[0]
    assert not any("<b>" in trace.hovertext for trace in figure.data if trace.hovertext)
