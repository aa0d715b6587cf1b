"""Little memory, few handles, folders that can only be read: a load ends with an error that says what to do, and leaves all as it was."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.publish import current
from tests.faults import company
from tests.faults.conftest import Forks
from tests.faults.test_kills import LOAD, SCHEDULE, home, is_whole

__all__ = ["home"]
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.faults


def run(home: Path, *words: str, **limits: int) -> subprocess.CompletedProcess[str]:
    """Run a verb in a folder with limits of the system, by their names."""

    def limit() -> None:
        for name, most in limits.items():
            resource.setrlimit(getattr(resource, name), (most, most))

    return subprocess.run(
        [sys.executable, "-m", "etl", *words],
        cwd=home,
        env=os.environ | {"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "2"},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("limit", ["1MB", "10MB", "30MB"])
def test_little_memory_as_configured(home: Path, limit: str) -> None:
    """A load with a tiny storage.memory_limit fails with what to raise, or succeeds."""
    settings = home / "sameside.toml"
    settings.write_text(settings.read_text() + f'[storage]\nmemory_limit = "{limit}"\n')
    ended = run(home, *LOAD)
    assert "Traceback" not in ended.stderr, ended.stderr
    assert ended.returncode == 0 or "Raise storage.memory_limit" in ended.stderr, ended.stderr


@pytest.mark.parametrize("megabytes", [1000, 1400, 1800, 2400])
def test_little_memory_of_the_system(forks: Forks, home: Path, megabytes: int) -> None:
    """Where an address space ends, C++ may end the process without a word; nothing is published then either."""
    assert forks.run(home, *LOAD).code == 0
    held = company.known(company.opened(home / "data"))
    company.export(home, 1)
    ended = run(home, *LOAD, RLIMIT_AS=megabytes * 10**6)
    now = company.known(company.opened(home / "data"))
    assert (len(now) == 7) if ended.returncode == 0 else (now == held)
    assert forks.run(home, *LOAD).code == 0
    assert not list((home / "data").glob(".build-*"))


def test_a_file_size_limit(home: Path) -> None:
    """As `ulimit -f` sets it."""
    ended = run(home, *LOAD, RLIMIT_FSIZE=2**20)
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False), ended.stderr
    assert "what to do" in ended.stderr
    assert run(home, *LOAD).returncode == 0


@pytest.fixture
def read_only(home: Path, forks: Forks) -> Iterator[Path]:
    """Return the folder of a company whose data lie on a file system that can only be read from now on."""
    data = home / "data"
    data.mkdir()
    if (
        os.geteuid()
        or shutil.which("mount") is None
        or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(data)], check=False).returncode
    ):
        pytest.skip("mounting takes root, on Linux")
    assert forks.run(home, *LOAD).code == 0
    company.export(home, 1)
    subprocess.run(["mount", "-o", "remount,ro", str(data)], check=True)
    yield home
    subprocess.run(["umount", str(data)], check=True)


def test_a_folder_that_can_only_be_read(forks: Forks, read_only: Path) -> None:
    """Whoever reads, reads; a load and a scheduler say that they cannot write."""
    for words in (LOAD, SCHEDULE):
        ended = forks.run(read_only, *words)
        assert ended.is_told(), ended.said
        assert "can only be read" in ended.said
    assert forks.run(read_only, "check", "--data", "data").code == 0
    assert forks.run(read_only, "sql", "from metrics.headline()", "--data", "data").code == 0
    assert forks.run(read_only, "export", "--data", "data", "--to", "snapshots", is_quick=True).code == 0
    assert is_whole(read_only / "snapshots" / current(read_only / "data").stem.removeprefix("deals-"))
    ended = forks.run(read_only, "export", "--data", "data", "--to", "data/snapshots", is_quick=True)
    assert ended.is_told()
    assert "can only be read" in ended.said
