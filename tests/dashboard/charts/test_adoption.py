"""Adoption over time as a figure: shares at their quarters, bands, and gaps where there are too few deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard.charts import theme
from dashboard.charts.adoption import adoption_chart, ceiling
from dashboard.wording.adoption import Line, lines, quarters

Adoption = Callable[..., pl.DataFrame]


@pytest.fixture
def whole() -> pl.DataFrame:
    """Return five quarters: 20%, 25%, too few, 30%, and 40% so far."""
    counts = [(10, 50), (25, 100), (3, 20), (30, 100), (40, 100)]
    rows = [
        {
            "by_value": "all",
            "quarter": f"Q{number % 4 + 1} {2025 + number // 4}",
            "customer_deals": customer,
            "deals": deals,
            "share": customer / deals,
            "low": customer / deals - 0.1,
            "high": customer / deals + 0.1,
            "deals_unknown": 0,
            "is_over": number < 4,
        }
        for number, (customer, deals) in enumerate(counts)
    ]
    return pl.DataFrame(rows)


def line_of(whole: pl.DataFrame) -> tuple[Line, list[str]]:
    names = quarters(whole)
    [line] = lines(whole, names)
    return line, names


def marked(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if trace.hovertext]


def test_shares_stand_at_their_quarters(whole: pl.DataFrame) -> None:
    """In per cent; that of a quarter that is not over is hollow, and one with too few deals is a cross at the foot."""
    line, names = line_of(whole)
    shares, few = marked(adoption_chart(line, names, 60, theme.LIGHT))
    assert list(shares.x) == [0, 1, 3, 4]
    assert list(shares.y) == pytest.approx([20, 25, 30, 40])
    assert list(shares.marker.color) == [theme.LIGHT.customer] * 3 + [theme.LIGHT.surface]
    assert (list(few.x), list(few.y)) == ([2], [0])
    assert "too few: 3" in few.hovertext[0].replace("\N{NO-BREAK SPACE}", " ")


def test_bands_are_the_intervals_and_break_with_the_line(whole: pl.DataFrame) -> None:
    """One band for each run of quarters, and a dotted line into the one that is not over."""
    line, names = line_of(whole)
    figure = adoption_chart(line, names, 60, theme.LIGHT)
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert [list(band.x) for band in bands] == [[0, 1, 1, 0], [3, 4, 4, 3]]
    assert list(bands[0].y) == pytest.approx([30, 35, 15, 10])
    assert [trace.line.dash for trace in figure.data if trace.mode == "lines"] == ["solid", "2px,4px"]


def test_the_last_share_is_written(whole: pl.DataFrame) -> None:
    """Above its interval, and that the quarter is not over; a panel leaves it to its heading."""
    line, names = line_of(whole)
    [note] = adoption_chart(line, names, 60, theme.LIGHT).layout.annotations
    assert (note.text, note.x, note.y) == ("<b>40% so far</b>", 4, pytest.approx(50))
    panel = adoption_chart(line, names, 60, theme.LIGHT, line)
    assert not panel.layout.annotations
    assert panel.layout.height < adoption_chart(line, names, 60, theme.LIGHT).layout.height
    assert next(trace.line.color for trace in panel.data if trace.mode == "lines") == theme.LIGHT.faint


def test_the_axis_holds_all_intervals(whole: pl.DataFrame) -> None:
    """And never more than a hundred per cent."""
    line, _ = line_of(whole)
    assert ceiling([line]) == pytest.approx(54)
    assert ceiling([Line("", (), "")]) > 10
    assert ceiling([line_of(whole.with_columns(high=pl.lit(1.0)))[0]]) == 100


def test_the_last_quarter_is_always_labelled(whole: pl.DataFrame) -> None:
    """And no more of the others than there is room for on a phone."""
    line, _ = line_of(whole)
    names = [f"Q{number % 4 + 1} {2020 + number // 4}" for number in range(23)]
    axis = adoption_chart(line, names, 60, theme.LIGHT).layout.xaxis
    assert axis.ticktext[-1] == names[-1]
    assert len(axis.ticktext) <= 5


def test_without_a_share_there_is_no_line(whole: pl.DataFrame) -> None:
    """Only crosses at the foot."""
    line, names = line_of(whole.filter(pl.col("deals") < 30))
    figure = adoption_chart(line, names, 60, theme.DARK)
    assert [list(trace.y) for trace in figure.data] == [[0]]
    assert not figure.layout.annotations
