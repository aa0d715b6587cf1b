"""Files with one defect each, named for it, and what has to become of them: so many rows read and rejected, or an error that says so."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from tests.etl.books import DATE, MOMENT, ZEROS, Cell, Raw, book, failed, formula, sheet_xml, styled

Files = Mapping[str, bytes] | Callable[[Path], None]


class Case(NamedTuple):
    """What is put into a folder, how many rows have to be read and rejected (None: the load has to stop), and what has to be said.

    Of a load that is done, `said` are pieces of what it tells: values of the deals, reasons and texts of rejects, names that were ignored.
    """

    files: Files
    rows: int | None
    rejected: int
    said: tuple[str, ...]


HEADER = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate"
A = "1,A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01 10:00:00"
B = "2,B,Closed Lost,20,2026-02-02,1,0,005B,2026-01-02 11:00:00"
C = "3,C,Proposal,3,2026-03-03,0,0,005A,2026-01-03 12:00:00"
NAMES = HEADER.split(",")


def text(*lines: str, end: str = "\n") -> str:
    return "".join(f"{line}{end}" for line in lines)


GOOD = text(HEADER, A, B, C)


def _files(data: bytes | str | Files, name: str) -> Files:
    if isinstance(data, (bytes, str)):
        return {name: data.encode() if isinstance(data, str) else data}
    return data


def loads(data: bytes | str | Files, rows: int, *said: str, rejected: int = 0, name: str = "Opportunity.csv") -> Case:
    """Return a case that loads."""
    return Case(_files(data, name), rows, rejected, said)


def stops(data: bytes | str | Files, *said: str, name: str = "Opportunity.csv") -> Case:
    """Return a case that stops."""
    return Case(_files(data, name), None, 0, said)


def with_cell(column: str, value: str) -> str:
    """Return three good deals and one with a certain value."""
    cells = dict(zip(NAMES, C.replace("3,C", "4,D").split(","), strict=True)) | {column: value}
    return GOOD + text(",".join(cells.values()))


QUOTES = {
    "cell with a delimiter in quotes": loads(GOOD + text('4,"D, Ltd",Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, "D, Ltd"),
    "cell with a line break in quotes": loads(GOOD + text('4,"D\nLtd",Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, "D\\nLtd"),
    "cell with doubled quotes": loads(GOOD + text('4,"D ""the"" Ltd",Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, 'D "the" Ltd'),
    "quote in the middle of a cell": loads(GOOD + text('4,6" pipe,Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, '6" pipe'),
    "quote in the header": loads(GOOD.replace("Name", 'Na"me', 1), 3),
    "text after a closing quote": loads(
        GOOD + text('4,"D" Ltd,Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, "after a closing quote", rejected=1
    ),
    "quote that never closes": stops(
        GOOD + text('4,"D,Open,4,2026-03-03,0,0,005A,2026-01-03', C), "line 5", "ends within a quoted cell", "closing quote"
    ),
    "quote that never closes in the header": stops(GOOD.replace("Name", '"Name', 1), "Opportunity.csv"),
    "quotes escaped with a backslash": loads(
        GOOD + text('4,"D \\"the\\" Ltd",Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, "after a closing quote", rejected=1
    ),
    "single quotes round cells": loads(GOOD + text("'4','D',Open,4,2026-03-03,0,0,005A,2026-01-03"), 4, "'D'"),
    "typographic quotes": loads(GOOD + text("4,“D”,Open,4,2026-03-03,0,0,005A,2026-01-03"), 4, "“D”"),
    "everything quoted": loads("".join('"' + line.replace(",", '","') + '"\n' for line in GOOD.splitlines()), 3),
    "only the header quoted": loads('"' + HEADER.replace(",", '","') + '"\n' + text(A, B, C), 3),
    "empty cells quoted": loads(GOOD + text('4,"",Open,"","",0,0,005A,2026-01-03'), 4),
    "blank before a quote": loads(GOOD + text('4, "D, Ltd",Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, "D, Ltd"),
    "cell of quotes alone": loads(GOOD + text('4,"""",Open,4,2026-03-03,0,0,005A,2026-01-03'), 4, "'\"'"),
    "whole record in one quoted cell": loads(GOOD + text(f'"{C.replace("3,C", "4,D")}"'), 4, "fewer cells than the header", rejected=1),
    "each record in one quoted cell": stops("".join(f'"{line}"\n' for line in GOOD.splitlines()), "Opportunity.csv", "Id,Name,StageName"),
}

DELIMITERS = {
    "semicolons": loads(GOOD.replace(",", ";"), 3, "100.5"),
    "tabs": loads(GOOD.replace(",", "\t"), 3, "100.5"),
    "pipes": loads(GOOD.replace(",", "|"), 3, "100.5"),
    "semicolons and decimal commas": loads(GOOD.replace(",", ";").replace("100.50", "100,50"), 3, "100.50"),
    "line that names the delimiter": loads("sep=;\n" + GOOD.replace(",", ";"), 3, "100.5"),
    "line that names the delimiter, quoted": loads('"sep=;"\r\n' + GOOD.replace(",", ";"), 3, "100.5"),
    "line that names another delimiter than is used": stops(
        "sep=;\n" + GOOD, "single column, whose name is a header itself", "Id,Name,StageName", "sep="
    ),
    "line that names a letter as delimiter": stops("sep=a\n" + GOOD, "'a' is between its cells, which cannot be", "Correct that line"),
    "header with another delimiter than the rows": stops(GOOD.replace(",", ";", GOOD.splitlines()[0].count(",")), "Opportunity.csv"),
    "one row with another delimiter": loads(
        GOOD + text(C.replace("3,C", "4,D").replace(",", ";")), 4, "fewer cells than the header", rejected=1
    ),
    "delimiter at the end of each line": loads(text(*(f"{line}," for line in GOOD.splitlines())), 3),
    "delimiters at the end of the rows alone": loads(text(HEADER, *(f"{line},,," for line in (A, B, C))), 3),
    "colons as delimiter": stops(GOOD.replace(":", ".").replace(",", ":"), "Opportunity.csv"),
    "blanks round cells": loads(GOOD.replace(",", " , "), 3, "100.5"),
}

FRENCH = GOOD.replace("A,Closed", "Société,Closed").replace("B,Closed", "Café de l’Été – 50 €,Closed")

