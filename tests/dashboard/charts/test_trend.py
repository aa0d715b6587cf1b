"""Values over ordered steps: where points, lines and bands stand, and what parts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import rounding
from dashboard.charts.theme import DARK, LIGHT
from dashboard.charts.trend import trend
from dashboard.wording.series import Point, Series, Steps

Dots = Callable[..., list[Any]]
Written = Callable[..., list[Any]]

STEPS = Steps(("Q1\n2025", "Q2", "Q3"), "Created in", rounding.percent)


def line(role: Any, *rates: float | None, name: str = "Ours", **more: Any) -> Series:
    points = [Point(at, rate, rate - 0.1, rate + 0.1, role, hover=(str(at),), **more) for at, rate in enumerate(rates) if rate is not None]
    return Series(name, role, tuple(points))


def lines(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.mode == "lines" and trace.line.width == 2]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_groups_differ_in_colour_shape_and_dash_and_stand_apart(colours: Any, dots: Dots) -> None:
    """Told apart without colour, and no interval covers another."""
    figure = trend([line("customer", 0.5, 0.6), line("seller", 0.5, 0.6)], STEPS, colours)
    first, other = dots(figure)[0], dots(figure)[2]
    assert first.x < 0 < other.x
    assert (first.symbol, other.symbol) == ("circle", "diamond")
    assert (first.colour, other.colour) == (colours.customer, colours.seller)
    assert lines(figure)[0].line.dash != lines(figure)[1].line.dash


def test_a_step_that_is_missing_parts_the_line() -> None:
    """No line runs over what is not known."""
    assert [len(each.x) for each in lines(trend([line("customer", 0.5, None, 0.6)], STEPS, LIGHT))] == [1, 1]


def test_bands_hold_the_intervals() -> None:
    """From low to high and back."""
    (band,) = [trace for trace in trend([line("customer", 0.5, 0.6)], STEPS, LIGHT).data if trace.fill == "toself"]
    assert list(band.y) == pytest.approx([0.6, 0.7, 0.5, 0.4])


def test_a_line_of_both_groups_is_grey_and_has_no_band() -> None:
    """It is nobody's colour."""
    figure = trend([line("seller", 0.5, 0.6, name="")], STEPS, LIGHT)
    assert lines(figure)[0].line.color == LIGHT.faint
    assert not [trace for trace in figure.data if trace.fill == "toself"]


def test_too_few_deals_are_grey(dots: Dots) -> None:
    """And keep the shape of their group."""
    (dot,) = dots(trend([line("seller", 0.5, is_quiet=True)], STEPS, LIGHT))
    assert (dot.colour, dot.symbol) == (LIGHT.muted, "diamond")


def test_names_stand_at_the_last_points_the_higher_one_above(written: Written) -> None:
    """Each in its colour, and apart."""
    figure = trend([line("customer", 0.3, name="Ours"), line("seller", 0.6, name="Theirs")], STEPS, LIGHT)
    at = {each.text: each.y for each in written(figure)}
    assert at["<b>◆ Theirs</b>"] > 0.7
    assert at["<b>● Ours</b>"] < 0.2


def test_a_divider_parts_the_steps_and_names_both_sides() -> None:
    """Between the steps, not on one."""
    steps = Steps(("0", "1", "2"), "Answers", rounding.percent, ("1/2", "3/4", "5/6"), 2, ("Below", "Above"))
    figure = trend([line("customer", 0.5, 0.6, 0.7, name="")], steps, LIGHT)
    assert [shape.x0 for shape in figure.layout.shapes] == [1.5]
    assert [note.text for note in figure.layout.annotations] == ["<b>Below</b>", "<b>Above</b>"]
    assert "5/6" in figure.layout.xaxis.ticktext[2]


def test_of_many_steps_every_other_is_labelled() -> None:
    """So that labels never touch on a phone."""
    steps = Steps(tuple(f"Q{number}" for number in range(10)), "Created in", rounding.percent)
    assert list(trend([line("customer", 0.5)], steps, LIGHT).layout.xaxis.ticktext[:3]) == ["Q0", "", "Q2"]


def test_the_axis_holds_everything_up_to_all() -> None:
    """It begins at none, and ends above the highest interval."""
    assert trend([line("customer", 0.3)], STEPS, LIGHT).layout.yaxis.range == (0, 0.5)
    assert trend([line("customer", 0.9)], STEPS, LIGHT).layout.yaxis.range[1] > 1
