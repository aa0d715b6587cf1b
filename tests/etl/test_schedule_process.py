"""`sameside schedule` as a real process: it loads and exports, tells neither deals nor persons, and ends at once without half a result."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.config import load_config
from etl.export import export
from etl.load import Request, load
from etl.publish import LINK, current, is_loading
from etl.queries import Database, Scope
from etl.schedule import work
from etl.schedule.runner import Runner, Stop
from etl.schedule.scheduler import Done, Failed, Result, Stopped
from etl.schedule.state import JobState, State, only_one, read_state, write_state
from etl.schedule.work import carried_out

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
SECONDS = 60
HEAD = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c\n"
ROWS = HEAD + "1,Acme Secret,Closed Won,100.50,2026-02-01,1,1,005Zoe,2026-01-01,They lose orders\n"
SETTINGS = '[schedule]\ninputs = ["exports"]\nload = "0 2 * * *"\nexport = "0 3 * * *"\nmax_minutes = 2\nkeep_snapshots = 2\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with settings, an export of one deal and a scheduler's state, by which the last two nights were missed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "Opportunity.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "sameside.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "data").mkdir()
    then = datetime.now(UTC) - timedelta(days=2)
    settled = JobState(settled_until=then)
    write_state(tmp_path / "data", State(seen_at=then, jobs={"load": settled, "export": settled}))
    return tmp_path


@pytest.fixture
def started(place: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Return a list of processes; those that still run at the end are killed."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def start(place: Path, *options: str) -> subprocess.Popen[str]:
    """Start `sameside schedule` in a folder."""
    words = [sys.executable, "-P", "-m", "etl", "schedule", "--data", "data", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(words, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """Read the log of a process up to an event, and return it."""
    assert process.stderr is not None
    for line in process.stderr:
        told: dict[str, Any] = json.loads(line)
        if told["event"] == event:
            return told
    raise AssertionError(f"it ended without {event!r}")


def widened(exports: Path, rows: int) -> None:
    """Make an export so large that loading it takes a while."""
    lines = (f"{number},B,Closed Won,1,2026-02-01,1,1,005A,2026-01-01,They lose {number} orders\n" for number in range(rows))
    (exports / "Opportunity.csv").write_text(HEAD + "".join(lines), encoding="utf-8")


def run(place: Path, job: Any, stop: Stop | None = None) -> Result:
    """Do a job in its process."""
    plan = load_config(place / "sameside.toml").schedule
    return Runner(plan, place / "data", place / "sameside.toml", stop or Stop())(job, lambda: None)


def test_what_was_missed_is_made_up_for_and_told_without_names(place: Path) -> None:
    """Two nights missed: one load, one export; the log is JSON and quotes no export; the health is good."""
    process = start(place, "--once")
    out, log = process.communicate(timeout=SECONDS)
    events = [json.loads(line) for line in log.splitlines()]
    assert [(each["event"], each["job"], each["made_up_for"]) for each in events] == [
        ("run", "load", 1),
        ("done", "load", 1),
        ("run", "export", 1),
        ("done", "export", 1),
    ]
    assert (process.returncode, out, events[1]["deals"]) == (0, "", 1)
    assert len(list((place / "snapshots").glob("*/manifest.json"))) == 1
    remembered = (place / "data" / "schedule.json").read_text(encoding="utf-8")
    assert not [name for name in ("Acme", "Zoe", "They lose") if name in log + remembered]
    health = start(place, "--health")
    out, _ = health.communicate(timeout=SECONDS)
    assert (health.returncode, json.loads(out)["problem"]) == (0, None)


def test_sigterm_in_the_middle_of_a_load_leaves_the_old_version(place: Path, started: list[subprocess.Popen[str]]) -> None:
    """It ends with 0, nothing half-made is left, the published file is the old one, and the load is still to be made up for, which works."""
    old = load(Request((place / "exports",), place / "data", load_config(place / "sameside.toml"))).database
    before = old.read_bytes()
    widened(place / "exports", 100_000)
    started.append(process := start(place))
    until(process, "run")
    while not is_loading(place / "data"):
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=SECONDS)
    assert [json.loads(line)["event"] for line in rest.splitlines()] == ["stopped", "ended"]
    assert process.returncode == 0
    assert (current(place / "data"), old.read_bytes()) == (old, before)
    assert list((place / "data").glob(".build-*")) == []
    assert not is_loading(place / "data")
    state = read_state(place / "data")
    assert state is not None
    assert (state.running, state.jobs["load"].last_success, state.jobs["load"].tries) == (None, None, 0)
    (place / "exports" / "Opportunity.csv").write_text(ROWS.replace("100.50", "7"), encoding="utf-8")
    assert isinstance(run(place, "load"), Done)
    assert current(place / "data") != old


def test_a_job_ends_with_its_scheduler(place: Path, started: list[subprocess.Popen[str]]) -> None:
    """Also where that one is killed and can say nothing: the lock of the load is free soon after."""
    widened(place / "exports", 100_000)
    started.append(process := start(place))
    until(process, "run")
    while not is_loading(place / "data"):
        assert process.poll() is None
    process.kill()
    process.wait(SECONDS)
    assert process.stderr is not None
    while is_loading(place / "data"):
        pass
    assert not (place / "data" / LINK).exists()


def test_a_second_scheduler_is_refused(place: Path) -> None:
    """With one sentence; `--once` leaves the work to the first, without a word."""
    with only_one(place / "data"):
        second, once = start(place), start(place, "--once")
        _, said = second.communicate(timeout=SECONDS)
        assert (second.returncode, said.splitlines()[0]) == (1, "sameside: another scheduler works on this folder")
        assert (once.communicate(timeout=SECONDS), once.returncode) == (("", ""), 0)


def test_without_anything_to_load_it_does_not_start(place: Path) -> None:
    """And says which setting is missing."""
    (place / "sameside.toml").unlink()
    process = start(place)
    _, said = process.communicate(timeout=SECONDS)
    assert (process.returncode, said.splitlines()[0]) == (2, "sameside: schedule.inputs names nothing to load")


def test_a_job_that_fails_tells_its_kind_alone(place: Path) -> None:
    """A message may quote a row."""
    (place / "exports" / "Opportunity.csv").write_text("Name\nAcme Secret\n", encoding="utf-8")
    assert run(place, "export") == Failed("DatabaseError")
    assert run(place, "load") == Failed("UsageError")


def test_a_job_is_stopped_when_all_is_to_end(place: Path) -> None:
    """Before it has done anything."""
    stop = Stop()
    stop.set()
    assert isinstance(run(place, "load", stop), Stopped)
    assert not (place / "data" / LINK).exists()


def test_a_job_that_takes_too_long_is_stopped(place: Path) -> None:
    """It counts as failed."""
    plan = load_config(place / "sameside.toml").schedule.model_copy(update={"max_minutes": 0})
    assert Runner(plan, place / "data", place / "sameside.toml", Stop())("load", lambda: None) == Failed("TookTooLong")


def test_old_snapshots_make_room(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many are kept as the schedule says; which ones, the export decides."""
    order = {"folder": str(place / "data"), "settings": None, "snapshots": str(place / "snapshots"), "keep": 2}
    kept: list[int] = []

    def noted(database: Database, folder: Path, scope: Scope, *, keep: int) -> Path:
        kept.append(keep)
        return export(database, folder, scope, keep=keep)

    monkeypatch.setattr(work, "export", noted)
    assert carried_out(order | {"job": "load"})["found"]["deals"] == 1
    assert carried_out(order | {"job": "export"}) == {"found": None}
    assert kept == [2]
    assert [path.parent.name for path in (place / "snapshots").glob("*/manifest.json")] == [
        current(place / "data").stem.removeprefix("deals-")
    ]


def test_done_tells_what_was_published(place: Path) -> None:
    """The first page's verdict in words, and how many deals there are."""
    result = run(place, "load")
    assert isinstance(result, Done)
    assert result.found is not None
    assert (result.found.deals, result.found.verdict) == (1, "An association, no more")
    assert result.found.sentence.startswith("Too few to say")