ENCODINGS = {
    "byte order mark": loads(codecs.BOM_UTF8 + GOOD.encode(), 3),
    "byte order mark twice": loads(codecs.BOM_UTF8 * 2 + GOOD.encode(), 3),
    "byte order mark before a quoted header": loads(
        codecs.BOM_UTF8 + ('"' + HEADER.replace(",", '","') + '"\n' + text(A, B, C)).encode(), 3
    ),
    "byte order mark alone": stops(codecs.BOM_UTF8, "empty"),
    "cp1252": loads(FRENCH.encode("cp1252"), 3, "Société", "Café de l’Été – 50 €"),
    "iso 8859-1": loads(FRENCH.replace("’", "'").replace("–", "-").replace("€", "E").encode("latin-1"), 3, "Société"),
    "utf-16 with its mark": loads(FRENCH.encode("utf-16"), 3, "Société"),
    "utf-16 big endian with its mark": loads(codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), 3, "Société"),
    "utf-16 without its mark": stops(GOOD.encode("utf-16-le"), "UTF-16 without its mark", "--encoding utf-16-le"),
    "utf-16 big endian without its mark": stops(GOOD.encode("utf-16-be"), "UTF-16 without its mark", "--encoding utf-16-be"),
    "utf-16 cut within a letter": stops(FRENCH.encode("utf-16")[:-1], "utf-16", "cannot be decoded"),
    "utf-32 with its mark": loads(FRENCH.encode("utf-32"), 3, "Société"),
    "shift-jis": loads(
        GOOD.replace("A,Closed", "株式会社テスト東京の会社,Closed").replace("B,Closed", "東京との契約の商談,Closed").encode("cp932"),
        3,
        "株式会社テスト東京の会社",
    ),
    "one bad byte in utf-8": stops(
        FRENCH.encode() + "4,caf\xe9,Open,4,2026-03-03,0,0,005A,2026-01-03\n".encode("latin-1"), "offset", "cannot be decoded", "--encoding"
    ),
    "utf-8 cut within a letter": stops(FRENCH.encode() + "4,é".encode()[:-1], "offset", "cannot be decoded"),
    "zero byte in a cell": loads(with_cell("Name", "D\0D"), 4),
    "zero byte in the header": stops(GOOD.replace("Name", "Na\0me", 1), "binary", "zero bytes"),
    "zero bytes at the end": stops(GOOD.encode() + b"\0" * 500, "binary", "zero bytes"),
    "zero bytes alone": stops(b"\0" * 500, "binary", "zero bytes"),
    "letters that nobody sees": loads(with_cell("Name", "D\u200b\u202e"), 4),
    "control letters": loads(with_cell("Name", "D\x01\x1a\x7f"), 4),
    "replacement letters": loads(with_cell("Name", "D\ufffd"), 4, "D\ufffd"),
    "emoji": loads(with_cell("Name", "D 🚀"), 4, "🚀"),
    "hard blanks in the header": loads(GOOD.replace("CreatedDate", "\xa0CreatedDate\xa0", 1), 3),
}

LINE_ENDS = {
    "crlf": loads(text(HEADER, A, B, C, end="\r\n"), 3),
    "returns alone": loads(text(HEADER, A, B, C, end="\r"), 3),
    "mixed line ends": loads(HEADER + "\r\n" + A + "\n" + B + "\r" + C, 3),
    "no line end at the end": loads(GOOD.rstrip("\n"), 3),
    "doubled returns": loads(text(HEADER, A, B, C, end="\r\r\n"), 3),
    "blank lines between rows": loads(text(HEADER, "", A, "", "", B, C), 3),
    "blank lines above the header": loads("\n\n" + GOOD, 3),
    "blank lines at the end": loads(GOOD + "\n\n\n", 3),
    "lines of blanks alone": loads(text(HEADER, A, "   ", B, C), 4, "fewer cells than the header", rejected=1),
    "lines of delimiters alone": loads(text(HEADER, A, ",,,,,,,,", B, C), 4, "has no id", rejected=1),
    "line separators of unicode in a cell": loads(with_cell("Name", "D\u2028D\x85D"), 4),
    "a line feed in the header": loads('Id,"Name\nof it",' + GOOD.partition("Name,")[2], 3),
    "an end-of-file mark": loads(GOOD + "\x1a", 4, "fewer cells than the header", rejected=1),
}

HEADERS = {
    "no content": stops("", "empty"),
    "blank lines alone": stops("\n\n\r\n", "empty"),
    "header alone": stops(text(HEADER), "no deal is left to compare", "holds no rows"),
    "no header": stops(text(A, B, C), "Opportunity.csv"),
    "header that is doubled": loads(GOOD.replace("OwnerId", "Name", 1), 3),
    "header without names": loads(GOOD.replace(",OwnerId,", ",,", 1), 3),
    "header with capitals and blanks": loads(GOOD.replace("CreatedDate", "CREATED date", 1), 3),
    "no column for the stage": stops(
        GOOD.replace("StageName", "x", 1).replace("IsWon", "y", 1), "no column for stage", "StageName", "Nearest"
    ),
    "no column for the date of creation": loads(GOOD.replace("CreatedDate", "Made", 1), 3),
    "misspelt column for the stage": stops(
        GOOD.replace("StageName", "StagName", 1).replace("IsWon", "y", 1), "no column for stage", "Nearest: StagName"
    ),
    "header that comes again": loads(text(HEADER, A, B, HEADER, C), 4, "repeats the header", rejected=1),
    "header longer than a file may have": stops("Id,Name," + "x" * 200_000 + "\n" + text(A), "header line, or one longer than"),
    "header of a thousand columns": loads(
        HEADER + "".join(f",c{n}" for n in range(1000)) + "\n" + "".join(f"{row}{',' * 1000}\n" for row in (A, B, C)), 3
    ),
    "columns in another order": loads(
        text("CreatedDate,IsWon,IsClosed,StageName,Id,CloseDate", "2026-01-01,1,1,Closed Won,1,2026-02-01"), 1
    ),
    "title above the header": loads("Pipeline of the quarter\n" + GOOD, 3, "100.5"),
    "title and blank line above the header": loads("Pipeline of the quarter\n\n" + GOOD, 3, "100.5"),
    "three lines of title": loads("Pipeline\nAs of 2026-03-01\nFiltered by: all, open\n\n".replace(", open", "") + GOOD, 3),
    "title padded with delimiters": loads("Pipeline of the quarter,,,,,,,,\n" + GOOD, 3),
    "title in quotes with a delimiter": loads('"Pipeline, by quarter"\n' + GOOD, 3),
    "title with semicolons below": loads("Pipeline of the quarter\n\n" + GOOD.replace(",", ";"), 3),
    "title in utf-16": loads(("Pipeline – Übersicht\n" + FRENCH).encode("utf-16"), 3, "Société"),
    "title below a byte order mark": loads(codecs.BOM_UTF8 + ("Übersicht\n" + FRENCH).encode(), 3, "Société"),
    "title and an open quote below": stops("Pipeline\n\n" + GOOD + '4,"D\n', "line 7", "ends within a quoted cell"),
    "footer of a Salesforce report": loads(
        GOOD
        + '\n\n"Deals of the quarter"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n"Confidential Information - Do Not Distribute"\n',
        6,
        "note above or below the table",
        "Do Not Distribute",
        "Deals of the quarter",
        rejected=3,
    ),
    "footer with who made the report": loads(
        GOOD + '\n"Generated By:  A User 01/03/2026 3:04 PM"\n', 4, "note above or below the table", rejected=1
    ),
    "totals row of one cell": loads(GOOD + "Grand Total\n", 4, "note above or below the table", rejected=1),
    "totals row as wide as the header": loads(GOOD + "Total,,,123.50,,,,,\n", 4, "is a total, not a deal", rejected=1),
    "grand totals row with a count": loads(GOOD + "Grand Totals (3 records),,,123.50,,,,,\n", 4, "is a total, not a deal", rejected=1),
}

