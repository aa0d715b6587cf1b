"""What the Data health page says of an earlier load: only where there is one, and in parts that add up."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.wording import moved
from etl.difference import difference, side_of
from etl.queries import Scope
from tests.conftest import load_into
from tests.dashboard.pages import read
from tests.frozen import AFTER, BEFORE, SETTINGS, files

pytestmark = pytest.mark.thorough

Show = Callable[..., AppTest]
PAGE = "app_pages/data_health.py"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two versions in one data folder, the earlier one first."""
    folder = tmp_path_factory.mktemp("versions")
    loads = ((BEFORE, date(2025, 12, 1)), (AFTER, date(2026, 3, 1)))
    return [load_into(folder, files(deals), SETTINGS, as_of=day).path for deals, day in loads]


def test_what_moved_since_the_earlier_load_is_told(show: Show, versions: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names both values and the main reason; the table has a row per reason; the CSV holds the parts, which add up."""
    handed: dict[str, bytes] = {}
    button = st.download_button

    def handed_over(label: str, content: Any, name: str, *arguments: Any, **more: Any) -> bool:
        handed[name.rpartition("_")[0]] = content() if name.endswith(".csv") else b""
        return button(label, content, name, *arguments, **more)

    monkeypatch.setattr(st, "download_button", handed_over)
    app = show(versions[0].parent, PAGE)
    expected = difference(*(side_of(path, Scope()) for path in versions))
    text = read(app)
    assert moved.TITLE in text
    assert "The difference in win rate went from +50.0 points to +66.7 points: +16.7 points." in text
    assert "Most of it: another outcome (+33.3 points, 1 deal)." in text
    assert "Export of 1 December 2025" in app.selectbox(key="moved-since").options[0]
    table = next(each.value for each in app.dataframe if "Reason" in each.value)
    assert table["Reason"].to_list()[0] == "Before"
    assert table["Reason"].to_list()[-1] == "Now"
    written = pl.read_csv(io.BytesIO(handed["moved"]), infer_schema_length=None)
    assert written["change"].to_list() == pytest.approx(expected["change"].to_list(), nan_ok=True)


def test_nothing_is_said_where_there_is_no_earlier_load(show: Show, loaded: Callable[..., Path]) -> None:
    """A folder with one version has no such card."""
    app = show(loaded(files(AFTER), SETTINGS), PAGE)
    assert moved.TITLE not in read(app)


def test_a_version_that_cannot_be_opened_is_passed_over(show: Show, versions: list[Path], tmp_path: Path) -> None:
    """It was made by another version of Same Side, or is damaged: the page stands all the same."""
    (tmp_path / versions[1].name).write_bytes(versions[1].read_bytes())
    (tmp_path / "deals-2020-01-01-0.duckdb").write_bytes(b"damaged")
    (tmp_path / "deals.duckdb").symlink_to(versions[1].name)
    assert moved.TITLE not in read(show(tmp_path, PAGE))


ROWS = {"figure": "win_rate_difference", "deals": 0, "change": 0.0, "figure_value": 0.1}


def test_words_of_what_cannot_be_told() -> None:
    """No deals of a group, nothing that moved, other settings."""
    frame = pl.DataFrame([ROWS | {"reason": "before"}, ROWS | {"reason": "came"}, ROWS | {"reason": "after"}])
    alike = pl.DataFrame(
        [ROWS | {"figure": "like_for_like_difference", "reason": each, "figure_value": None} for each in ("before", "after")]
    )
    told = moved.told(pl.concat([frame, alike.cast(frame.schema)]), ["landmark day: 30, then 60"])
    assert "No deal counts other than before." in told
    assert "Settings differ, which moves tags and parts too: landmark day: 30, then 60." in told
    empty = pl.concat([frame.with_columns(figure_value=pl.lit(None, pl.Float64)), alike.cast(frame.schema)])
    assert moved.told(empty, []) == "One of the two loads has no deals of both groups to compare."
