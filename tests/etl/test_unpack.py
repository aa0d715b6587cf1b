"""Where exports are found, and what a zip may not do."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from etl import unpack
from etl.errors import UnreadableFile, UsageError
from etl.unpack import find_exports


def make_zip(path: Path, members: dict[str, str]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_a_folder_is_read_in_a_stable_order(tmp_path: Path) -> None:
    """Tables by name, zips among them; all else is listed as ignored, hidden files are not even that."""
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    for name in ("c.CSV", "a.csv", "b/d.tsv", "readme.txt", "page.html", ".hidden.csv", "~$a.csv"):
        (folder / name).write_text("x\n1\n")
    members = {"z/y.csv": "x\n", "z/w.csv": "x\n", "z/logo.png": "", "__MACOSX/z/._y.csv": ""}
    make_zip(folder / "export.zip", members)
    found = find_exports([folder], tmp_path / "work")
    names = ["a.csv", "b/d.tsv", "c.CSV", "export.zip: z/w.csv", "export.zip: z/y.csv"]
    assert [export.name for export in found.files] == names
    assert found.ignored == ("export.zip: __MACOSX/z/._y.csv", "export.zip: z/logo.png", "page.html", "readme.txt")
    assert [export.path.read_text() for export in found.files] == ["x\n1\n"] * 3 + ["x\n"] * 2
    assert [export.name for export in find_exports([folder], tmp_path / "again").files] == names


def test_a_file_named_itself_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    """A name without .csv is no reason to ignore what was asked for, and a file named twice is one file."""
    (tmp_path / "deals.txt").write_text("x\n")
    found = find_exports([tmp_path / "deals.txt", tmp_path / "deals.txt"], tmp_path)
    assert [export.name for export in found.files] == ["deals.txt"]


def test_two_files_of_one_name_keep_their_folders(tmp_path: Path) -> None:
    """A name stands for one file in the load report, so that its rows add up."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text("x\n")
    found = find_exports([tmp_path / "one", tmp_path / "two"], tmp_path)
    assert [export.name for export in found.files] == [str(tmp_path / "one" / "a.csv"), str(tmp_path / "two" / "a.csv")]


def test_an_input_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """A wrong path on the command line is named."""
    with pytest.raises(UsageError, match=r"nowhere"):
        find_exports([tmp_path / "nowhere"], tmp_path)


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "b/../../a.csv", "..\\a.csv", "C:\\a.csv", "inner.zip"])
def test_a_zip_that_climbs_out_or_holds_a_zip_is_refused(tmp_path: Path, name: str) -> None:
    """A member that would land elsewhere, or hide data in a zip of its own, stops the load by name."""
    with pytest.raises(UnreadableFile, match=r"export\.zip holds"):
        find_exports([make_zip(tmp_path / "export.zip", {name: "x\n"})], tmp_path / "work")


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip may not grow beyond measure; small ones may compress as well as they like."""
    bomb = make_zip(tmp_path / "bomb.zip", {"a.csv": "0" * 3_000_000})
    assert len(find_exports([bomb], tmp_path / "work").files) == 1
    monkeypatch.setattr(unpack, "SMALL", 2_000_000)
    with pytest.raises(UnreadableFile, match=r"unpacks to 3,000,000 bytes"):
        find_exports([bomb], tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """What is longer than the zip says is cut there and fails its checksum, so the limits hold."""
    path = make_zip(tmp_path / "lie.zip", {"a.csv": "x" * 5000})
    data = path.read_bytes()
    path.write_bytes(data.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    with pytest.raises(UnreadableFile, match=r"cannot be unpacked"):
        find_exports([path], tmp_path / "work")


@pytest.mark.parametrize("keep", [0, 30, 200])
def test_a_damaged_zip_is_refused(tmp_path: Path, keep: int) -> None:
    """Half a download is told from an export."""
    path = make_zip(tmp_path / "half.zip", {"a.csv": "".join(map(str, range(999)))})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UnreadableFile, match=r"half\.zip cannot be unpacked"):
        find_exports([path], tmp_path / "work")


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    """A locked member is an error, not an empty file."""
    path = make_zip(tmp_path / "locked.zip", {"a.csv": "x\n"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the member's own header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=r"password|encrypted"):
        find_exports([path], tmp_path / "work")


def test_patterns_fit_files_where_the_shell_does_not_expand_them(tmp_path: Path) -> None:
    """Quoted patterns, and those of a settings file, work as on a command line; one that fits nothing is an error."""
    for name in ("b.csv", "a.csv", "x/c.csv", "d.txt", "e[1].csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x\n")

    def names(pattern: str) -> list[str]:
        return [export.name for export in find_exports([tmp_path / pattern], tmp_path / "work").files]

    assert names("*.csv") == ["a.csv", "b.csv", "e[1].csv"]
    assert names("**/*.csv") == ["a.csv", "b.csv", "e[1].csv", "c.csv"]
    assert names("?.txt") == ["d.txt"]
    assert names("e[1].csv") == ["e[1].csv"]
    with pytest.raises(UsageError, match=r"no file fits .*\*\.xlsx"):
        names("*.xlsx")


@pytest.mark.parametrize("is_zip", [False, True])
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_zip: bool) -> None:
    """What comes through a pipe is a file, or a zip of files, by its content."""
    data = make_zip(tmp_path / "a.zip", {"Opportunity.csv": "x\n"}).read_bytes() if is_zip else b"x\n"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(data)))
    found = find_exports([Path("-")], tmp_path / "work")
    assert [export.name for export in found.files] == ["standard input: Opportunity.csv" if is_zip else "standard input"]
    assert found.files[0].path.read_bytes() == b"x\n"


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """It would be waited for without end."""
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UsageError, match=r"pipe\.csv is no file or folder, but a pipe"):
        find_exports([tmp_path / "pipe.csv"], tmp_path / "work")


def test_a_folder_that_cannot_be_looked_into_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word, its files would be missing."""
    (tmp_path / "in" / "locked").mkdir(parents=True)
    scan = os.scandir

    def refuse(place: str) -> object:
        if Path(place).name == "locked":
            raise PermissionError(13, "Permission denied", place)
        return scan(place)

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(UnreadableFile, match=r"the folder .*locked cannot be looked into: Permission denied"):
        find_exports([tmp_path / "in"], tmp_path / "work")


def test_settings_in_json_beside_tables_are_no_table(tmp_path: Path) -> None:
    """One object over many lines is listed as not used in a folder; a list, lines, and a file that is named are looked at."""
    for name, text in {"a.json": "[\n{}\n]", "b.json": '{"x": 1}\n{"x": 2}\n', "truth.json": '{\n  "x": 1\n}\n'}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = find_exports([tmp_path], tmp_path / "work")
    assert ([export.name for export in found.files], found.ignored) == (["a.json", "b.json"], ("truth.json",))
    assert [export.name for export in find_exports([tmp_path / "truth.json"], tmp_path / "work").files] == ["truth.json"]