SHAPES = {
    "row too short": loads(text(HEADER, A, "2,B", C), 3, "fewer cells than the header", "2,B", rejected=1),
    "row too long": loads(text(HEADER, A, f"{B},more", C), 3, "more cells than the header", "more", rejected=1),
    "row with an amount split by its comma": loads(
        text(HEADER, A, B.replace("20", "1,020"), C), 3, "more cells than the header", rejected=1
    ),
    "first row too short": loads(text(HEADER, "1,A", B, C), 3, "fewer cells than the header", rejected=1),
    "first row too long": loads(text(HEADER, f"{A},more", B, C), 3, "more cells than the header", rejected=1),
    "all rows too short": stops(text(HEADER, "1,A", "2,B"), "no deal is left to compare"),
    "file cut within a row": loads(GOOD[:-45], 3, "fewer cells than the header", rejected=1),
    "file cut within a quoted cell": stops(GOOD + '4,"D, Lt', "ends within a quoted cell", "line 5"),
    "row of a kilobyte of delimiters": loads(GOOD + "," * 1000 + "\n", 4, "has no id", rejected=1),
    "cell of a hundred thousand letters": loads(with_cell("Name", "x" * 100_000), 4),
    "single column": stops(text("Id", "1", "2"), "Opportunity.csv"),
    "other columns": stops(text("who,what", "1,2"), "knows these files", "Opportunity.csv", "what to do"),
    "text that is no table": stops("Dear all,\nplease find attached the export.\nRegards\n", "Opportunity.csv"),
}

VALUES = {
    "date that cannot be": loads(with_cell("CloseDate", "2026-02-30"), 4, "2026-02-30", "is not a date"),
    "date of a month 13": loads(with_cell("CloseDate", "2026-13-01"), 4, "2026-13-01", "is not a date"),
    "date in words that say nothing": loads(with_cell("CloseDate", "next week"), 4, "next week", "is not a date"),
    "dates of two orders": stops(
        text(HEADER, A.replace("2026-02-01", "03/04/2026"), B.replace("2026-02-02", "04/03/2026")),
        "'CloseDate' can be read as day/month",
        "--date-order",
    ),
    "dates in both orders": loads(
        text(HEADER, A.replace("2026-02-01", "13/04/2026"), B.replace("2026-02-02", "04/13/2026"), C.replace("2026-03-03", "25/12/2026")),
        3,
        "04/13/2026",
        "is not a date",
    ),
    "date of creation that is missing": loads(with_cell("CreatedDate", ""), 4, rejected=0),
    "date of creation that cannot be read": loads(with_cell("CreatedDate", "soon"), 4, "soon"),
    "amount in words": loads(with_cell("Amount", "lots"), 4, "lots", "is not an amount"),
    "amount of three decimals": loads(with_cell("Amount", "1.234567"), 4, "1.234567", "is not an amount"),
    "amount beyond measure": loads(with_cell("Amount", "9" * 30), 4, "is not an amount"),
    "amount with a currency sign": loads(with_cell("Amount", "$63878.00"), 4, "63878.00"),
    "amount in brackets": loads(with_cell("Amount", "(12.00)"), 4, "-12.00"),
    "amount with thousands marks": loads(with_cell("Amount", '"1,234.50"'), 4, "1234.50"),
    "amount that is an error of Excel": loads(with_cell("Amount", "#REF!"), 4, "#REF!", "is not an amount"),
    "amount in powers of ten": loads(with_cell("Amount", "1.5E+3"), 4, "1500.00"),
    "amount that is no number": loads(with_cell("Amount", "NaN"), 4, "NaN", "is not an amount"),
    "flag that says neither": loads(with_cell("IsWon", "perhaps"), 4, "perhaps"),
    "id that is missing": loads(with_cell("Id", ""), 4, "has no id", rejected=1),
    "id that comes twice": loads(with_cell("Id", "3"), 4, "a later row has the same id", rejected=1),
    "id longer than a float keeps": loads(with_cell("Id", "5544332211000123457"), 4, "5544332211000123457"),
    "ids that differ by case alone": loads(
        GOOD + text(C.replace("3,C", "00k5e1Ab,D"), C.replace("3,C", "00k5e1AB,E")), 5, "00k5e1Ab", "00k5e1AB"
    ),
    "id with zeros in front": loads(with_cell("Id", "00042"), 4, "00042"),
    "formula in a cell": loads(
        with_cell("Name", '=HYPERLINK("x")').replace('=HYPERLINK("x")', '"=HYPERLINK(""x"")"'), 4, '=HYPERLINK("x")'
    ),
    "deal that was deleted": loads(text(f"{HEADER},IsDeleted", f"{A},0", f"{B},1", f"{C},0"), 3, "was deleted in the CRM", rejected=1),
    "stage that says neither": stops(
        text("Id,StageName,CloseDate,CreatedDate", "1,Closed - Signed,2026-02-01,2026-01-01"), "Closed - Signed", "won, lost or open"
    ),
}


