"""Uploads: kept under names of our own, within limits, and always cleared away."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from etl import uploads
from etl.config import Uploads, load_config
from etl.errors import MachineError, UnreadableFile
from etl.load import Request, load
from etl.uploads import Upload
from tests.etl.books import book

LIMITS = Uploads(max_megabytes=1, max_files=3, max_minutes=1)


def kept(folder: Path, *files: tuple[str, bytes]) -> Upload:
    """Return an upload of some files."""
    upload = Upload(folder, LIMITS)
    upload.keep([(name, io.BytesIO(content)) for name, content in files])
    return upload


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\me\\Deals.csv", "Deals.csv"),
        ("/absolute/Opportunity.CSV", "Opportunity.CSV"),
        ("a\x00b\n\u202ecsv.exe.csv", "a b csv.exe.csv"),
        ("..csv", "..csv"),
        ("x" * 500 + ".zip", "x" * 96 + ".zip"),
        ("![x](http://evil.example/a.csv", "a.csv"),
    ],
)
def test_names_are_labels_and_never_paths(tmp_path: Path, name: str, label: str) -> None:
    """Whatever a file is called, it lies in the private folder under a number, and is shown without what hides or climbs."""
    upload = kept(tmp_path, (name, b"x\n"))
    assert [each.name for each in upload.exports] == [label]
    assert upload.exports[0].path == upload.folder / f"1{Path(label).suffix.lower()}"
    assert sorted(path.name for path in tmp_path.iterdir()) == [upload.folder.name]
    upload.close()


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else on the machine can read what was handed in."""
    upload = kept(tmp_path, ("a.csv", b"x\n"))
    assert stat.S_IMODE(upload.folder.stat().st_mode) == 0o700
    upload.close()


def test_two_files_of_one_name_stay_two_files_of_one_role(tmp_path: Path) -> None:
    """The number that tells them apart leaves the stem alone, which may tell what the file is for."""
    upload = kept(tmp_path, ("Opportunity.csv", b"Id\n"), ("b/Opportunity.csv", b"Id\n"), ("Opportunity.csv", b"Id\n"))
    assert [each.name for each in upload.exports] == ["Opportunity.csv", "Opportunity.csv (2)", "Opportunity.csv (3)"]
    assert [each.path.suffix for each in upload.exports] == [".csv"] * 3
    upload.close()


def test_an_upload_loads_as_the_same_file_does_on_the_command_line(tmp_path: Path) -> None:
    """The same content under the same name is the same export, wherever its bytes lie."""
    text = "Id,StageName,CloseDate,IsClosed,IsWon,CreatedDate\n1,Closed Won,2026-02-01,1,1,2026-01-01\n"
    (tmp_path / "Opportunity.csv").write_text(text)
    upload = kept(tmp_path / "data", ("Opportunity.csv", text.encode()))
    first = load(Request(upload.exports, tmp_path / "data", load_config()))
    upload.close()
    again = load(Request((tmp_path / "Opportunity.csv",), tmp_path / "data", load_config()))
    assert (first.is_new, again.is_new, again.load_id) == (True, False, first.load_id)


def test_uploads_of_every_format_load(tmp_path: Path) -> None:
    """What the command line takes, the browser takes too; what a file is, its content tells, here as there."""
    row = {"Id": "1", "StageName": "Closed Won", "CloseDate": "2026-02-01", "CreatedDate": "2026-01-01"}
    sheet = book({"Sheet1": [list(row), ["2", *list(row.values())[1:]]]})
    packed = gzip.compress(b"Id,StageName,CloseDate,CreatedDate\n3,Closed Won,2026-02-01,2026-01-01\n")
    upload = kept(tmp_path / "data", ("a.jsonl", json.dumps(row).encode()), ("b.xlsx", sheet), ("c.csv.gz", packed))
    report = load(Request(upload.exports, tmp_path / "data", load_config()))
    upload.close()
    with duckdb.connect(str(report.database), read_only=True) as con:
        files = con.execute("select file, encoding, rows_read, rows_loaded from raw.load_files order by file").fetchall()
    assert files == [("a.jsonl", "json lines", 1, 1), ("b.xlsx: Sheet1", "xlsx", 1, 1), ("c.csv.gz", "utf-8", 1, 1)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a.exe", b"x")], "a.exe is of a kind that is not taken"),
        ([("a", b"x")], "a is of a kind that is not taken"),
        ([("deals.duckdb", b"x")], "is of a kind that is not taken"),
        ([("a.csv", b"x")] * 4, "4 files are too many"),
        ([("a.csv", b"x" * 600_000), ("b.csv", b"x" * 600_000)], "the files are too large"),
    ],
)
def test_what_is_beyond_the_limits_is_refused(tmp_path: Path, files: list[tuple[str, bytes]], said: str) -> None:
    """Kinds, number and size are looked at here, whatever the browser let through."""
    upload = Upload(tmp_path, LIMITS)
    with pytest.raises(UnreadableFile, match=said):
        upload.keep([(name, io.BytesIO(content)) for name, content in files])
    assert upload.exports == ()
    upload.close()
    assert list(tmp_path.iterdir()) == []


def test_close_removes_everything_and_may_come_twice(tmp_path: Path) -> None:
    """After it nothing is left, and the upload says that it is no longer there."""
    upload = kept(tmp_path, ("a.csv", b"x\n"))
    upload.close()
    upload.close()
    upload.touch()
    assert not upload.is_open
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_nobody_comes_back_to_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor who leaves takes the files along, in a way."""
    monkeypatch.setattr(uploads, "IDLE_SECONDS", 0.01)
    upload = kept(tmp_path, ("a.csv", b"x\n"))
    assert upload._timer is not None
    upload._timer.join(10)
    assert not upload.is_open
    assert list(tmp_path.iterdir()) == []


KILLED = """
import io, os, signal, sys
from pathlib import Path
from etl.config import Uploads, load_config
from etl.uploads import Upload
upload = Upload(Path(sys.argv[1]), Uploads(max_megabytes=1, max_files=3, max_minutes=1))
upload.keep([("a.csv", io.BytesIO(b"x"))])
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("end", "left"), [("killed", 1), ("ended", 0)])
def test_what_a_dead_process_left_is_swept(tmp_path: Path, end: str, left: int) -> None:
    """A process that ends clears away by itself; what a killed one leaves goes with the next upload, and what is in use stays."""
    command = [sys.executable, "-c", KILLED, str(tmp_path), end]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}, check=False)
    assert len(list(tmp_path.iterdir())) == left
    first = kept(tmp_path, ("a.csv", b"x\n"))
    second = kept(tmp_path, ("a.csv", b"x\n"))
    assert {path.name for path in tmp_path.iterdir()} == {first.folder.name, second.folder.name}
    first.close()
    second.close()


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is an error that people can read."""
    (tmp_path / "data").write_text("")
    with pytest.raises(MachineError, match="no files can be kept"):
        Upload(tmp_path / "data", LIMITS)
