"""A file operation that the system refuses, each of them in turn: what is published stays, the error says what to do, and the next run works."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

from etl.publish import current, standing
from etl.schedule.state import read_state
from tests.conftest import Tally
from tests.faults import company
from tests.faults.conftest import Forks
from tests.faults.test_kills import EXPORT, LOAD, SCHEDULE, home, is_whole, names

__all__ = ["home"]
HOW = ("ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES")


def test_a_publish_refused_at_every_file_operation(forks: Forks, tmp_path: Path, tally: Tally) -> None:
    """The link leads to a whole file after each. What fails once the link is moved, such as taking an old version away, fails a load that is
    published all the same: it is told, and done by the next."""
    data, built = tmp_path / "data", tmp_path / "built"
    for number in range(3):
        built.write_text(f"version {number}")
        assert forks.run(tmp_path, "publish", built, data, f"{number}", "2").code == 0
    for at in count(1):
        held = current(data).read_text()
        built.write_text(f"version 3 {at}")
        ended = forks.run(tmp_path, "publish", built, data, f"new-{at}", "2", at=at, how=HOW[at % len(HOW)])
        assert current(data).read_text() in {held, built.read_text()}
        if ended.operations < at:
            break
        assert ended.code == 0 or ended.is_told(), ended.said
        tally("refused: publish", 1)
    assert ended.code == 0
    assert {name for name in names(data) if not name.startswith("deals-")} == {".load.lock", "deals.duckdb"}
    assert len(list(data.glob("deals-*.duckdb"))) == 3


def test_a_scheduler_that_cannot_remember_goes_on(forks: Forks, home: Path, tally: Tally) -> None:
    """Each file operation of what it remembers is refused in turn: it says so in its log, and does what is due."""
    forgot = 0
    for at in count(1):
        company.missed(home)
        ended = forks.run(home, *SCHEDULE, at=at, how=HOW[at % 3], is_quick=True)
        assert read_state(home / "data") is not None
        if ended.operations < at:
            break
        events = [json.loads(line)["event"] for line in ended.said.splitlines() if line.startswith("{")]
        assert ended.is_told() or events.count("done") == 2, ended.said
        forgot += "not remembered" in events
        tally("refused: schedule", 1)
    assert ended.code == 0
    assert forgot > 10


@pytest.mark.faults
def test_a_load_refused_at_every_file_operation(forks: Forks, home: Path, tally: Tally) -> None:
    """It fails with an error that says what to do, or does without what was refused."""
    assert forks.run(home, *LOAD).code == 0
    acknowledged = company.known(company.opened(home / "data"))
    company.export(home, 1)
    for at in count(1):
        before = standing(home / "data")
        ended = forks.run(home, *LOAD, at=at, how=HOW[at % len(HOW)])
        assert company.is_extended(acknowledged, company.known(company.opened(home / "data")))
        if ended.operations < at:
            break
        assert ended.code == 0 or ended.is_told(), ended.said
        tally("refused: load", 1)
        if ended.code == 0:  # what was loaded is loaded: another export for the next
            before = standing(home / "data")
            company.export(home, at + 1)
    assert ended.code == 0
    assert before is not None
    assert not list((home / "data").glob(".build-*"))


@pytest.mark.faults
def test_an_export_refused_at_every_file_operation(forks: Forks, home: Path, tally: Tally) -> None:
    """Each snapshot is whole or not there, and nothing is left behind."""
    assert forks.run(home, *LOAD).code == 0
    for at in count(1):
        words = (*EXPORT, "--landmark-day", str(10 + at), "--keep", "1")
        ended = forks.run(home, *words, at=at, how=HOW[at % len(HOW)], is_quick=True)
        assert all(is_whole(folder) for folder in (home / "snapshots").glob("[!.]*"))
        if ended.operations < at:
            break
        assert ended.code == 0 or ended.is_told(), ended.said
        tally("refused: export", 1)
    assert ended.code == 0
    assert not [name for name in names(home / "snapshots") if name.startswith((".building", ".gone"))]
