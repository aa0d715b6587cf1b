"""What tests share: the folder of real exports, and databases built from literal rows."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from etl.config import Config, load_config
from etl.load import Request, load
from etl.mapping import CrmMapping, load_mapping
from etl.queries import Database
from tests.browsing import chromium, watched

SAMPLE = Path(__file__).parents[1] / "sample_data" / "salesforce.zip"
MAPPINGS = Path(__file__).parent / "mappings"

Loader = Callable[..., Database]
Tally = Callable[[str, int], None]
"""Adds to what is counted under a name."""

_TALLIES: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the expected answers of sql/analysis, and the record of the contract, be written anew."""
    parser.addoption("--renew", action="store_true", help="write expected answers and the contract's record anew, to be read in the diff")


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Return a function that counts, such as faults; the sums of all tests are printed at the end."""
    counted: dict[str, int] = {}
    request.node.user_properties.append(("tally", counted))

    def add(name: str, number: int) -> None:
        counted[name] = counted.get(name, 0) + number

    return add


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what a test counted, in whichever process it ran."""
    if report.when == "teardown":
        for name, counted in report.user_properties:
            if name == "tally" and isinstance(counted, dict):
                _TALLIES.update(counted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was counted."""
    for name, number in sorted(_TALLIES.items()):
        terminalreporter.write_line(f"{number:8,} {name}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium; the test is skipped where there is none."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page that fails its test on an error in the console, on a dialogue, and on a request that leaves the machine."""
    with watched(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the published file of the sample, loaded once with the settings as shipped; for reading only."""
    return load(Request((SAMPLE,), tmp_path_factory.mktemp("published"), load_config())).database


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real exports and golden values."""
    folder = Path(os.environ.get("SAMESIDE_SHARED", Path(__file__).parents[1] / ".." / "shared")).resolve()
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared test data at {folder}: set SAMESIDE_SHARED to the folder that holds data/")
    return folder / "data"


@pytest.fixture(scope="session")
def mapped() -> Callable[[str], CrmMapping]:
    """Return the mapping of a name in tests/mappings."""
    return lambda name: load_mapping(MAPPINGS / f"{name}.toml")


@pytest.fixture(scope="session")
def configured() -> Callable[[str | None], Config]:
    """Return the configuration of a name in tests/mappings, or the defaults."""
    return lambda name: load_config(MAPPINGS / f"{name}.toml" if name else None)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Return the sample export, loaded; for reading only."""
    folder = tmp_path_factory.mktemp("sample")
    return Database(load(Request((SAMPLE,), folder, load_config())).database)


@pytest.fixture(scope="session")
def golden_sample(
    shared: Path,
    mapped: Callable[[str], CrmMapping],
    configured: Callable[[str | None], Config],
    tmp_path_factory: pytest.TempPathFactory,
) -> Database:
    """Return the golden sample, loaded once from its raw files through the generic mapping; for reading only."""
    inputs = tuple((shared / "golden" / "landmark").glob("*.csv"))
    folder = tmp_path_factory.mktemp("golden")
    return Database(load(Request(inputs, folder, configured("golden_config"), mapped("golden"), as_of=date(2026, 6, 19))).database)


@pytest.fixture(scope="session")
def golden_values(shared: Path) -> dict[str, dict[str, float]]:
    """Return the expected values of the golden sample by name: est, and se where there is one."""
    values: dict[str, dict[str, float]] = json.loads((shared / "golden/landmark/sample_expected.json").read_text())["expected"]
    return values


def load_into(folder: Path, files: dict[str, str], config: str = "", mapping: CrmMapping | None = None, **more: Any) -> Database:
    """Write files (name to text) and settings below a folder, load them into its `data`, and return the open database.

    Each load begins anew, unless `anew` is given as False.
    """
    (folder / "exports").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "exports" / name).write_text(text, encoding="utf-8")
    settings = folder / "sameside.toml"
    settings.write_text(config, encoding="utf-8")
    return Database(
        load(Request((folder / "exports",), folder / "data", load_config(settings), mapping, **{"anew": True, **more})).database
    )


@pytest.fixture
def load_files(tmp_path: Path) -> Loader:
    """Return a function that loads files into a folder of the test's own, again and again if need be; see load_into."""
    return partial(load_into, tmp_path)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that loads files, and returns their data folder, for reading only.

    What was loaded before is not loaded again, however many tests ask for it. See load_into.
    """
    kept: dict[str, Path] = {}

    def of_files(files: dict[str, str], config: str = "") -> Path:
        content = json.dumps([files, config])
        if content not in kept:
            kept[content] = load_into(tmp_path_factory.mktemp("loaded"), files, config).path.parent
        return kept[content]

    return of_files
