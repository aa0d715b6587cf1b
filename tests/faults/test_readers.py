"""Many at once: readers while versions come and go, loads that meet, and a load, an export and a query at the same time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.config import load_config
from etl.load import Request, load
from etl.publish import LINK, current, loading, publish
from etl.queries import Database
from tests.conftest import Tally
from tests.faults import company
from tests.faults.test_kills import is_whole

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.faults
PUBLISHES = 200


@pytest.fixture
def two_versions(tmp_path: Path) -> tuple[Path, list[tuple[str, Path]]]:
    """Return a company's folder, and two loads of it: their ids and copies of their files."""
    home = company.found(tmp_path / "home")
    request = Request((home / "exports",), home / "data", load_config(home / "sameside.toml"))
    made = []
    for number in (0, 1):
        company.export(home, number)
        report = load(request)
        made.append((report.load_id, Path(shutil.copyfile(report.database, tmp_path / f"{number}"))))
    return home, made


def put(data: Path, load_id: str, file: Path, keep: int) -> None:
    """Publish a copy of a file."""
    with loading(data) as work:
        publish(Path(shutil.copyfile(file, work / "deals.duckdb")), data, load_id, keep)


@pytest.mark.parametrize("keep", [0, 3])
def test_readers_during_many_publishes(two_versions: tuple[Path, list[tuple[str, Path]]], tally: Tally, keep: int) -> None:
    """Each opening finds a whole version, also where none is kept beside the current one, and an open one goes on as it is."""
    home, made = two_versions
    expected = {load_id: len(company.known(Database(file))) for load_id, file in made}
    is_over, wrong, opened = threading.Event(), list[str](), list[str]()

    def read() -> None:
        while not is_over.is_set():
            try:
                database = Database.of_folder(home / "data")
                for _ in range(2):
                    if len(company.known(database)) != expected[database.load_id]:
                        wrong.append(f"{database.load_id} is mixed")
                opened.append(database.load_id)
            except Exception as error:  # noqa: BLE001 – told at the end
                wrong.append(f"{type(error).__name__}: {error}")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(PUBLISHES):
        load_id, file = made[number % 2]
        put(home / "data", f"{load_id}-{number}", file, keep)
    is_over.set()
    for reader in readers:
        reader.join()
    tally(f"publishes while being read, keeping {keep}", PUBLISHES)
    tally(f"openings meanwhile, keeping {keep}", len(opened))
    assert wrong == []
    assert opened


def test_the_dashboard_sees_each_publish_in_one_process(
    two_versions: tuple[Path, list[tuple[str, Path]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB knows a path that is open already by its old content: versions have paths of their own, so that the page shows the new one."""
    home, made = two_versions
    monkeypatch.setenv("SAMESIDE_DATA", str(home / "data"))
    app = AppTest.from_string("import streamlit as st\nfrom dashboard import data\nst.text(data.opened().version)\n", default_timeout=60)
    for number in range(6):
        load_id, file = made[number % 2]
        put(home / "data", f"{load_id}-{number}", file, 1)
        app.run()
        assert not app.exception
        assert app.text[0].value == str(current(home / "data"))


def test_a_load_an_export_and_a_query_at_once(tmp_path: Path) -> None:
    """Of two loads at once one waits for nobody and says so; the others read the version that was there as they began."""
    home = company.found(tmp_path / "home")
    load(Request((home / "exports",), home / "data", load_config(home / "sameside.toml")))
    company.export(home, 1)
    verbs = (
        ("load", "exports", "--data", "data"),
        ("load", "exports", "--data", "data"),
        ("export", "--data", "data", "--to", "snapshots"),
        ("sql", "select count(*) as deals from marts.deals", "--format", "csv", "--data", "data"),
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "etl", *words], cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for words in verbs
    ]
    ended = [(process.communicate(timeout=300), process.returncode) for process in started]
    loads = sorted(code for _, code in ended[:2])
    assert loads in ([0, 0], [0, 1])
    refused = [said for (_, said), code in ended[:2] if code]
    assert all("another load is writing to this folder" in said and "Traceback" not in said for said in refused)
    assert [code for _, code in ended[2:]] == [0, 0], ended
    assert ended[3][0][0] in {"deals\n6\n", "deals\n7\n"}
    assert all(is_whole(folder) for folder in (home / "snapshots").glob("[!.]*"))
    assert len(company.known(company.opened(home / "data"))) == 7
    assert (home / "data" / LINK).is_symlink()
