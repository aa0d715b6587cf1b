"""Every file with a defect either loads with the right count, or stops with an error that says what, where and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from etl.config import Config, load_config
from etl.errors import SameSideError
from etl.load import Report, Request, load
from etl.publish import LINK
from tests.etl.malformed import (
    BOOKS,
    CASES,
    DELIMITERS,
    ENCODINGS,
    HEADERS,
    JSONS,
    LINE_ENDS,
    PACKED,
    PLACES,
    QUOTES,
    SHAPES,
    STRANGERS,
    VALUES,
    Case,
)

pytestmark = pytest.mark.thorough

WHOLE = (
    "cell with a line break in quotes", "utf-16 with its mark", "footer of a Salesforce report", "row too long", "workbook", "error cell",
    "parquet of nested columns", "json with keys that differ", "gzip", "zip of all formats", "history without its deal",
)  # fmt: skip
"""Cases whose models are built too, which takes longer."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Return settings with a single question, as what answers say is not the matter here, and takes most of the time."""
    path = tmp_path_factory.mktemp("settings") / "sameside.toml"
    path.write_text('[questions.pain]\nlabel = "Pain"\nask = "What hurts?"\n')
    return load_config(path)


def put(folder: Path, case: Case) -> Path:
    """Write the files of a case, and return their folder."""
    folder.mkdir()
    if callable(case.files):
        case.files(folder)
    else:
        for name, content in case.files.items():
            (folder / name).write_bytes(content)
    return folder


def told(report: Report) -> tuple[int, int, int, str]:
    """Return how many rows of a load were read, loaded and rejected, and in one text its deals, its rejects and what it ignored."""
    with duckdb.connect(str(report.database), read_only=True) as con:
        read, loaded, rejected = con.execute(
            "select sum(rows_read)::bigint, sum(rows_loaded)::bigint, sum(rows_rejected)::bigint from raw.load_files"
        ).fetchall()[0]
        deals = con.execute(
            "select deal_id, deal_name, stage, amount::varchar, created_at::varchar, close_date::varchar from raw.deals"
        ).fetchall()
        rejects = con.execute("select column_name, text, reason from raw.rejects").fetchall()
    return read, loaded, rejected, "\n".join(map(str, [*deals, *rejects, *report.unused]))


@pytest.mark.parametrize("name", CASES)
def test_malformed(name: str, tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows read = rows loaded + rows rejected, as many as the file has; or an error in words, and nothing is published."""
    if name not in WHOLE:
        monkeypatch.setattr("etl.load.build", lambda _: None)
    case = CASES[name]
    request = Request((put(tmp_path / "exports", case),), tmp_path / "data", config)
    if case.rows is None:
        with pytest.raises(SameSideError) as caught:
            load(request)
        assert [piece for piece in case.said if piece not in str(caught.value)] == [], str(caught.value)
        assert caught.value.todo
        assert not (tmp_path / "data" / LINK).exists()
        return
    read, loaded, rejected, said = told(load(request))
    assert (read, loaded, rejected) == (case.rows, case.rows - case.rejected, case.rejected), said
    assert [piece for piece in case.said if piece not in said] == [], said


def test_the_corpus_is_as_large_as_it_looks() -> None:
    """No name stands for two files, or one would hide the other; and those that are built whole are among them."""
    parts = (QUOTES, DELIMITERS, ENCODINGS, LINE_ENDS, HEADERS, SHAPES, VALUES, BOOKS, JSONS, PACKED, STRANGERS, PLACES)
    parquets = [name for name in CASES if "parquet" in name]
    assert len(CASES) == sum(map(len, parts)) + len(parquets) >= 150
    assert set(WHOLE) <= set(CASES)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("is_folder", [True, False])
def test_what_may_not_be_read(tmp_path: Path, config: Config, *, is_folder: bool) -> None:
    """A folder or a file that is somebody else's stops the load by name."""
    folder = put(tmp_path / "exports", CASES["folder called csv"])
    place = folder / "Opportunity.csv" if is_folder else folder / "Opportunity.csv" / "Opportunity.csv"
    place.chmod(0)
    try:
        with pytest.raises(SameSideError, match=r"Permission denied") as caught:
            load(Request((folder,), tmp_path / "data", config))
    finally:
        place.chmod(0o700)
    assert "Opportunity.csv" in str(caught.value)
