"""kill -9 at every file operation, and at any moment: what was published stays, nothing that was loaded is lost, and the next run repairs."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from itertools import count, pairwise
from pathlib import Path
from threading import Event

import pytest

from etl.load import LOAD_STEPS
from etl.publish import LINK, audiences_folder, current, is_loading, standing
from etl.schedule.state import FILE, read_state
from etl.snapshots import MANIFEST
from tests.conftest import Tally
from tests.faults import company
from tests.faults.conftest import Forks

FIRST_LOADS, LATER_LOADS, EXPORTS, EXCHANGES, SCHEDULES = 32, 96, 60, 140, 24
"""Kills at random moments; those at every file operation come on top."""

LOAD = ("load", "exports", "--data", "data")
EXPORT = ("export", "--data", "data", "--to", "snapshots")
SCHEDULE = ("schedule", "--once", "--data", "data")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder of a company that has loaded nothing yet."""
    return company.found(tmp_path / "home", company.ACCESS)


def names(folder: Path) -> set[str]:
    """Return the names of all that is in a folder, but for the audit trail."""
    return {path.name for path in folder.iterdir()} - {"audit"}


@pytest.mark.parametrize("versions", [0, 1, 3])
def test_a_publish_killed_at_every_file_operation(forks: Forks, tmp_path: Path, tally: Tally, versions: int) -> None:
    """The link leads to the old file or to the new one, each whole and with the file of its audience, which is whole too; the next publish
    leaves the set number of versions and nothing else."""
    data, built = tmp_path / "data", tmp_path / "built"
    for number in range(versions):
        built.write_text(f"version {number}")
        assert forks.run(tmp_path, "publish", built, data, f"{number}", "2").code == 0
    for at in count(1):
        before = standing(data)
        held = before.read_text() if before else None
        built.write_text(f"version {versions} {at}")
        ended = forks.run(tmp_path, "publish", built, data, f"new-{at}", "2", at=at)
        now = standing(data)
        assert (now.read_text() if now else None) in {held, built.read_text()}
        assert now is None or (audiences_folder(now) / "north.duckdb").read_text() == now.read_text()
        if not ended.is_killed:
            break
        tally("kills: publish, file operations", 1)
    assert ended.code == 0
    assert current(data).name == f"deals-new-{at}.duckdb"
    assert len(list(data.glob("deals-*.duckdb"))) <= 3
    assert not [name for name in names(data) if name.startswith((".build", ".next"))]
    assert {path.stem for path in data.glob("*.audiences")} == {path.stem for path in data.glob("deals-*.duckdb")}


def test_a_state_killed_at_every_file_operation(forks: Forks, home: Path, tally: Tally) -> None:
    """What the scheduler remembers can be read after each kill; the next run goes on from it, and leaves one file."""
    for at in count(1):
        company.missed(home)
        ended = forks.run(home, *SCHEDULE, at=at, is_quick=True)
        state = read_state(home / "data")
        assert state is not None
        assert set(state.jobs) == {"load", "export"}
        if not ended.is_killed:
            assert all(job.last_success for job in state.jobs.values())
            break
        tally("kills: schedule, file operations", 1)
    assert ended.code == 0
    assert names(home / "data") == {FILE, ".schedule.lock"}


@pytest.mark.faults
def test_a_first_load_killed_at_any_moment(forks: Forks, tmp_path: Path, tally: Tally) -> None:
    """There is no database, or a whole one; the same load then makes it."""
    chance, spans = random.Random(1), _spans(forks, company.found(tmp_path / "undisturbed", company.ACCESS))  # noqa: S311
    for number in range(FIRST_LOADS):
        home = company.found(tmp_path / f"{number}", company.ACCESS)
        step = LOAD_STEPS[number % len(LOAD_STEPS)]
        ended = forks.run(home, *LOAD, step=step, after=chance.random() * spans[step])
        tally(f"kills: first load, {ended.step}", ended.is_killed)
        assert not standing(home / "data") or company.known(company.opened(home / "data"))
        if number % 8 == 0:
            assert forks.run(home, *LOAD).code == 0
            assert len(company.known(company.opened(home / "data"))) == 6
            assert len(names(home / "data")) == 4


@pytest.mark.faults
def test_a_later_load_killed_at_any_moment(forks: Forks, home: Path, tally: Tally) -> None:
    """The current version is that of the last load that ended, or the killed one's, and knows every deal and change of all loads before."""
    chance, spans = random.Random(2), _spans(forks, home)  # noqa: S311
    acknowledged, killed, number, lost = company.known(company.opened(home / "data")), 0, 1, 0
    company.export(home, number)
    while killed < LATER_LOADS:
        step = LOAD_STEPS[killed % len(LOAD_STEPS)]
        ended = forks.run(home, *LOAD, step=step, after=chance.random() * spans[step])
        killed += ended.is_killed
        tally(f"kills: later load, {ended.step}", ended.is_killed)
        known = company.known(company.opened(home / "data"))
        lost += not company.is_extended(acknowledged, known)
        assert len(list((home / "data").glob(".build-*"))) <= 1
        if ended.code == 0:
            assert len(known) == 6 + number
            acknowledged, number = known, number + 1
            company.export(home, number)
    tally("rows of finished loads lost", lost)
    assert lost == 0
    assert forks.run(home, *LOAD).code == 0
    assert len(company.known(company.opened(home / "data"))) == 6 + number
    assert {name for name in names(home / "data") if not name.startswith("deals-")} == {LINK, ".load.lock"}
    versions = {path.stem for path in (home / "data").glob("deals-*.duckdb")}
    assert len(versions) == 4
    assert {path.stem for path in (home / "data").glob("deals-*.audiences")} == versions