def excel(*rows: list[Any], **more: Any) -> bytes:
    """Return a workbook of one sheet with the header above some rows."""
    return book({"Sheet1": [NAMES, *rows]}, **more)


def deal(number: int, **cells: Cell) -> list[Any]:
    """Return the cells of a deal that was won."""
    usual: dict[str, Cell] = {
        "Id": f"id{number}", "Name": f"Deal {number}", "StageName": "Closed Won", "Amount": 100.5, "CloseDate": styled(46054, DATE), "IsClosed": True,
        "IsWon": True, "OwnerId": "005A", "CreatedDate": styled(46023.5, MOMENT),
    }  # fmt: skip
    return list((usual | cells).values())


BOOK = excel(deal(1), deal(2))


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return made.getvalue()


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'

BOOKS = {
    "workbook": loads(BOOK, 2, "2026-02-01", "2026-01-01 12:00:00", "100.50", name="Opportunity.xlsx"),
    "workbook called csv": loads(BOOK, 2, "100.50"),
    "whole numbers as floats": loads(
        excel(deal(1, Id=1054.0), deal(2, Id=Raw("<c><v>1054.5</v></c>"))), 2, "'1054'", "'1054.5'", name="Opportunity.xlsx"
    ),
    "numbers with zeros in front": loads(excel(deal(1, Id=styled(42, ZEROS))), 1, "'00042'", name="Opportunity.xlsx"),
    "number with the noise of its binary form": loads(excel(deal(1, Amount=25.010000000000002)), 1, "25.01", name="Opportunity.xlsx"),
    "number of more digits than a float has": loads(
        excel(deal(1, Id=Raw("<c><v>12345678901234567890</v></c>"))), 1, "12345678901234567890", name="Opportunity.xlsx"
    ),
    "error cell": loads(excel(deal(1, Amount=failed("#N/A"))), 1, "#N/A", "is not an amount", name="Opportunity.xlsx"),
    "error cell for an id": loads(excel(deal(1, Id=failed("#REF!")), deal(2)), 2, "#REF!", name="Opportunity.xlsx"),
    "formula with its result": loads(excel(deal(1, Amount=formula("1+1", "2"))), 1, "2.00", name="Opportunity.xlsx"),
    "formula that results in no text": loads(excel(deal(1, Name=formula('""', "", "str"))), 1, name="Opportunity.xlsx"),
    "formula without its result": stops(
        excel(deal(1), deal(2, Amount=formula("1+1", None))),
        "Sheet1 has formulas whose results were not saved: 1 cell",
        "row 3",
        "Open it in Excel, save it",
        name="Opportunity.xlsx",
    ),
    "dates as text": loads(excel(deal(1, CloseDate="2026-02-03")), 1, "2026-02-03", name="Opportunity.xlsx"),
    "dates as bare numbers": loads(excel(deal(1, CloseDate=46054)), 1, "46054", "is not a date", name="Opportunity.xlsx"),
    "dates that count from 1904": loads(
        excel(deal(1, CloseDate=styled(46054 - 1462, DATE), CreatedDate=styled(46023 - 1462, DATE)), epoch='date1904="1"'),
        1,
        "2026-02-01",
        "2026-01-01",
        name="Opportunity.xlsx",
    ),
    "date beyond the calendar": loads(
        excel(deal(1, CloseDate=styled(99999999, DATE)), deal(2)), 2, "is not a date", name="Opportunity.xlsx"
    ),
    "date below zero": loads(excel(deal(1, CloseDate=styled(-5, DATE)), deal(2)), 2, name="Opportunity.xlsx"),
    "title above the header of a sheet": loads(book({"Sheet1": [["Pipeline"], [], NAMES, deal(1), deal(2)]}), 2, name="Opportunity.xlsx"),
    "merged title": loads(
        book({"Sheet1": sheet_xml([["Pipeline"], NAMES, deal(1)], more='<mergeCells count="1"><mergeCell ref="A1:I1"/></mergeCells>')}),
        1,
        name="Opportunity.xlsx",
    ),
    "notes below a sheet": loads(
        book({"Sheet1": [NAMES, deal(1), [], ["Confidential Information - Do Not Distribute"]]}),
        2,
        "note above or below the table",
        rejected=1,
        name="Opportunity.xlsx",
    ),
    "total below a sheet": loads(
        excel(deal(1), ["Total", None, None, 100.5]), 2, "is a total, not a deal", rejected=1, name="Opportunity.xlsx"
    ),
    "blank rows in a sheet": loads(excel(deal(1), [], [None, None], deal(2)), 2, name="Opportunity.xlsx"),
    "cells beyond the header of a sheet": loads(
        excel(deal(1), [*deal(2), "more"]), 2, "more cells than the header", rejected=1, name="Opportunity.xlsx"
    ),
    "rows of a sheet that end early": loads(excel(deal(1), deal(2)[:8]), 2, name="Opportunity.xlsx"),
    "wrong size of a sheet": loads(
        book({"Sheet1": sheet_xml([NAMES, deal(1), deal(2)], size='<dimension ref="A1"/>')}), 2, name="Opportunity.xlsx"
    ),
    "hidden sheet": loads(
        book({"Deals": [NAMES, deal(1)], "hiddenSheet": [["a", "b"], [1, 2]]}, hidden=["hiddenSheet"]),
        1,
        "hiddenSheet (hidden)",
        name="Opportunity.xlsx",
    ),
    "empty sheet": loads(book({"Deals": [NAMES, deal(1)], "Sheet2": []}), 1, "Sheet2 (empty)", name="Opportunity.xlsx"),
    "chart sheet": loads(book({"Deals": [NAMES, deal(1)]}, charts=["Chart1"]), 1, "Chart1 (a chart or macro)", name="Opportunity.xlsx"),
    "sheet of something else": loads(
        book({"Deals": [NAMES, deal(1)], "Notes": [["who", "what"], ["me", "this"]]}), 1, "Notes", name="Opportunity.xlsx"
    ),
    "two sheets of deals": loads(book({"East": [NAMES, deal(1)], "West": [NAMES, deal(2)]}), 2, name="Opportunity.xlsx"),
    "line breaks in a cell of a sheet": loads(
        excel(deal(1, Name="A\nB"), deal(2, Name="C_x000D_\nD")), 2, "A\\nB", "C\\r\\nD", name="Opportunity.xlsx"
    ),
    "letters that XML escapes": loads(excel(deal(1, Name='<A & "B">')), 1, '<A & "B">', name="Opportunity.xlsx"),
    "all sheets hidden": stops(excel(deal(1), hidden=["Sheet1"]), "holds no table", "Sheet1 (hidden)", "unhide", name="Opportunity.xlsx"),
    "all sheets empty": stops(book({"Sheet1": []}), "holds no table", "Sheet1 (empty)", name="Opportunity.xlsx"),
    "chart alone": stops(book({}, charts=["Chart1"]), "holds no table", "Chart1", name="Opportunity.xlsx"),
    "workbook with macros": loads(excel(deal(1), parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), 1, name="Opportunity.xlsm"),
    "workbook with a password": stops(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"),
        "password",
        "Save it without the password",
        name="Opportunity.xlsx",
    ),
    "old workbook called xlsx": stops(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old Excel workbook (.xls)", "Save it as .xlsx", name="Opportunity.xlsx"
    ),
    "binary workbook": stops(excel(deal(1), parts={"xl/workbook.bin": b"x"}), "binary Excel workbook (.xlsb)", name="Opportunity.xlsx"),
    "workbook cut short": stops(
        BOOK[: len(BOOK) // 2], "is an Excel workbook that cannot be read", "Open it in Excel", name="Opportunity.xlsx"
    ),
    "workbook with a damaged part": stops(
        repacked(BOOK, lambda name, part: part[:-30] if name.endswith("1.xml") else part),
        "is an Excel workbook that cannot be read",
        name="Opportunity.xlsx",
    ),
    "workbook without styles": loads(
        excel(["1", "A", "Closed Won", 1, "2026-02-01", True, True, "x", "2026-01-01"], parts={"xl/styles.xml": None}),
        1,
        name="Opportunity.xlsx",
    ),
    "workbook without its list of sheets": stops(
        excel(deal(1), parts={"xl/workbook.xml": None}), "Opportunity.xlsx", "without a list of sheets", name="Opportunity.xlsx"
    ),
    "workbook without a sheet that it lists": stops(
        excel(deal(1), parts={"xl/worksheets/1.xml": None}), "Opportunity.xlsx", name="Opportunity.xlsx"
    ),
    "workbook without relations": stops(
        excel(deal(1), parts={"xl/_rels/workbook.xml.rels": None}), "is an Excel workbook that cannot be read", name="Opportunity.xlsx"
    ),
    "workbook with a document type": stops(book({"Sheet1": BOMB + sheet_xml([NAMES, deal(1)])}), "document type", name="Opportunity.xlsx"),
    "text called xlsx": loads(GOOD, 3, name="Opportunity.xlsx"),
    "web page called xls": stops("<html><table><tr><td>Id</td></tr></table></html>", "web page", "Log in", name="report.xls.csv"),
    "text document called xlsx": stops(
        repacked(BOOK, lambda _, part: part).replace(b"xl/", b"wd/"), "no Excel workbook", name="Opportunity.xlsx"
    ),
}


def parquet(query: str, options: str = "") -> bytes:
    """Return the rows of a query as Parquet."""
    with duckdb.connect() as con:
        path = Path(os.environ.get("TMPDIR", "/" + "tmp")) / f"same-side-{os.getpid()}.parquet"
        con.execute(f"copy ({query}) to '{path}' (format parquet{options})")
    data = path.read_bytes()
    path.unlink()
    return data


def columns(**cells: str) -> str:
    """Return a query of two deals, some of whose columns are SQL of our own."""
    usual = {
        "Id": "'id' || n", "Name": "'Deal ' || n", "StageName": "'Closed Won'", "Amount": "100.50::decimal(18, 2)", "CloseDate": "date '2026-02-01'",
        "IsClosed": "true", "IsWon": "true", "OwnerId": "'005A'", "CreatedDate": "timestamp '2026-01-01 10:00:00'",
    }  # fmt: skip
    chosen = ", ".join(f'{sql} as "{name}"' for name, sql in (usual | cells).items())
    return f"select {chosen} from range(1, 3) as numbers (n)"


def parquet_cases() -> dict[str, Case]:
    """Return the cases of Parquet."""
    whole = parquet(columns())
    return {
        "parquet": loads(whole, 2, "100.50", "2026-02-01", "2026-01-01 10:00:00", name="Opportunity.parquet"),
        "parquet called csv": loads(whole, 2),
        "parquet packed with zstd": loads(parquet(columns(), ", compression zstd"), 2, name="Opportunity.parquet"),
        "parquet without rows": stops(parquet(columns() + " where false"), "no deal is left to compare", name="Opportunity.parquet"),
        "parquet cut at its end": stops(whole[:-20], "Parquet file that cannot be read", "Export it again", name="Opportunity.parquet"),
        "parquet cut at its start": stops(whole[:60], "Parquet file that cannot be read", name="Opportunity.parquet"),
        "parquet with a damaged page": stops(whole[:10] + bytes(200) + whole[210:], "Opportunity.parquet", name="Opportunity.parquet"),
        "parquet that is encrypted": stops(b"PARE" + whole[4:-4] + b"PARE", "encrypted Parquet file", name="Opportunity.parquet"),
        "parquet of whole numbers as floats": loads(
            parquet(columns(Id="(1053 + n)::double")), 2, "'1054'", "'1055'", name="Opportunity.parquet"
        ),
        "parquet of huge whole numbers": loads(
            parquet(columns(Id="12345678901234567890::hugeint::decimal(38, 0) + n")), 2, "12345678901234567891", name="Opportunity.parquet"
        ),
        "parquet of times with a zone": loads(
            parquet(columns(CreatedDate="timestamptz '2026-01-01 10:00:00+02'")), 2, "2026-01-01 08:00:00", name="Opportunity.parquet"
        ),
        "parquet of nanoseconds": loads(
            parquet(columns(CreatedDate="timestamp_ns '2026-01-01 10:00:00.123456789'")),
            2,
            "2026-01-01 10:00:00",
            name="Opportunity.parquet",
        ),
        "parquet of nested columns": loads(parquet(columns(Owner="{'Name': 'Ann', 'Tags': [1, 2]}")), 2, name="Opportunity.parquet"),
        "parquet of bytes for texts": loads(parquet(columns(Name="'Deal'::blob")), 2, "'Deal'", name="Opportunity.parquet"),
        "parquet of bytes that are no text": loads(parquet(columns(Extra="'\\xFF\\xFE'::blob")), 2, name="Opportunity.parquet"),
        "parquet of no numbers": loads(parquet(columns(Amount="'nan'::double")), 2, "nan", "is not an amount", name="Opportunity.parquet"),
        "parquet of a decimal with more places": loads(
            parquet(columns(Amount="1.2345::decimal(18, 4)")), 2, "1.2345", "is not an amount", name="Opportunity.parquet"
        ),
        "parquet of texts with line breaks": loads(
            parquet(columns(Name="'A' || chr(10) || '\"B\",'")), 2, 'A\\n"B",', name="Opportunity.parquet"
        ),
        "parquet with empty texts and nulls": loads(parquet(columns(Name="case when n = 1 then '' end")), 2, name="Opportunity.parquet"),
        "text called parquet": loads(GOOD, 3, name="Opportunity.parquet"),
    }


def lines(*objects: dict[str, Any]) -> str:
    return text(*(json.dumps(each) for each in objects))


ONE: dict[str, Any] = dict(zip(NAMES, A.split(","), strict=True))
TWO: dict[str, Any] = dict(zip(NAMES, B.split(","), strict=True))
RAW_ONE = json.dumps(ONE)[:-1]

JSONS = {
    "json lines": loads(lines(ONE, TWO), 2, "100.50", name="Opportunity.jsonl"),
    "json lines called csv": loads(lines(ONE, TWO), 2, "100.50"),
    "json list": loads(json.dumps([ONE, TWO]), 2, "100.50", name="Opportunity.json"),
    "json list over many lines": loads(json.dumps([ONE, TWO], indent=2), 2, "100.50", name="Opportunity.json"),
    "json list in lines called json": loads(lines(ONE, TWO), 2, name="Opportunity.json"),
    "json with a byte order mark": loads(codecs.BOM_UTF8 + lines(ONE, TWO).encode(), 2, name="Opportunity.jsonl"),
    "json in utf-16": loads(lines(ONE, TWO).encode("utf-16"), 2, name="Opportunity.jsonl"),
    "json with blank lines": loads(lines(ONE) + "\n\r\n" + lines(TWO), 2, name="Opportunity.jsonl"),
    "json lines without a line end": loads(lines(ONE, TWO).rstrip(), 2, name="Opportunity.jsonl"),
    "json with keys that differ": loads(
        lines(ONE, TWO | {"Extra": 1}, {"Id": "3", "StageName": "Open", "CreatedDate": "2026-01-03"}), 3, name="Opportunity.jsonl"
    ),
    "json with nested objects": loads(lines(ONE | {"Owner": {"Name": "Ann", "Role": {"Name": "x"}}}), 1, name="Opportunity.jsonl"),
    "json with lists": loads(lines(ONE | {"Tags": [1, {"a": "b"}]}), 1, name="Opportunity.jsonl"),
    "json with a list for a name": loads(lines(ONE | {"Name": ["a", 2]}), 1, '["a", 2]', name="Opportunity.jsonl"),
    "json with truth values": loads(
        lines(ONE | {"IsWon": True, "IsClosed": True}, TWO | {"IsWon": False, "IsClosed": True}), 2, name="Opportunity.jsonl"
    ),
    "json with null": loads(lines(ONE | {"Amount": None}), 1, name="Opportunity.jsonl"),
    "json with an id beyond a float": loads(
        text(RAW_ONE.replace('"1"', "12345678901234567890123", 1) + "}"), 1, "12345678901234567890123", name="Opportunity.jsonl"
    ),
    "json with a float for an id": loads(text(RAW_ONE.replace('"1"', "1054.0", 1) + "}"), 1, "'1054'", name="Opportunity.jsonl"),
    "json with an amount of many digits": loads(
        text(RAW_ONE.replace('"100.50"', "123456789012345.67") + "}"), 1, "123456789012345.67", name="Opportunity.jsonl"
    ),
    "json with a number beyond measure": loads(
        text(RAW_ONE.replace('"100.50"', "1e999999") + "}"), 1, "is not an amount", name="Opportunity.jsonl"
    ),
    "json with line breaks in a text": loads(lines(ONE | {"Name": 'A\n"B",'}), 1, 'A\\n"B",', name="Opportunity.jsonl"),
    "json with a zero letter": loads(lines(ONE | {"Name": "A\0B"}), 1, name="Opportunity.jsonl"),
    "json with half a letter": stops(
        text(RAW_ONE.replace('"A"', '"\\ud83d"') + "}"), "line 1", "half a character", name="Opportunity.jsonl"
    ),
    "json with a broken line": stops(
        lines(ONE) + '{"Id": "2", "Name": \n' + lines(TWO), "line 2", "cannot be read as JSON", "Mend that line", name="Opportunity.jsonl"
    ),
    "json with a comma at the end of a line": stops(json.dumps(ONE) + ",\n" + lines(TWO), "line 1", "extra data", name="Opportunity.jsonl"),
    "json with a comma before a brace": stops(text(RAW_ONE + ",}"), "line 1", "cannot be read as JSON", name="Opportunity.jsonl"),
    "json with a comma before the end of the list": stops(
        "[" + json.dumps(ONE) + ",]", "cannot be read as JSON", "line 1", name="Opportunity.json"
    ),
    "json list without its end": stops(
        "[" + json.dumps(ONE) + ",\n" + json.dumps(TWO), "line 2", "the list is not closed", name="Opportunity.json"
    ),
    "json list without a comma": stops(
        "[" + json.dumps(ONE) + "\n" + json.dumps(TWO) + "]", "line 2", "a comma is missing", name="Opportunity.json"
    ),
    "json list with something behind": stops(
        "[" + json.dumps(ONE) + "]\n[1]", "line 2", "something follows the list", name="Opportunity.json"
    ),
    "json list cut within an object": stops(
        json.dumps([ONE, TWO], indent=1)[:-40], "cannot be read as JSON", "line", name="Opportunity.json"
    ),
    "json list of numbers": stops("[1, 2]", "no object with keys", name="Opportunity.json"),
    "json line that is a list": stops(lines(ONE) + "[1]\n", "line 2", "no object with keys", name="Opportunity.jsonl"),
    "json list that is empty": stops("[]", "holds no objects", name="Opportunity.json"),
    "json objects without keys": stops("{}\n{}\n", "holds no objects", name="Opportunity.jsonl"),
    "json object over many lines": stops(
        json.dumps({"records": [ONE]}, indent=1), "line 1", "cannot be read as JSON", "list of objects", name="Opportunity.json"
    ),
    "json with a key twice": stops(text(RAW_ONE + ', "Amount": "7"}'), "line 1", "'Amount' occurs twice", name="Opportunity.jsonl"),
    "json with one column by two ways": stops(text(RAW_ONE + ', "a.b": 1, "a": {"b": 2}}'), "line 1", "'a.b'", name="Opportunity.jsonl"),
    "json with no number": stops(text(RAW_ONE.replace('"100.50"', "NaN") + "}"), "line 1", "NaN is no number", name="Opportunity.jsonl"),
    "json with infinity": stops(
        text(RAW_ONE.replace('"100.50"', "-Infinity") + "}"), "line 1", "Infinity is no number", name="Opportunity.jsonl"
    ),
    "json nested without end": stops('{"a":' * 100_000 + "1" + "}" * 100_000, "line 1", "nested too deeply", name="Opportunity.jsonl"),
    "json lists nested without end": stops('[{"a":' + "[" * 100_000, "nested too deeply", name="Opportunity.json"),
    "json nested deeper than columns go": loads(lines(ONE | {"a": json.loads('{"b":' * 30 + "1" + "}" * 30)}), 1, name="Opportunity.jsonl"),
    "json with single quotes": stops(text(str(ONE)), "Opportunity.jsonl", "cannot be read as JSON", name="Opportunity.jsonl"),
    "json with a comment": stops("// deals\n" + lines(ONE), "line 1", "cannot be read as JSON", name="Opportunity.jsonl"),
    "json with a bad byte": stops(lines(ONE).encode().replace(b'"A"', b'"\xff"'), "cannot be decoded", "offset", name="Opportunity.jsonl"),
    "text called jsonl": stops(GOOD, "line 1", "cannot be read as JSON", name="Opportunity.jsonl"),
}


def zipped(members: Mapping[str, bytes | str], **more: Any) -> bytes:
    """Return a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def doubled() -> bytes:
    """Return a zip that holds two files of one name."""
    data = zipped({"Opportunity.csv": GOOD, "Opportunitx.csv": GOOD})
    return data.replace(b"Opportunitx", b"Opportunity")


def locked() -> bytes:
    """Return a zip whose member says that it has a password."""
    data = bytearray(zipped({"Opportunity.csv": GOOD}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def tarred() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        member = tarfile.TarInfo("Opportunity.csv")
        member.size = len(GOOD)
        archive.addfile(member, io.BytesIO(GOOD.encode()))
    return made.getvalue()


PACKED = {
    "gzip": loads(gzip.compress(GOOD.encode()), 3, name="Opportunity.csv.gz"),
    "gzip called csv": loads(gzip.compress(GOOD.encode()), 3),
    "gzip of two pieces": loads(gzip.compress(text(HEADER, A).encode()) + gzip.compress(text(B, C).encode()), 3, name="Opportunity.csv.gz"),
    "gzip of json lines": loads(gzip.compress(lines(ONE, TWO).encode()), 2, name="Opportunity.jsonl.gz"),
    "gzip of a workbook": loads(gzip.compress(BOOK), 2, name="Opportunity.xlsx.gz"),
    "gzip of a cp1252 text": loads(gzip.compress(FRENCH.encode("cp1252")), 3, "Société", name="Opportunity.csv.gz"),
    "gzip cut short": stops(gzip.compress(GOOD.encode())[:-12], "cannot be unpacked", "the end may be missing", name="Opportunity.csv.gz"),
    "gzip with a wrong checksum": stops(gzip.compress(GOOD.encode())[:-8] + b"\0" * 8, "cannot be unpacked", name="Opportunity.csv.gz"),
    "gzip with something behind": stops(gzip.compress(GOOD.encode()) + b"more", "cannot be unpacked", name="Opportunity.csv.gz"),
    "gzip in gzip": stops(gzip.compress(gzip.compress(GOOD.encode())), "another gzip file", name="Opportunity.csv.gz"),
    "gzip of nothing": stops(gzip.compress(b""), "empty", name="Opportunity.csv.gz"),
    "gzip of a tar": stops(tarred(), "tar archive", "Unpack it", name="Opportunity.csv.gz"),
    "gzip of a zip": stops(gzip.compress(zipped({"Opportunity.csv": GOOD})), "a zip", name="Opportunity.csv.gz"),
    "gzip that grows beyond measure": stops(
        gzip.compress(b"0" * (101 * 2**20), 1), "unpacks to 105,906,176 bytes, more than", name="Opportunity.csv.gz"
    ),
    "zip": loads(zipped({"Opportunity.csv": GOOD}), 3, name="export.zip"),
    "zip of all formats": loads(
        zipped(
            {
                "a/Opportunity.csv": GOOD,
                "Opportunity.jsonl": lines(ONE | {"Id": "8"}),
                "book.xlsx": BOOK,
                "more.csv.gz": gzip.compress(GOOD.replace("\n1,", "\n9,").encode()),
            }
        ),
        9,
        "a later row has the same id",
        rejected=2,
        name="export.zip",
    ),
    "zip with other files": loads(
        zipped({"Opportunity.csv": GOOD, "readme.txt": "x", "logo.png": b"\x89PNG"}), 3, "readme.txt", "logo.png", name="export.zip"
    ),
    "zip without tables": stops(zipped({"readme.txt": "x"}), "no export file was found", name="export.zip"),
    "zip without files": stops(zipped({}), "no export file was found", name="export.zip"),
    "zip that climbs": stops(zipped({"../Opportunity.csv": GOOD}), "would land outside", "'../Opportunity.csv'", name="export.zip"),
    "zip of an absolute path": stops(zipped({"/etc/Opportunity.csv": GOOD}), "would land outside", name="export.zip"),
    "zip of a path of Windows": stops(zipped({"C:\\Opportunity.csv": GOOD}), "would land outside", name="export.zip"),
    "zip in a zip": stops(
        zipped({"inner.zip": zipped({"Opportunity.csv": GOOD})}), "holds another zip, inner.zip", "unpack it by hand", name="export.zip"
    ),
    "zip with one name twice": stops(doubled(), "two files of one name", "Opportunity.csv", name="export.zip"),
    "zip with a password": stops(locked(), "cannot be unpacked", "encrypted", name="export.zip"),
    "zip cut short": stops(zipped({"Opportunity.csv": GOOD})[:-30], "cannot be unpacked", "download it again", name="export.zip"),
    "zip of no content": stops(b"", "cannot be unpacked", name="export.zip"),
    "zip with a wrong checksum": stops(
        zipped({"Opportunity.csv": GOOD}).replace(zipped({"Opportunity.csv": GOOD})[14:18], b"abcd"),
        "cannot be unpacked",
        name="export.zip",
    ),
    "zip bomb": stops(
        zipped({"Opportunity.csv": b"0" * (101 * 2**20)}), "unpacks to 105,906,176 bytes", "104,857,600 that are allowed", name="export.zip"
    ),
    "zip called csv": stops(zipped({"Opportunity.csv": GOOD}), "a zip", "name that ends in .zip"),
    "text called zip": stops(GOOD, "cannot be unpacked", name="export.zip"),
    "workbook called zip": stops(BOOK, "no export file was found", name="export.zip"),
}

STRANGERS = {
    "database of SQLite": stops(b"SQLite format 3\0" + b"\0" * 100, "SQLite database"),
    "database of DuckDB": stops(b"\0" * 8 + b"DUCK\x40" + b"\0" * 100, "DuckDB database"),
    "pdf": stops(b"%PDF-1.7\n", "a PDF"),
    "archive of 7z": stops(b"7z\xbc\xaf\x27\x1c", "7z archive"),
    "archive of rar": stops(b"Rar!\x1a\x07", "rar archive"),
    "zstd": stops(b"(\xb5/\xfd\x04", "zstd"),
    "picture": stops(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "Opportunity.csv"),
    "page of a login": stops("<!DOCTYPE html><html><body>Log in</body></html>", "web page", "Log in and export it again"),
    "xml": stops('<?xml version="1.0"?><deals/>', "web page or XML"),
    "spreadsheet of OpenDocument": stops(zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "Opportunity.csv"),
}


def _with(path: Path, **files: str) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / f"{name}.csv").write_text(content)


def _empty(folder: Path) -> None:
    assert folder.is_dir()


def _folder_called_csv(folder: Path) -> None:
    _with(folder / "Opportunity.csv", Opportunity=GOOD)


def _links_in_a_circle(folder: Path) -> None:
    _with(folder, Opportunity=GOOD)
    (folder / "a.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "a.csv")


def _folder_within_itself(folder: Path) -> None:
    _with(folder, Opportunity=GOOD)
    (folder / "again").symlink_to(folder)


def _link_to_nothing(folder: Path) -> None:
    _with(folder, Opportunity=GOOD)
    (folder / "OpportunityHistory.csv").symlink_to(folder / "gone.csv")


def _link_to_a_file(folder: Path) -> None:
    _with(folder / ".kept", deals=GOOD)
    (folder / "Opportunity.csv").symlink_to(folder / ".kept" / "deals.csv")


def _pipe(folder: Path) -> None:
    _with(folder, Opportunity=GOOD)
    os.mkfifo(folder / "pipe.csv")


def _hidden_files(folder: Path) -> None:
    _with(folder, Opportunity=GOOD)
    (folder / ".Opportunity.csv").write_text("broken")
    (folder / "~$Opportunity.xlsx").write_bytes(b"\0")


def _same_file_twice(folder: Path) -> None:
    _with(folder, Opportunity=GOOD)
    (folder / "copy.csv").symlink_to(folder / "Opportunity.csv")


PLACES = {
    "folder without files": stops(_empty, "no export file was found", "Name the folder"),
    "folder called csv": loads(_folder_called_csv, 3),
    "links in a circle": loads(_links_in_a_circle, 3, "a.csv (a link that leads to no file)", "b.csv"),
    "folder within itself": loads(_folder_within_itself, 3, "again (a link to a folder)"),
    "link to nothing": loads(_link_to_nothing, 3, "OpportunityHistory.csv (a link that leads to no file)"),
    "link to a file": loads(_link_to_a_file, 3),
    "pipe among files": loads(_pipe, 3, "pipe.csv (a pipe)"),
    "hidden files": loads(_hidden_files, 3),
    "one file by two names": loads(_same_file_twice, 3),
    "file of another kind": loads({"Opportunity.csv": GOOD.encode(), "notes.docx": b"PK"}, 3, "notes.docx"),
    "broken file beside a good one": stops({"Opportunity.csv": GOOD.encode(), "broken.csv": b""}, "broken.csv", "empty"),
    "history without its deal": loads(
        {
            "Opportunity.csv": GOOD.encode(),
            "OpportunityHistory.csv": b"OpportunityId,CreatedDate,StageName\n1,2026-01-01,Open\n99,2026-01-01,Open\n",
        },
        5,
        "its deal is not among the deals that were loaded",
        rejected=1,
    ),
    "history without deals": stops(
        {"OpportunityHistory.csv": b"OpportunityId,CreatedDate,StageName\n1,2026-01-01,Open\n"}, "OpportunityHistory.csv"
    ),
}

CASES: dict[str, Case] = {
    **QUOTES, **DELIMITERS, **ENCODINGS, **LINE_ENDS, **HEADERS, **SHAPES, **VALUES, **BOOKS, **parquet_cases(), **JSONS, **PACKED, **STRANGERS, **PLACES,
}  # fmt: skip
