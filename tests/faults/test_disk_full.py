"""A disk that is full, for true: a small file system in memory, at each step of each verb. Takes root, on Linux."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from etl.audit import trail
from etl.config import Uploads
from etl.errors import DiskFull
from etl.publish import LINK, current, standing
from etl.schedule.state import read_state
from etl.uploads import Upload
from tests.conftest import Tally
from tests.faults import company
from tests.faults.conftest import Ended, Forks
from tests.faults.test_kills import LOAD, SCHEDULE, is_whole, names

pytestmark = pytest.mark.faults
MOST = 60
"""Millions of bytes of the file system."""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a small file system, on which a company lives."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={MOST}m", "tmpfs", str(place)]
    if os.geteuid() or shutil.which("mount") is None or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system takes root, on Linux")
    yield company.found(place / "home", company.ACCESS)
    subprocess.run(["umount", str(place)], check=True)


def fill(home: Path, free: int) -> Path:
    """Leave so many bytes free, and return the file that takes the rest."""
    ballast = home / "ballast"
    ballast.unlink(missing_ok=True)
    room = os.statvfs(home)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - free))
    return ballast


def is_told_full(ended: Ended) -> bool:
    """Return whether an error says that there is no room, and what to do."""
    return ended.code == 1 and ended.is_told() and "the disk is full" in ended.said and "Make room" in ended.said


def test_a_load_with_more_and_more_room(forks: Forks, small: Path, tally: Tally) -> None:
    """From none to enough in steps of 512 KB, which fail at every step of the load; the published file is untouched until one succeeds."""
    assert forks.run(small, *LOAD).code == 0
    old = current(small / "data")
    held, known = old.read_bytes(), company.known(company.opened(small / "data"))
    company.export(small, 1)
    failed = 0
    for free in range(0, 28 * 2**20, 2**19):
        ballast = fill(small, free)
        ended = forks.run(small, *LOAD)
        ballast.unlink()
        if ended.code == 0:
            break
        assert is_told_full(ended), (free, ended.said)
        assert (current(small / "data"), old.read_bytes()) == (old, held)
        tally(f"disk full: load, {ended.step}", 1)
        failed += 1
    assert failed > 10
    assert ended.code == 0
    assert company.is_extended(known, company.known(company.opened(small / "data")))
    assert names(small / "data") == {LINK, ".load.lock"} | {path.name for path in (small / "data").glob("deals-*")}
    assert {path.stem for path in (small / "data").glob("*.audiences")} == {path.stem for path in (small / "data").glob("deals-*.duckdb")}


def test_a_first_load_on_a_full_disk(forks: Forks, small: Path) -> None:
    """Not even the folder can be made; once there is room it works."""
    ballast = fill(small, 0)
    assert is_told_full(forks.run(small, *LOAD))
    ballast.unlink()
    assert forks.run(small, *LOAD).code == 0


def test_a_copy_of_the_export_that_finds_no_room(forks: Forks, small: Path) -> None:
    """Zips are unpacked beside the database: that there is no room is not taken for a damaged zip, nor for a file that cannot be read."""
    export = small / "exports" / "Opportunity.csv"
    rows = export.read_text().splitlines()
    export.write_text("\n".join([rows[0], *(f"X{number}{rows[1]}" for number in range(100_000))]) + "\n")
    for kind, words in (("zip", ["python3", "-m", "zipfile", "-c", "all.zip", "exports"]), ("gz", ["gzip", "-k", str(export)])):
        subprocess.run(words, cwd=small, check=True)
        given = "all.zip" if kind == "zip" else f"{export}.gz"
        ballast = fill(small, 2**20)
        ended = forks.run(small, "load", given, "--data", "data")
        ballast.unlink()
        assert is_told_full(ended), ended.said


def test_an_export_with_more_and_more_room(forks: Forks, small: Path, tally: Tally) -> None:
    """A snapshot is whole or not there; what was there stays."""
    assert forks.run(small, *LOAD).code == 0
    words = ("export", "--data", "data", "--to", "snapshots")
    assert forks.run(small, *words, is_quick=True).code == 0
    for number, free in enumerate(range(0, 2**20, 2**12)):
        ballast = fill(small, free)
        ended = forks.run(small, *words, "--landmark-day", str(20 + number), is_quick=True)
        ballast.unlink()
        assert all(is_whole(folder) for folder in (small / "snapshots").glob("[!.]*"))
        if ended.code == 0:
            break
        assert is_told_full(ended), ended.said
        tally("disk full: export", 1)
    assert len(list((small / "snapshots").glob("[!.]*"))) == 2
    assert not [name for name in names(small / "snapshots") if name.startswith(".building")]


def test_a_publish_with_more_and_more_room(forks: Forks, small: Path, tally: Tally) -> None:
    """Down to the link itself, which takes room of its own."""
    built = small / "built"
    built.write_text("one")
    assert forks.run(small, "publish", built, small / "data", "one", "2").code == 0
    built.write_bytes(b"two" * 20_000)
    for free in range(0, 2**18, 2**12):
        ballast = fill(small, free)
        ended = forks.run(small, "publish", built, small / "data", "two", "2")
        ballast.unlink()
        if ended.code == 0:
            break
        assert is_told_full(ended), ended.said
        assert current(small / "data").read_text() == "one"
        tally("disk full: publish", 1)
    assert current(small / "data").read_bytes() == built.read_bytes()


def test_a_scheduler_on_a_full_disk(forks: Forks, small: Path, tally: Tally) -> None:
    """It fails its load as DiskFull, says that it cannot remember, and ends by itself; with room it makes up for all."""
    company.missed(small)
    for free in (0, 2**12, 2**16, 2**20):
        ballast = fill(small, free)
        ended = forks.run(small, *SCHEDULE)
        ballast.unlink()
        assert ended.is_told() or "DiskFull" in ended.said, ended.said
        assert "Traceback" not in ended.said
        assert standing(small / "data") is None
        assert read_state(small / "data") is not None
        company.missed(small)
        tally("disk full: schedule", 1)
    ended = forks.run(small, *SCHEDULE)
    assert [json.loads(line)["event"] for line in ended.said.splitlines()] == ["run", "done", "run", "done"]


def test_an_audit_trail_on_a_full_disk(forks: Forks, small: Path) -> None:
    """On the machine itself a query that cannot be noted is answered, and that it is not noted is said; with room, notes go on."""
    assert forks.run(small, *LOAD).code == 0
    words = ("sql", f"select 6007 * 7 as answer -- {'x' * 3000}", "--format", "csv", "--data", "data")
    ballast, noted = fill(small, 0), 0
    while "not noted: the audit trail cannot be written" not in (ended := forks.run(small, *words)).said:
        noted += 1
        assert noted < 9
    assert ended.code == 0
    assert "42049" in ended.said
    ballast.unlink()
    assert forks.run(small, *words).code == 0
    events = list(trail(small / "data")["event"])
    assert events.count("asked_sql") == noted + 1
    assert set(events) <= {"loaded", "asked_sql", "unreadable"}


def test_an_upload_on_a_full_disk(small: Path) -> None:
    """It is told, nothing of it is left, and with room it is taken."""
    (small / "data").mkdir()
    limits = Uploads(max_megabytes=100, max_files=3, max_minutes=1)

    def files() -> list[tuple[str, BinaryIO]]:
        return [("a.csv", cast("BinaryIO", io.BytesIO(b"x" * 2**21)))]

    ballast = fill(small, 2**20)
    upload = Upload(small / "data", limits)
    with pytest.raises(DiskFull, match="the files cannot be kept") as refused:
        upload.keep(files())
    upload.close()
    assert "Make room" in refused.value.todo
    assert names(small / "data") == set()
    ballast.unlink()
    upload = Upload(small / "data", limits)
    upload.keep(files())
    upload.close()


def test_a_result_that_finds_no_room(forks: Forks, small: Path) -> None:
    """Of `sql --to`, `report --to` and `map`: an error, no traceback."""
    assert forks.run(small, *LOAD).code == 0
    ballast = fill(small, 0)
    rows = "select range as n, repeat('x', 100) as x from range(5000)"
    for words in (("sql", rows, "--format", "csv", "--to", "out.csv", "--data", "data"), ("map", "exports", "--output", "mine.toml")):
        ended = forks.run(small, *words)
        assert "Traceback" not in ended.said, ended.said
    ballast.unlink()
