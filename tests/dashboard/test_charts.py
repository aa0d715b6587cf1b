"""The ladder's picture: what is drawn where, in which colours, and nothing that needs Streamlit."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import charts

CONFIG = Path(charts.__file__).parent / ".streamlit" / "config.toml"
STEPS = ((80, 100, 40, 100), (78, 100, 41, 100), (60, 100, 30, 100), (38, 100, 27, 100))

Make = Callable[..., Any]


@pytest.fixture
def figure(ladder: Make, terms: Make) -> go.Figure:
    return charts.evidence_ladder(ladder(*STEPS, interval=(0.05, 0.17)), terms(), charts.LIGHT)


def dots(figure: go.Figure) -> list[tuple[float, str]]:
    return [(trace.x[0], trace.hovertext[0]) for trace in figure.data if trace.hovertext]


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_each_step_has_its_dot_at_its_gap(figure: go.Figure) -> None:
    """Four steps, four dots, in points."""
    assert [gap for gap, _ in dots(figure)] == pytest.approx([40, 37, 30, 11])


def test_hover_tells_exact_figures(figure: go.Figure) -> None:
    """Rates, counts, gap, interval and what was not used."""
    hover = dots(figure)[3][1].replace("\N{NO-BREAK SPACE}", " ")
    assert "38.0% (38 of 100)" in hover
    assert "27.0% (27 of 100)" in hover
    assert "+11.0 points" in hover
    assert "5.0 to 17.0" in hover
    assert "12 deals in scope" in hover


def test_only_the_last_step_has_an_interval(figure: go.Figure) -> None:
    """Intervals would lend the biased steps a precision that they do not have."""
    thick = [tuple(trace.x) for trace in figure.data if trace.mode == "lines" and trace.line.width == 5]
    assert thick == [pytest.approx((5, 17))]


def test_rows_say_what_each_step_took_away(figure: go.Figure) -> None:
    """Values stand at the dots, and changes agree with the values as shown."""
    said = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts(figure)]
    assert "<b>+40</b>" in said
    assert "<b>+11 (5 to 17)</b>" in said
    assert "−19 points: answers written by day 30 only" in said


def test_steps_to_come_have_no_dot(figure: go.Figure) -> None:
    """What is not computed is named, and not drawn."""
    assert "Like for like" in texts(figure)
    assert len(dots(figure)) == 4


def test_the_axis_holds_zero_and_all_that_is_drawn(ladder: Make, terms: Make) -> None:
    """Also where the gap is below zero."""
    below = ((40, 100, 60, 100), (40, 100, 60, 100), (40, 100, 62, 100), (30, 100, 60, 100))
    low, high = charts.evidence_ladder(ladder(*below, interval=(-0.4, -0.2)), terms(), charts.DARK).layout.xaxis.range
    assert low < -40
    assert high > 0


def test_a_step_with_too_few_deals_is_a_sentence(ladder: Make, terms: Make) -> None:
    """Counts instead of a dot."""
    figure = charts.evidence_ladder(ladder(*STEPS[:3], (5, 12, 30, 100)), terms(), charts.LIGHT)
    assert len(dots(figure)) == 3
    assert "too few to say: 12 customer-focused, 100 seller-focused" in texts(figure)


def test_without_history_two_steps_are_drawn(ladder: Make, terms: Make) -> None:
    """Steps 3 and 4 say what they need."""
    figure = charts.evidence_ladder(ladder(*STEPS[:2], None, None), terms(has_field_history=False), charts.LIGHT)
    assert len(dots(figure)) == 2
    assert texts(figure).count("needs field history") == 2


def test_the_frame_is_left_as_it_was(ladder: Make, terms: Make) -> None:
    """Builders are pure: the same frame gives the same figure twice."""
    frame: pl.DataFrame = ladder(*STEPS)
    first, second = (charts.evidence_ladder(frame, terms(), charts.LIGHT).to_json() for _ in range(2))
    assert first == second


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
        "import sys, dashboard.charts, dashboard.wording.verdict, dashboard.wording.tiles, dashboard.wording.frame; "
        "sys.exit('streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=CONFIG.parents[2], check=False).returncode == 0
