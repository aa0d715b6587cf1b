"""A query in a process of its own: answered as the guard answers it, and ended by the system where nothing else ends it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from etl import ask as etl_ask
from etl.ask import ask
from etl.config import load_config
from etl.errors import DatabaseError, QueryError, QueryRefused, QueryTooLarge
from etl.guard import Limits
from etl.load import Request, load

ROWS = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate\n1,A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01\n"
LIMITS = Limits(rows=5, megabytes=1, seconds=20, memory="300MB")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one deal")
    (folder / "Opportunity.csv").write_text(ROWS)
    return load(Request((folder / "Opportunity.csv",), folder / "data", load_config(None))).database


@pytest.mark.thorough
def test_rows_come_across(path: Path) -> None:
    """With their types, and with word that there are more than may be handed out."""
    answer = ask(path, "select deal_id, created_date, amount, [1, 2] as l, null as z from marts.deals", LIMITS)
    assert (answer.frame["amount"].item(), answer.frame["l"].to_list(), answer.is_cut) == (100.5, [[1, 2]], False)
    more = ask(path, "from range(100)", LIMITS)
    assert (more.frame["range"].to_list(), more.is_cut) == ([0, 1, 2, 3, 4], True)
    assert ask(path, "select 1 as a where false", LIMITS).frame.columns == ["a"]


@pytest.mark.thorough
def test_errors_come_across(path: Path, tmp_path: Path) -> None:
    """Each as what it is."""
    for text, kind in (
        ("attach 'x'", QueryRefused),
        ("select list(range) from range(100000000)", QueryTooLarge),
        ("from nowhere", QueryError),
    ):
        with pytest.raises(QueryError) as refused:
            ask(path, text, LIMITS)
        assert type(refused.value) is kind
    with pytest.raises(DatabaseError):
        ask(tmp_path / "none.duckdb", "select 1", LIMITS)


def test_a_text_that_passes_every_limit_of_duckdb_is_ended_by_the_system(path: Path) -> None:
    """DuckDB 2.0 makes the text whatever its memory limit says, and heeds no interrupt meanwhile."""
    with pytest.raises(QueryTooLarge):
        ask(path, "select length(repeat('x', 4000000000) || repeat('y', 4000000000))", replace(LIMITS, seconds=1))


def test_late_is_late_though_no_interrupt_is_heeded(path: Path) -> None:
    """The system's own clock ends what does not listen."""
    with pytest.raises(QueryTooLarge, match="took too long"):
        ask(path, "with recursive x as (select 1 as a union all select a + 1 from x) select count(*) from x", replace(LIMITS, seconds=0.5))


def test_who_waits_too_long_for_others_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many queries run at once, whoever asks them; when the others are done, the next is answered."""
    monkeypatch.setattr("etl.ask._AT_ONCE", threading.BoundedSemaphore(1))
    with etl_ask._AT_ONCE, pytest.raises(QueryTooLarge, match="others are asking"):
        ask(path, "select 1", replace(LIMITS, seconds=0.05))
    assert ask(path, "select 1 as a", LIMITS).frame.item() == 1
