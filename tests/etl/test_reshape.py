"""Wide histories: rows of changes side by side load as one row per change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from etl.errors import RowsLost
from etl.mapping import packaged_mappings
from etl.read import Export, examine, scan
from etl.recognise import Matched, match
from etl.reshape import long_form

HUBSPOT = packaged_mappings()["hubspot"]
History = Callable[[str], Matched]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Return a function that matches the text of a property history."""

    def of(text: str) -> Matched:
        (tmp_path / "property-history.csv").write_text(text, encoding="utf-8")
        (tmp_path / "deals.csv").write_text("hs_object_id,dealstage,createdate\n1,closedwon,2025-01-01\n", encoding="utf-8")
        found = [examine(Export(name, tmp_path / name), tmp_path) for name in ("property-history.csv", "deals.csv")]
        return next(each for each in match(HUBSPOT, found, {})[0] if each.role == "field_history")

    return of


def _rows(matched: Matched, work: Path) -> list[tuple[str | None, ...]]:
    """Return (deal, field, changed at, value) of each row of the long form."""
    long = long_form(matched, HUBSPOT, work)
    places = [long.positions[name] for name in ("deal_id", "field", "changed_at", "new_value")]
    rows = duckdb.connect().execute(f"select {', '.join(f'c{place}' for place in places)} from {scan(long.table)}").fetchall()
    assert len(rows) == long.table.records
    return rows


def test_ragged_rows_are_read_to_their_end(history: History, tmp_path: Path) -> None:
    """The header names one change; rows hold none, one or three, with commas and line breaks in their cells."""
    text = 'id,name,value,timestamp\n1,pain,"c, c",2025-03-01,"b\nb",2025-02-01,a,2025-01-01\n2,pain\n3,pain,d,2025-01-02\n'
    assert _rows(history(text), tmp_path) == [
        ("1", "pain", "2025-03-01", "c, c"),
        ("1", "pain", "2025-02-01", "b\nb"),
        ("1", "pain", "2025-01-01", "a"),
        ("3", "pain", "2025-01-02", "d"),
    ]


def test_numbered_headers_are_changes_side_by_side(history: History, tmp_path: Path) -> None:
    """value_1 and value_2 are one column twice; empty places at the end of a row are no changes."""
    text = "id,name,value_1,timestamp_1,value_2,timestamp_2\n1,pain,b,2025-02-01,a,2025-01-01\n2,pain,c,2025-03-01,,\n"
    assert _rows(history(text), tmp_path) == [
        ("1", "pain", "2025-02-01", "b"),
        ("1", "pain", "2025-01-01", "a"),
        ("2", "pain", "2025-03-01", "c"),
    ]


def test_headers_that_come_again_without_a_number(history: History, tmp_path: Path) -> None:
    """So does value beside value; a value that was cleared is a change, as its time says."""
    text = "id,name,value,timestamp,value,timestamp\n1,pain,,2025-02-01,a,2025-01-01\n"
    assert _rows(history(text), tmp_path) == [("1", "pain", "2025-02-01", None), ("1", "pain", "2025-01-01", "a")]


def test_a_change_without_a_time_stays_a_row(history: History, tmp_path: Path) -> None:
    """It is rejected later, with its reason, and not lost here."""
    assert _rows(history("id,name,value,timestamp\n1,pain,b,2025-02-01,a,\n"), tmp_path)[1] == ("1", "pain", None, "a")


def test_a_long_history_is_left_as_it_is(history: History, tmp_path: Path) -> None:
    """Further columns, such as the source of a change, make it no wider."""
    matched = history("id,name,value,timestamp,source\n1,pain,b,2025-02-01,CRM_UI\n")
    assert long_form(matched, HUBSPOT, tmp_path) is matched


def test_rows_that_were_counted_otherwise_stop_the_load(history: History, tmp_path: Path) -> None:
    """Two counts of one file that differ mean that rows would be lost."""
    matched = history("id,name,value,timestamp\n1,pain,b,2025-02-01,a,2025-01-01\n")
    short = Matched(replace(matched.table, records=2), matched.role, matched.positions)
    with pytest.raises(RowsLost, match="holds 2 rows in one count and 1 in another"):
        long_form(short, HUBSPOT, tmp_path)
