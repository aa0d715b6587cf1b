"""Excel workbooks → a CSV copy of each sheet that a person sees, by openpyxl; rows are counted by `etl.formats.census`.

Of the readers that were tried, calamine makes error cells (#N/A) empty without a word and whole numbers floats; openpyxl keeps both, and
tells how a cell is shown.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader

from etl.errors import UnreadableFile
from etl.formats.census import Sheet, census, sheets
from etl.formats.copies import Copies, Copy, CsvCopy
from etl.unpack import Export, check_members

# What openpyxl, zipfile and expat raise for a workbook that is damaged or built in no way that they know.
_BROKEN: Final = (
    AttributeError, EOFError, ExpatError, IndexError, KeyError, NotImplementedError, ParseError, RuntimeError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_ZEROS: Final = re.compile(r"0{2,}")
_NAMED: Final = 3  # cells without a result that an error names


def copies(export: Export, work: Path, _: str | None) -> Copies:
    """Return the tables of a workbook: its visible sheets that hold anything, named "book.xlsx: Sheet1"; all others are told as ignored.

    Raises UnreadableFile for a damaged workbook, one without any table, and for formulas whose results were never saved.
    """
    try:
        with zipfile.ZipFile(export.path) as archive:
            check_members(export, archive.infolist())
            made, ignored = _copied(export, archive, work)
    except _BROKEN as error:
        raise UnreadableFile(
            f"{export.name} is an Excel workbook that cannot be read: {str(error) or type(error).__name__}",
            expected="a workbook that is whole, as Excel saves it",
            todo="Open it in Excel and save it anew, or save it as CSV UTF-8.",
        ) from error
    if not made:
        raise UnreadableFile(
            f"{export.name} holds no table: {', '.join(ignored) or 'it has no sheets'}",
            expected="a visible sheet with a header line",
            todo="Export it again, or unhide the sheet that holds the data.",
        )
    return Copies(tuple(made), tuple(ignored))


def _copied(export: Export, archive: zipfile.ZipFile, work: Path) -> tuple[list[Copy], list[str]]:
    made: list[Copy] = []
    ignored: list[str] = []
    counted: dict[str, int] = {}
    for sheet in sheets(export.name, archive):
        name = f"{export.name}: {sheet.name}"
        reason = "a chart or macro" if not sheet.is_grid else "hidden" if sheet.is_hidden else ""
        rows = 0 if reason else _counted(name, archive, sheet)
        if rows:
            counted[sheet.name] = rows
        else:
            ignored.append(f"{name} ({reason or 'empty'})")
    if counted:
        with export.path.open("rb") as file, warnings.catch_warnings():
            # Of styles and validations, which are not read, and of dates that cannot be, which come as #VALUE! and are no dates then.
            warnings.simplefilter("ignore")
            reader = _GridReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read()
            made = [_copy(export, name, reader.wb[name], rows, work) for name, rows in counted.items()]
    return made, ignored


def _copy(export: Export, name: str, sheet: Any, rows: int, work: Path) -> Copy:
    with CsvCopy(export, work) as copy:
        for row in _rows(sheet):
            copy.write(row)
    return Copy(f"{export.name}: {name}", copy.path, rows)


class _GridReader(ExcelReader):
    """Reads sheets of cells alone: openpyxl fails at some charts."""

    def read_chartsheet(self, *_: object) -> None:
        """Read no chart."""


def _counted(name: str, archive: zipfile.ZipFile, sheet: Sheet) -> int:
    found = census(name, archive, sheet.part)
    if found.unanswered:
        first = ", ".join(found.unanswered[:_NAMED])
        raise UnreadableFile(
            f"{name} has formulas whose results were not saved: {len(found.unanswered):,} cells",
            where=first if len(found.unanswered) <= _NAMED else f"{first} …",
            expected="a workbook that was saved by a spreadsheet program, which keeps the results",
            todo="Open it in Excel, save it, and load it again.",
        )
    return found.rows


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield the rows of a sheet as texts, all as wide as the widest so far; a row without any cell as no cells at all.

    A lone first cell below a gap stays alone: it is a note below the table, and no row of it.
    """
    sheet.reset_dimensions()  # what a workbook says of its size is often wrong, and would cut it short
    width, is_apart = 0, True
    for row in sheet.iter_rows():
        cells = [_text(cell) for cell in row]
        if all(cell is None for cell in cells):
            is_apart = True
            yield []
            continue
        while cells and cells[-1] is None:
            cells.pop()
        is_apart = is_apart and len(cells) == 1
        width = max(width, len(cells))
        yield [cell or "" for cell in cells] + [""] * (0 if is_apart else width - len(cells))


def _text(cell: Any) -> str | None:
    """Return what a cell says: dates as ISO, whole numbers without a decimal point, true and false as words; None where it is empty."""
    value = cell.value
    match value:
        case None:
            text = None
        case bool():
            text = "true" if value else "false"
        case int() | float():
            text = _number(str(value) if isinstance(value, int) else _digits(value), cell.number_format)
        case datetime():
            text = _moment(value)
        case date() | time():
            text = value.isoformat()
        case timedelta():
            text = _hours(value)
        case _:
            text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), str(value))
    return text


def _digits(value: float) -> str:
    """Return a number with 15 digits, as Excel shows it; the digits behind are those of its binary form.

    >>> [_digits(number) for number in (1054.0, 25.010000000000002, 1e20, 0.1)]
    ['1054', '25.01', '100000000000000000000', '0.1']
    """
    text = format(value, ".15g")
    return format(Decimal(text), "f") if "e" in text else text


def _number(digits: str, shown: str) -> str:
    """Return a number with the zeros in front that a format such as 00000 shows."""
    return digits.zfill(len(shown)) if _ZEROS.fullmatch(shown or "") and digits.isdigit() else digits


def _moment(value: datetime) -> str:
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")


def _hours(value: timedelta) -> str:
    """Return a length of time as hours, minutes and seconds."""
    seconds = round(value.total_seconds())
    sign, seconds = "-" if seconds < 0 else "", abs(seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
