"""The wheel: what is in it, and that it works where nothing but the wheel is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("etl", "dashboard", "sql", "sample_data")
DATA = (".sql", ".toml", ".json", ".zip")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--python", sys.executable]
    subprocess.run([*uv, "--target", str(target), str(wheel)], check=True)
    return target


def output(installed: Path, *command: str) -> str:
    """Return what a program prints where the wheel comes before this checkout and the dependencies."""
    there = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(command, cwd=installed, env=there, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_the_four_packages_and_nothing_else(names: list[str]) -> None:
    """A name too many at the top of a wheel is a module that anybody's import could hit."""
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_no_data_file_is_left_behind(names: list[str]) -> None:
    """Every model, mapping, setting and sample of the checkout is in the wheel."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    data = {path.relative_to(ROOT).as_posix() for path in files if path.suffix in DATA}
    assert data
    assert data <= set(names)


def test_what_the_dashboard_needs_is_there(names: list[str]) -> None:
    """The theme and the hardening stand in a folder that begins with a dot, which a build may pass over."""
    assert "dashboard/.streamlit/config.toml" in names


def test_nothing_left_over_is_packed(names: list[str]) -> None:
    """No bytecode and no database of the checkout is shipped."""
    assert [name for name in names if name.endswith((".pyc", ".duckdb")) or "__pycache__" in name] == []


def test_siblings_are_found_where_the_wheel_is(installed: Path) -> None:
    """Installed, `sql` stands beside `etl`, as it does in the checkout."""
    folders = output(installed, sys.executable, "-c", "import etl, sql; print(etl.__file__, sql.__file__)").split()
    assert [Path(folder).parents[1] for folder in folders] == [installed, installed]


def test_the_command_starts(installed: Path) -> None:
    """The command that the wheel installs answers `--help`."""
    assert "Usage: sameside" in output(installed, str(installed / "bin" / "sameside"), "--help")
