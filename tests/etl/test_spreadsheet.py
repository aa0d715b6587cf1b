"""What a spreadsheet makes of our CSV: read by LibreOffice, of which it is told which cells it took for formulas."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.csvtext import EXCEL, PLAIN, Style, to_csv
from tests.payloads import BENIGN, PAYLOADS

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
FILTERS = {",": "44", ";": "59", "\t": "9"}  # how LibreOffice names separators

Cell = tuple[str | None, str | None, str]
"""formula, type of value, value or text"""

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice, of LibreOffice Calc, is not installed")


def opened(folder: Path, content: bytes, separator: str, language: str = "1033") -> list[list[Cell]]:
    """Return the cells of each row as LibreOffice reads a CSV: UTF-8, split at a separator, in a language, finding out numbers and dates."""
    (folder / "in.csv").write_bytes(content)
    convert = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "fods", "--outdir", str(folder)]
    convert.append(f"--infilter=CSV:{FILTERS[separator]},34,UTF8,1,,{language},false,true")
    subprocess.run([*convert, str(folder / "in.csv")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    rows = ET.parse(folder / "in.fods").iter(f"{TABLE}table-row")  # noqa: S314 – written by the program that we just ran
    return [[_cell(cell) for cell in row.iter(f"{TABLE}table-cell")] for row in rows]


def _cell(cell: ET.Element) -> Cell:
    kind = cell.get(f"{OFFICE}value-type")
    value = cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value")
    text = "\n".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p"))
    return cell.get(f"{TABLE}formula"), kind, value or text


@pytest.mark.parametrize(
    ("style", "separator", "language"),
    [(PLAIN, ",", "1033"), (EXCEL, ";", "1031"), (PLAIN, ";", "1031"), (EXCEL, ",", "1033"), (PLAIN, "\t", "1033")],
    ids=["as written", "for Excel", "split at ; by mistake", "for Excel, split at , by mistake", "split at tabs by mistake"],
)
def test_no_payload_becomes_a_formula(tmp_path: Path, style: Style, separator: str, language: str) -> None:
    """OWASP's payloads come out as texts, also where the file is split at another separator than its own."""
    frame = pl.DataFrame({"number": range(len(PAYLOADS)), "text": PAYLOADS, "again": PAYLOADS})
    cells = [cell for row in opened(tmp_path, to_csv(frame, style), separator, language) for cell in row]
    assert [cell for cell in cells if cell[0] is not None] == []
    assert sum(kind == "string" for _, kind, _ in cells) >= len(PAYLOADS)


def test_an_unguarded_payload_would_be_one(tmp_path: Path) -> None:
    """The look finds formulas where there are some, so that finding none says something."""
    cells = [cell for row in opened(tmp_path, b"number,text\n1,=1+1\n", ",") for cell in row]
    assert [formula for formula, _, _ in cells if formula] == ["of:=1+1"]


@pytest.mark.parametrize(("style", "separator", "language"), [(PLAIN, ",", "1033"), (EXCEL, ";", "1031")], ids=["plain", "for Excel"])
def test_numbers_days_and_texts_come_out_as_such(tmp_path: Path, style: Style, separator: str, language: str) -> None:
    """A negative amount is a number, a day a date, and a text that is no formula itself."""
    frame = pl.DataFrame({"amount": [-12.5, 1e6], "count": [-3, 4], "day": [date(2026, 1, 31), date(2025, 12, 1)], "text": BENIGN[1:3]})
    rows = opened(tmp_path, to_csv(frame, style), separator, language)
    assert rows[1] == [
        (None, "float", "-12.5"),
        (None, "float", "-3"),
        (None, "date", "2026-01-31"),
        (None, "string", "well-known"),
    ]
    assert [float(rows[2][0][2]), rows[2][1][2], rows[2][2][2], rows[2][3][2]] == [1e6, "4", "2025-12-01", "O'Brien"]
