"""The ladder's picture: what is drawn where, in which colours, and nothing that needs Streamlit."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.charts import theme as charts
from dashboard.charts.ladder import evidence_ladder
from dashboard.wording.ladder import rungs
from dashboard.wording.verdict import Verdict

Dots = Callable[..., list[Any]]
Lines = Callable[..., list[tuple[Any, ...]]]
Written = Callable[..., list[Any]]

CONFIG = Path(charts.__file__).parents[1] / ".streamlit" / "config.toml"
STEPS = ((80, 100, 40, 100), (78, 100, 41, 100), (60, 100, 30, 100), (38, 100, 27, 100))
FULL: dict[str, Any] = {"interval": (0.05, 0.17), "alike": (0.06, 0.01, 0.11), "beyond": (0.04, -0.02, 0.10)}
SAID = Verdict("more", "", "", "")

Make = Callable[..., Any]
Draw = Callable[..., go.Figure]


@pytest.fixture
def draw(ladder: Make, terms: Make) -> Draw:
    """Return a function that draws a ladder of these steps, with what is given of terms and palette."""

    def make(*steps: Any, colours: charts.Palette = charts.LIGHT, **given: Any) -> go.Figure:
        return evidence_ladder(rungs(ladder(*steps, **given), SAID, terms()), colours)

    return make


@pytest.fixture
def figure(draw: Draw) -> go.Figure:
    return draw(*STEPS, **FULL)


def texts(figure: go.Figure) -> list[str]:
    return [text for trace in figure.data if trace.mode == "text" for text in trace.text]


def test_each_step_has_its_dot_at_its_gap(figure: go.Figure, dots: Dots) -> None:
    """Six steps, six dots, in points."""
    assert [dot.x for dot in dots(figure)] == pytest.approx([40, 37, 30, 11, 6, 4])


def test_hover_tells_exact_figures(figure: go.Figure, dots: Dots) -> None:
    """Rates, counts, gap, interval and what was not used."""
    hover = dots(figure)[3].hover.replace("\N{NO-BREAK SPACE}", " ")
    assert "38.0% (38 of 100)" in hover
    assert "27.0% (27 of 100)" in hover
    assert "+11.0 points" in hover
    assert "5.0 to 17.0" in hover
    assert "12 deals in scope" in hover


def test_alike_deals_have_no_rates_in_the_hover(figure: go.Figure, dots: Dots) -> None:
    """Their groups are weighted, so only the gap and its interval are told."""
    hover = dots(figure)[4].hover.replace("\N{NO-BREAK SPACE}", " ")
    assert hover == "Like for like<br>Gap: +6.0 points<br>95% interval: 1.0 to 11.0<br>Not used: 12 deals in scope"


def test_steps_before_equal_age_have_no_interval_and_the_last_is_strong(figure: go.Figure, lines: Lines, dots: Dots) -> None:
    """Intervals would lend the biased steps a precision that they do not have; what the most was taken out of stands out."""
    quiet, strong = (
        [line[:2] for line in lines(figure, lambda line, colour=colour: line.width == 5 and line.color == colour)]
        for colour in (charts.LIGHT.muted, charts.LIGHT.ink)
    )
    assert quiet == [pytest.approx((5, 17)), pytest.approx((1, 11))]
    assert strong == [pytest.approx((-2, 10))]
    assert [dot.size for dot in dots(figure)] == [14, 14, 14, 14, 14, 17]


def test_rows_say_what_each_step_took_away(figure: go.Figure) -> None:
    """Values stand at the dots, and changes agree with the values as shown."""
    said = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts(figure)]
    assert "<b>+40</b>" in said
    assert "<b>+11 (5 to 17)</b>" in said
    assert "<b>+4 (−2 to 10)</b>" in said
    assert "−19 points: answers written by day 30 only" in said
    assert "−5 points: only deals that are alike on day 30" in said


def test_a_step_without_a_gap_has_no_dot(draw: Draw, dots: Dots) -> None:
    """What cannot be told is named with its reason, and not drawn."""
    figure = draw(*STEPS, **FULL | {"beyond": None, "reasons": {6: "no neutral fields"}})
    assert {"Beyond tidy record-keeping", "needs neutral fields"} <= set(texts(figure))
    assert len(dots(figure)) == 5


def test_the_axis_holds_zero_and_all_that_is_drawn(draw: Draw) -> None:
    """Also where the gap is below zero."""
    below = ((40, 100, 60, 100), (40, 100, 60, 100), (40, 100, 62, 100), (30, 100, 60, 100))
    low, high = draw(*below, interval=(-0.4, -0.2), colours=charts.DARK).layout.xaxis.range
    assert low < -40
    assert high > 0


def test_a_step_with_too_few_deals_is_a_sentence(draw: Draw, dots: Dots) -> None:
    """Counts instead of a dot."""
    figure = draw(*STEPS[:3], (5, 12, 30, 100))
    assert len(dots(figure)) == 3
    assert "too few: 12 customer-focused, 100 seller-focused" in texts(figure)


def test_without_history_two_steps_are_drawn(draw: Draw, dots: Dots) -> None:
    """The four others say what they need."""
    figure = draw(*STEPS[:2], None, None, reasons=dict.fromkeys((3, 4, 5, 6), "no field history"))
    assert len(dots(figure)) == 2
    assert texts(figure).count("needs field history") == 4


def test_the_same_rows_give_the_same_figure(draw: Draw) -> None:
    """Builders are pure."""
    assert draw(*STEPS, **FULL).to_json() == draw(*STEPS, **FULL).to_json()


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [charts.LIGHT, charts.DARK], ids=["light", "dark"])
def test_text_meets_wcag_aa(colours: charts.Palette) -> None:
    """Everything that is written has 4.5 to 1 against its ground."""
    for ink in (colours.customer, colours.seller, colours.ink, colours.muted):
        assert contrast(ink, colours.surface) >= 4.5


@pytest.mark.parametrize(("theme", "colours"), [("light", charts.LIGHT), ("dark", charts.DARK)])
def test_the_theme_has_the_same_colours(theme: str, colours: charts.Palette) -> None:
    """A group has one colour in text and in charts."""
    settings = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]
    assert settings["greenTextColor"] == settings["greenColor"] == colours.customer
    assert settings["orangeTextColor"] == settings["orangeColor"] == colours.seller
    assert settings["textColor"] == colours.ink
    assert settings["grayTextColor"] == colours.muted
    assert settings["backgroundColor"] == colours.surface


def test_the_theme_by_name() -> None:
    """Light is what an unknown theme gets."""
    assert charts.palette("dark") is charts.DARK
    assert charts.palette("light") is charts.palette(None) is charts.LIGHT


def test_charts_and_wording_need_no_streamlit() -> None:
    """They can be tested, exported and printed without a server."""
    code = (
        "import sys, dashboard.charts.ladder, dashboard.charts.rows, dashboard.wording.beside, dashboard.wording.tiles, dashboard.wording.frame; "
        "sys.exit('streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=CONFIG.parents[2], check=False).returncode == 0
