"""run.py: what it decides before it starts anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import run

FILES = ("requirements.lock", "pyproject.toml", "run.py")
LOCK = """\
tzdata==2026.6 \\
    --hash=sha256:aa
uv==0.13.9 ; python_version >= '3.8' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
uvicorn==0.54.0 \\
    --hash=sha256:dd
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_text(name)
    return tmp_path


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = Path(run.__file__)
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", [(3, 11), (3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_python_that_will_do(version: tuple[int, ...]) -> None:
    """From 3.11 on there is nothing to say."""
    assert run.too_old(version) == ""


@pytest.mark.parametrize("version", [(3, 10, 99), (3, 6), (2, 7, 18)])
def test_a_python_that_is_too_old(version: tuple[int, ...]) -> None:
    """An older Python is told which one is needed, which one it is, and what to type."""
    message = run.too_old(version)
    assert "needs Python 3.11 or newer" in message
    assert f"this is {version[0]}.{version[1]}:" in message
    assert "python3.11 run.py" in message


def test_an_old_python_stops_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is looked at first, so that an old Python neither makes nor starts anything."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    monkeypatch.setattr(run, "prepare", lambda: pytest.fail("went on"))
    with pytest.raises(SystemExit, match=r"this is 3\.10"):
        run.main(["demo"])


def test_the_stamp_repeats_itself(checkout: Path) -> None:
    """The same checkout and Python give the same stamp: the second start has nothing to do."""
    assert run.stamp(checkout, "3.11.7") == run.stamp(checkout, "3.11.7")


@pytest.mark.parametrize("name", FILES)
def test_the_stamp_follows_its_files(checkout: Path, name: str) -> None:
    """A changed lock, project or script makes the environment afresh."""
    before = run.stamp(checkout, "3.11.7")
    (checkout / name).write_text("changed")
    assert run.stamp(checkout, "3.11.7") != before


def test_the_stamp_follows_the_python_and_the_place(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another Python, or a checkout that was moved, makes the environment afresh."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in FILES:
        (elsewhere / name).write_text(name)
    assert len({run.stamp(checkout, "3.11.7"), run.stamp(checkout, "3.12.1"), run.stamp(elsewhere, "3.11.7")}) == 3


class Environment:
    """A place for an environment whose set-up is counted instead of done."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installs = 0
        self.breaks = False
        self.stamp = folder / "sameside.stamp"
        monkeypatch.setattr(run, "STAMP", self.stamp)
        monkeypatch.setattr(run, "install", self.install)

    def install(self) -> None:
        self.installs += 1
        if self.breaks:
            raise KeyboardInterrupt


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    return Environment(tmp_path, monkeypatch)


def test_the_second_start_installs_nothing(environment: Environment) -> None:
    """An environment that bears the right stamp is used as it is."""
    run.prepare()
    run.prepare()
    assert environment.installs == 1


def test_an_interrupted_set_up_is_begun_afresh(environment: Environment) -> None:
    """The stamp goes first and comes last, so a half-made environment never passes for a whole one."""
    environment.stamp.write_text("of an earlier lock")
    environment.breaks = True
    with pytest.raises(KeyboardInterrupt):
        run.prepare()
    assert not environment.stamp.exists()
    environment.breaks = False
    run.prepare()
    assert environment.installs == 2


def test_ctrl_c_ends_quietly(environment: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C during the set-up is exit code 130 and not one line of traceback."""
    environment.breaks = True
    with pytest.raises(SystemExit) as stop:
        run.main(["demo"])
    assert stop.value.code == 130
    assert capsys.readouterr() == ("", "")


def test_a_set_up_that_failed_says_so(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed step is named, and the next start is said to begin afresh."""

    def fail() -> None:
        raise subprocess.CalledProcessError(2, ["pip", "install"])

    monkeypatch.setattr(run, "install", fail)
    with pytest.raises(SystemExit, match=r"next start begins it afresh.*pip.*exit status 2"):
        run.main(["demo"])


def test_only_whole_names_are_found_in_the_lock() -> None:
    """The entry of a package runs to its last hash, and `uv` is not `uvicorn`."""
    assert run.locked("uv", LOCK) == "".join(LOCK.splitlines(keepends=True)[2:5])
    assert run.locked("uvicorn", LOCK).endswith("--hash=sha256:dd\n")


def test_the_committed_lock_holds_uv_with_hashes() -> None:
    """What is installed first comes at a locked version, checked against its hash, like all the rest."""
    entry = run.locked("uv", run.LOCK.read_text())
    assert entry.count("==") == 1
    assert "--hash=sha256:" in entry


def test_test_is_pytest_and_the_rest_is_sameside() -> None:
    """Arguments are handed on as they are."""
    assert run.command("test", "-k", "a b")[1:] == ["-m", "pytest", "-k", "a b"]
    assert run.command("demo", "--port", "1")[1:] == ["demo", "--port", "1"]
    assert Path(run.command("load", "x")[0]).name == "sameside"


def test_no_verb_is_a_usage_error() -> None:
    """Without a verb the usage goes to stderr, exit code 2, and nothing is made."""
    done = start()
    assert (done.returncode, done.stdout) == (2, "")
    assert "run.py demo" in done.stderr
    assert "run.py test" in done.stderr


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_a_result(flag: str) -> None:
    """Help that was asked for goes to stdout."""
    done = start(flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert "run.py demo" in done.stdout
