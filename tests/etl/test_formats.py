"""Files of other formats than CSV: told by their content, copied without loss, and counted apart from their reader."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest

from etl.dialect import Dialect
from etl.errors import RowsLost, UnreadableFile
from etl.formats import Found, copies, jsontext, tables_of, workbook
from etl.formats.kind import Kind, kind_of
from etl.read import Part, TextTable, scan
from etl.unpack import Export
from tests.etl.books import book


def found(folder: Path, name: str, data: bytes) -> Found:
    """Write a file and return its tables."""
    (folder / "file").write_bytes(data)
    return tables_of(Export(name, folder / "file"), folder / "work")


def rows(table: TextTable) -> list[tuple[str | None, ...]]:
    return duckdb.execute(f"from {scan(table)}").fetchall()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.csv", b"Id,Name\n", None),
        ("a.csv", b"PAR1,PK\n", None),
        ("a.csv", b"[x],y\n", None),
        ("a.csv", b"{x},y\n", None),
        ("a.csv", b"PAR1\x15\x04", "parquet"),
        ("a.csv", b"\x1f\x8b\x08", "gzip"),
        ("a.csv", b'{"a": 1}', "json lines"),
        ("a.csv", b'\xef\xbb\xbf\n {"a": 1}', "json lines"),
        ("a.csv", b'[\n{"a": 1}]', "json"),
        ("a.csv", '[{"a": 1}]'.encode("utf-16"), "json"),
        ("a.ndjson", b"x", "json lines"),
        ("a.json", b"", None),
        ("a.zip", b"PK\x05\x06" + bytes(18), None),
        ("a.csv", book({"Sheet1": [["Id"]]}), "xlsx"),
        ("a.csv", book({"Sheet1": [["Id"]]})[:200], "xlsx"),
    ],
)
def test_kinds_by_content(tmp_path: Path, name: str, data: bytes, kind: Kind | None) -> None:
    """What a file holds tells what it is, whatever it is called."""
    (tmp_path / "x").write_bytes(data)
    assert kind_of(Export(name, tmp_path / "x")) == kind


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("in/Opportunity.csv", "Opportunity"),
        ("Opportunity.csv.gz", "Opportunity"),
        ("export.zip: a/Opportunity.jsonl", "Opportunity"),
        ("Opportunity.xlsx: Sheet1", "Opportunity"),
        ("Opportunity.xlsx: Tabelle 2", "Opportunity"),
        ("export.xlsx: Opportunity", "Opportunity"),
        ("export.zip: book.XLSX: Account", "Account"),
        ("standard input: Opportunity.csv", "Opportunity"),
        ("standard input: Sheet1", "Sheet1"),
        ("Opportunity", "Opportunity"),
    ],
)
def test_what_a_table_is_called_for_its_role(name: str, stem: str) -> None:
    """A sheet by its own name, unless Excel gave it; a file without what it is packed in."""
    table = TextTable(
        name,
        Path("x"),
        (),
        Dialect(",", '"', "utf-8", "\n"),
        0,
        0,
        "",
        has_line_breaks=False,
        is_parallel=False,
        parts=(Part(Path("x"), 0),),
    )
    assert table.stem == stem


def test_a_workbook_of_another_writer(tmp_path: Path) -> None:
    """What openpyxl writes comes back as a person sees it: dates and times as ISO, lengths of time in hours, numbers with their digits."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Id", "Moment", "Length", "Share", "Is"])
    sheet.append([7, datetime(2026, 1, 2, 3, 4, 5), timedelta(hours=30, minutes=5), 0.1 + 0.2, True])  # noqa: DTZ001
    target = io.BytesIO()
    made.save(target)
    (table,) = found(tmp_path, "book.xlsx", target.getvalue()).tables
    assert (table.name, table.dialect.encoding, table.records) == ("book.xlsx: Sheet", "xlsx", 1)
    assert rows(table) == [("7", "2026-01-02 03:04:05", "30:05:00", "0.3", "true")]


def test_sheets_share_the_digest_of_their_book(tmp_path: Path) -> None:
    """The digest is of the file as it was handed over, not of a copy, which would tell another each time a copy is made otherwise."""
    data = book({"A": [["Id"], [1]], "B": [["Id"], [2]]})
    tables = found(tmp_path, "book.xlsx", data).tables
    assert [table.name for table in tables] == ["book.xlsx: A", "book.xlsx: B"]
    assert len({table.digest for table in tables}) == 1
    assert found(tmp_path, "other.xlsx", data).tables[0].digest == tables[0].digest


def test_a_reader_that_loses_a_row_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count by the XML does not come from the reader, so a sheet that ends early for it stops the load."""
    whole = workbook._rows
    monkeypatch.setattr(workbook, "_rows", lambda sheet: list(whole(sheet))[:-1])
    with pytest.raises(RowsLost, match=r"holds 3 rows with the header in one count and 2 in another"):
        found(tmp_path, "book.xlsx", book({"A": [["Id"], [1], [2]]}))


def test_objects_that_are_lost_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines and brackets are counted apart from the JSON parser."""
    monkeypatch.setattr(jsontext, "_objects", lambda *_: iter([{"a": "1"}]))
    for data in (b'{"a": 1}\n{"a": "}"}\n', json.dumps([{"a": 1}, {"a": ["{", {}]}]).encode()):
        with pytest.raises(RowsLost, match=r"holds 3 rows with the header in one count and 2 in another"):
            found(tmp_path, "deals.json", data)


def test_keys_are_columns(tmp_path: Path) -> None:
    """Every key that any object has is a column, in the order of first sight; objects within are flattened, lists are not."""
    data = b'{"a": {"b": 1, "c": {"d": null}}, "l": [1.50, {"x": "y"}]}\n{"z": false, "a": {"b": 12345678901234567890}}\n'
    (table,) = found(tmp_path, "deals.jsonl", data).tables
    assert table.headers == ("a.b", "a.c.d", "l", "z")
    assert rows(table) == [("1", None, '[1.5, {"x": "y"}]', None), ("12345678901234567890", None, None, "false")]


def test_nested_parquet(tmp_path: Path) -> None:
    """Columns within columns are flattened with a dot, lists and maps are kept as JSON."""
    path = tmp_path / "deals.parquet"
    duckdb.execute(
        f"copy (select {{'b': 1, 'c': {{'d': 'x'}}}} as a, [1, 2] as l, map {{'k': 1.5}} as m, null::integer as n) to '{path}' (format parquet)"
    )
    (table,) = tables_of(Export("deals.parquet", path), tmp_path / "work").tables
    assert table.headers == ("a.b", "a.c.d", "l", "m", "n")
    assert rows(table) == [("1", "x", "[1,2]", '{"k":1.5}', None)]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """Between being found and being read, a file may be moved."""
    with pytest.raises(UnreadableFile, match=r"a\.csv cannot be read: No such file"):
        tables_of(Export("a.csv", tmp_path / "a.csv"), tmp_path / "work")


def test_every_cell_of_a_copy_is_quoted(tmp_path: Path) -> None:
    """So no text can be taken for a delimiter, a line end or a quote; no cells at all are a blank line."""
    with copies.CsvCopy(Export("a.csv", Path(__file__)), tmp_path) as copy:
        copy.write(["a", "", 'b "c",\nd'])
        copy.write([])
    assert copy.path.read_text() == '"a","","b ""c"",\nd"\n\n'