@pytest.mark.faults
def test_a_load_killed_at_every_file_operation(forks: Forks, home: Path, tally: Tally) -> None:
    """Python's own operations; those of DuckDB are met by chance above."""
    assert forks.run(home, *LOAD).code == 0
    acknowledged = company.known(company.opened(home / "data"))
    company.export(home, 1)
    for at in count(1):
        ended = forks.run(home, *LOAD, at=at)
        assert company.is_extended(acknowledged, company.known(company.opened(home / "data")))
        if not ended.is_killed:
            break
        tally("kills: load, file operations", 1)
    assert ended.code == 0


@pytest.mark.faults
def test_an_export_killed_at_every_file_operation(forks: Forks, home: Path, tally: Tally) -> None:
    """Of three small files: a snapshot is there whole, or not at all; the next export sweeps what is left."""
    assert forks.run(home, *LOAD).code == 0
    for at in count(1):
        ended = forks.run(home, *EXPORT, at=at, is_quick=True)
        assert all(is_whole(folder) for folder in (home / "snapshots").glob("[!.]*"))
        if not ended.is_killed:
            break
        tally("kills: export, file operations", 1)
    assert ended.code == 0
    assert names(home / "snapshots") == {".export.lock", current(home / "data").stem.removeprefix("deals-")}


@pytest.mark.faults
def test_an_exchange_of_snapshots_killed_at_every_file_operation(forks: Forks, home: Path, tally: Tally) -> None:
    """Over a snapshot of the same name that is not alike, again and again, and with those that are not kept: one whole is always there."""
    assert forks.run(home, *LOAD).code == 0
    assert forks.run(home, *EXPORT, is_quick=True).code == 0
    (snapshot,) = (home / "snapshots").glob("[!.]*")
    chance, killed = random.Random(3), 0  # noqa: S311
    while killed < EXCHANGES:
        (snapshot / "added").write_text("makes it another")
        ended = forks.run(home, *EXPORT, "--keep", "1", at=chance.randint(1, 45), is_quick=True)
        (snapshot / "added").unlink(missing_ok=True)
        assert is_whole(snapshot)
        killed += ended.is_killed
    tally("kills: export, exchange", killed)
    assert forks.run(home, *EXPORT, "--keep", "1", is_quick=True).code == 0
    assert names(home / "snapshots") == {".export.lock", snapshot.name}


@pytest.mark.faults
def test_an_export_killed_at_any_moment(forks: Forks, home: Path, tally: Tally) -> None:
    """Of all files."""
    assert forks.run(home, *LOAD).code == 0
    whole = forks.run(home, *EXPORT)
    chance, killed = random.Random(4), 0  # noqa: S311
    while killed < EXPORTS:
        ended = forks.run(home, *EXPORT, "--landmark-day", str(20 + killed), after=chance.random() * whole.seconds)
        killed += ended.is_killed
        assert all(is_whole(folder) for folder in (home / "snapshots").glob("[!.]*"))
        assert len(list((home / "snapshots").glob(".building-*"))) <= 1
    tally("kills: export, any moment", killed)
    assert forks.run(home, *EXPORT).code == 0
    assert not list((home / "snapshots").glob(".building-*"))


@pytest.mark.faults
def test_a_scheduler_killed_at_any_moment(forks: Forks, home: Path, tally: Tally) -> None:
    """With its load or export at work: those end with it, what it remembers can be read, and the next one makes up for all."""
    company.missed(home)
    whole = forks.run(home, *SCHEDULE)
    assert whole.code == 0
    acknowledged, number, killed = company.known(company.opened(home / "data")), 1, 0
    chance = random.Random(5)  # noqa: S311
    while killed < SCHEDULES:
        company.export(home, number)
        company.missed(home)
        ended = forks.run(home, *SCHEDULE, after=chance.random() * whole.seconds)
        _until_free(home / "data")
        killed += ended.is_killed
        state = read_state(home / "data")
        assert state is not None
        known = company.known(company.opened(home / "data"))
        assert company.is_extended(acknowledged, known)
        assert all(is_whole(folder) for folder in (home / "snapshots").glob("[!.]*"))
        if len(known) == 6 + number:
            acknowledged, number = known, number + 1
    tally("kills: schedule, any moment", killed)
    company.missed(home)
    assert forks.run(home, *SCHEDULE).code == 0
    assert not [name for name in names(home / "data") if name.startswith(".build")]
    assert {name for name in names(home / "data") if name.startswith(".")} == {".load.lock", ".schedule.lock"}
    assert len(list((home / "snapshots").glob("[!.]*"))) <= 2


def is_whole(snapshot: Path) -> bool:
    """Return whether a snapshot has all that its manifest lists, as it says, and nothing else."""
    files = {path.name: path.read_bytes() for path in snapshot.iterdir()}
    listed = {each["file"]: each["sha256"] for each in json.loads(files.pop(MANIFEST))["files"]}
    return listed == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _spans(forks: Forks, home: Path) -> Counter[str]:
    """Return how long each step of an undisturbed load takes, the last one to its end."""
    ended = forks.run(home, *LOAD)
    assert ended.code == 0
    begins = [*ended.began.values(), ended.seconds]
    return Counter({step: max(0.05, end - begin) for step, (begin, end) in zip(ended.began, pairwise(begins), strict=True)})


def _until_free(data: Path) -> None:
    """Wait until a job whose scheduler was killed has ended too."""
    for _ in range(600):
        if not is_loading(data):
            return
        Event().wait(0.05)
    raise AssertionError("the job outlives its scheduler")
