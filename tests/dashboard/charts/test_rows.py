"""The chart of rows: what is drawn where and in which colours, and what a click selects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import rounding
from dashboard.charts.rows import rows_chart
from dashboard.charts.theme import DARK, LIGHT
from dashboard.wording.rows import Axis, Dot, Row

Dots = Callable[..., list[Any]]
Lines = Callable[..., list[tuple[Any, ...]]]
Written = Callable[..., list[Any]]

AXIS = Axis("Win rate", rounding.percent, holds=(0.0, 1.0), names=(("customer", "Ours"), ("seller", "Theirs")))
PAIR = Row(
    "SMB",
    (
        Dot(0.6, "customer", "60%", "30 of 50", 0.5, 0.7, ("SMB", "60.0%"), key="c:SMB"),
        Dot(0.3, "seller", "30%", "15 of 50", 0.2, 0.4, ("SMB", "30.0%")),
    ),
    key="SMB",
)


def texts(figure: go.Figure) -> str:
    return "\n".join(text for trace in figure.data if trace.mode == "text" for text in trace.text)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_groups_have_their_colours_and_shapes(colours: Any, dots: Dots) -> None:
    """Told apart without colour too."""
    customer, seller = dots(rows_chart([PAIR], AXIS, colours))
    assert (customer.x, customer.colour, customer.symbol) == (0.6, colours.customer, "circle")
    assert (seller.x, seller.colour, seller.symbol) == (0.3, colours.seller, "diamond")


def test_intervals_are_drawn_at_the_height_of_their_dots(lines: Lines, dots: Dots) -> None:
    """Each from its low to its high end."""
    figure = rows_chart([PAIR], AXIS, LIGHT)
    ours, theirs = (dot.y for dot in dots(figure))
    assert lines(figure, lambda line: line.width == 4) == [(0.5, 0.7, ours, ours), (0.2, 0.4, theirs, theirs)]


def test_a_click_selects_the_key_of_the_dot_or_of_its_row(dots: Dots) -> None:
    """A dot without a key of its own stands for its row."""
    assert [dot.key for dot in dots(rows_chart([PAIR], AXIS, LIGHT))] == ["c:SMB", "SMB"]


def test_a_quiet_dot_is_grey_and_keeps_its_shape(dots: Dots) -> None:
    """Too few deals have no colour of a group, on the dot or in the text."""
    figure = rows_chart([Row("SMB", (Dot(0.5, "seller", "too few", is_quiet=True),))], AXIS, LIGHT)
    assert (dots(figure)[0].colour, dots(figure)[0].symbol) == (LIGHT.muted, "diamond")
    assert f'<span style="color:{LIGHT.muted}"><b>too few</b></span>' in texts(figure)


def test_a_dot_of_before_is_hollow(dots: Dots) -> None:
    """It is filled with the ground of the page."""
    (dot,) = dots(rows_chart([Row("SMB", (Dot(0.5, "before", "50%"),))], AXIS, LIGHT))
    assert (dot.colour, dot.edge) == (LIGHT.surface, LIGHT.muted)


def test_names_stand_above_the_rows_in_their_colours(written: Written) -> None:
    """And the rows make room for them."""
    figure = rows_chart([PAIR], AXIS, LIGHT)
    names = next(each for each in written(figure) if "Ours" in each.text)
    assert f'{LIGHT.customer}">● Ours' in names.text
    assert f'{LIGHT.seller}">◆ Theirs' in names.text
    assert names.y < min(each.y for each in written(figure) if each.text != names.text)
    assert figure.layout.height > rows_chart([PAIR], Axis("Win rate", rounding.percent), LIGHT).layout.height


def test_a_reference_is_drawn_in_each_row_and_named_above_the_first(lines: Lines, written: Written) -> None:
    """Also beside names, which stand above it."""
    axis = Axis("Gap", rounding.number, 0.0, "no gap", names=AXIS.names)
    figure = rows_chart([PAIR, PAIR], axis, LIGHT)
    assert [line[0] for line in lines(figure, lambda line: line.color == LIGHT.muted)] == [0.0, 0.0]
    at = {each.text: each.y for each in written(figure)}
    named = next(y for text, y in at.items() if "Ours" in text)
    assert named < at["no gap"] < at["<b>SMB</b>"]


def test_rows_follow_each_other_without_touching(written: Written, dots: Dots) -> None:
    """The second row's text lies below the first row's dots."""
    figure = rows_chart([PAIR, PAIR], AXIS, LIGHT)
    titles = [each.y for each in written(figure) if each.text == "<b>SMB</b>"]
    assert titles[0] < dots(figure)[0].y < dots(figure)[1].y < titles[1] < dots(figure)[2].y


def test_a_row_without_dots_says_why(written: Written) -> None:
    """Its note is there, its title is grey, and nothing is drawn."""
    figure = rows_chart([Row("SMB", note="no deals")], AXIS, LIGHT)
    assert "no deals" in texts(figure)
    assert next(each for each in written(figure) if "SMB" in each.text).colour == LIGHT.muted
    assert {trace.mode for trace in figure.data} == {"text"}


def test_the_axis_holds_what_is_asked_and_leaves_room_for_the_labels_at_its_ends() -> None:
    """A share goes from none to all, and both are written."""
    axis = rows_chart([PAIR], AXIS, LIGHT).layout.xaxis
    low, high = axis.range
    assert -0.1 < low < 0
    assert 1 < high < 1.1
    assert (axis.ticktext[0], axis.ticktext[-1]) == ("0%", "100%")


def test_the_axis_holds_all_intervals_and_the_reference() -> None:
    """Without ends of its own."""
    low, high = rows_chart(
        [Row("SMB", (Dot(5, "strong", "5", low=-3, high=12),))], Axis("Gap", rounding.number, 20), LIGHT
    ).layout.xaxis.range
    assert low < -3
    assert high > 20


def test_one_value_has_an_axis_too() -> None:
    """A span of nothing would be no axis."""
    low, high = rows_chart([Row("SMB", (Dot(5, "strong", "5"),))], Axis("Days", rounding.number), LIGHT).layout.xaxis.range
    assert low < 5 < high


def test_hostile_names_are_text(dots: Dots) -> None:
    """A name out of a CRM can be no tag and no template, in a title or a hover."""
    name = "<b>x</b> %{y} $z$"
    figure = rows_chart([Row(name, (Dot(0.5, "strong", "5", hover=(name,)),))], AXIS, LIGHT)
    shown = texts(figure) + dots(figure)[0].hover
    assert "<b>x" not in shown
    assert "%{y}" not in shown
    assert "$z$" not in shown


def test_a_long_name_is_shortened_in_its_row_alone(dots: Dots) -> None:
    """The hover holds all of it."""
    name = "A very long name of a segment that would never fit on a phone"
    figure = rows_chart([Row(name, (Dot(0.5, "strong", "5", hover=(name,)),))], AXIS, LIGHT)
    assert name not in texts(figure)
    assert "A very long name" in texts(figure)
    assert dots(figure)[0].hover == name


def test_the_same_rows_give_the_same_figure() -> None:
    """Builders are pure."""
    assert rows_chart([PAIR], AXIS, LIGHT).to_json() == rows_chart([PAIR], AXIS, LIGHT).to_json()
