"""The charts of both pages as figures: what is drawn where, told apart without colour, and names that do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.charts.balance import balance_chart
from dashboard.charts.curves import curves_chart
from dashboard.charts.spread import spread_chart
from dashboard.charts.theme import LIGHT
from dashboard.wording.balance import Pair
from dashboard.wording.curves import Curve, Panel
from dashboard.wording.spread import Strip

Dots = Callable[..., list[Any]]
Lines = Callable[..., list[tuple[Any, ...]]]
Written = Callable[..., list[Any]]


def curve(group: str, last: float) -> Curve:
    """Return a curve of two days."""
    return Curve(group, group, (30, 210), (0.0, last), (0.0, last - 1), (0.0, last + 1), ("a", "b"), f"{last:.0f}%")  # type: ignore[arg-type]


def panel(*curves: Curve) -> Panel:
    """Return a panel from day 30 to day 210."""
    return Panel("won", "Won", 30, 210, curves, "", "Won", ())


def test_groups_are_told_apart_without_colour() -> None:
    """Customer-focused is solid with a circle, seller-focused dashed with a diamond."""
    figure = curves_chart(panel(curve("customer", 60), curve("seller", 30)), LIGHT)
    lines = [trace for trace in figure.data if trace.hovertemplate]
    assert [trace.line.dash for trace in lines] == ["solid", "6px,3px"]
    assert [trace.line.shape for trace in lines] == ["hv", "hv"]
    assert [trace.marker.symbol for trace in figure.data if trace.mode == "markers"] == ["circle", "diamond"]


def test_labels_of_close_curves_stand_apart() -> None:
    """The labels of two curves that end together are 17 pixels apart, and the lower stays above the axis."""
    figure = curves_chart(panel(curve("customer", 1), curve("seller", 1)), LIGHT)
    low, high = sorted(each.yshift for each in figure.layout.annotations if each.xref != "paper")
    assert high - low == 17
    assert low > -4


def test_a_strip_shows_the_five_days(lines: Lines, dots: Dots) -> None:
    """Thin from the first to the last, thick between the second and the fourth, a mark at the third; none with too few deals."""
    strips = [Strip("Days to the win", "seller", "Seller-focused", (1, 2, 3, 4, 5), "40 won"), Strip("", "customer", "C", (), "too few")]
    figure = spread_chart(strips, LIGHT)
    assert [line[:2] for line in lines(figure, lambda line: line.color == LIGHT.seller)] == [(1, 5), (2, 4)]
    assert [(dot.x, dot.symbol) for dot in dots(figure, are_silent=True)] == [(3, "diamond")]


def test_balance_is_hollow_before_and_filled_after(written: Written, dots: Dots) -> None:
    """A name out of a CRM is shown as it is written and is no markup."""
    figure = balance_chart([Pair("Rep: <b>x</b>", 0.4, 0.0, "0.40 → 0.00", ("Rep: <b>x</b>",))], LIGHT)
    assert [(dot.x, dot.colour) for dot in dots(figure)] == [(0.4, LIGHT.surface), (0.0, LIGHT.ink)]
    assert "Rep: &lt;b&gt;x&lt;/b&gt;" in {each.text for each in written(figure)}
