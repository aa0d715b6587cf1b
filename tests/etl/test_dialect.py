"""Encoding, delimiter and header, decided by rules of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.dialect import (
    above_header,
    guess_delimiter,
    guess_encoding,
    is_note,
    known_delimiter,
    known_encoding,
    named_delimiter,
    read_header,
    refuse_other_formats,
)
from etl.errors import UnreadableFile, UsageError


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("Id,Name\n1,a\n", ","),
        ("Id;Betrag;Phase\n1;25,0000;offen\n2;3,5;offen\n", ";"),
        ("Id;Amount, EUR\n1;2,5\n2;3,5\n", ";"),
        ("Id\tName, full\n1\tb, a\n", "\t"),
        ("Id|Name\n1|a;b\n", "|"),
        ('Id,"a;b;c;d"\n1,"x;y;z;w"\n', ","),
        ("Id,Notes; free\n1,a\n2,b\n", ","),
        ("id,name,value,timestamp\n1,a,b,c,d,e\n2,a\n", ","),
        ("name\nSmith, John\nDoe, Jane\n", "\t"),
        ('Id, "Name; short"\n1, "a;b"\n', ","),
        ("Id,Name", ","),
    ],
)
def test_delimiter(sample: str, delimiter: str) -> None:
    """The delimiter is the one that splits the header and then the records most evenly."""
    assert guess_delimiter(sample) == delimiter


@pytest.mark.parametrize(
    ("sample", "cells", "is_plain"),
    [
        ("Id,Name\n", ("Id", "Name"), True),
        ("Id,Name", ("Id", "Name"), True),
        (' Id , "Name" ,Id\r\n', ("Id", "Name", "Id"), True),
        ("\n\r\nId,Name\n", ("Id", "Name"), True),
        ("Id,Name,\n", ("Id", "Name", ""), True),
        ('Id,"a ""b"", c"\n', ("Id", 'a "b", c'), True),
        ('Id,"two\nlines"\n', ("Id", "two\nlines"), False),
        ('"Id"x,Name\n', ("Idx", "Name"), False),
        ('Size 6",Name\n', ('Size 6"', "Name"), False),
    ],
)
def test_header(sample: str, cells: tuple[str, ...], *, is_plain: bool) -> None:
    """Headers are as written, blanks around them aside; one that a parser may trip over is not plain."""
    header = read_header(sample, ",")
    assert header is not None
    assert (header.cells, header.is_plain) == (cells, is_plain)


@pytest.mark.parametrize("sample", ["", "\n\n", 'Id,"Name\n1,2\n'])
def test_no_header(sample: str) -> None:
    """A header that does not end is none."""
    assert read_header(sample, ",") is None


@pytest.mark.parametrize(
    ("head", "seems"),
    [
        (b"", "empty"),
        (b"\n\r\n  ", "empty"),
        (b"PK\x03\x04...[Content_Types].xml", "no Excel workbook"),
        (b"PK\x03\x04...mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
        (b"\xd0\xcf\x11\xe0\xa1" + "EncryptedPackage".encode("utf-16-le"), "with a password"),
        (b"PK\x03\x04......", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1", "old Excel"),
        (b"PARE\x15\x04", "encrypted Parquet"),
        (b"\0" * 8 + b"DUCK\x40", "DuckDB"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"SQLite format 3\0", "SQLite"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"Id,Na\0me\n1,2\n", "binary"),
        (b"Id,Name\n" + b"\0" * 50, "binary"),
        ("Id,Name\n1,2\n".encode("utf-16-le"), "--encoding utf-16-le"),
        ("Id,Name\n1,2\n".encode("utf-16-be"), "--encoding utf-16-be"),
    ],
)
def test_what_is_no_text_is_refused(head: bytes, seems: str) -> None:
    """The error says what the file seems to be and what to do about it."""
    with pytest.raises(UnreadableFile) as caught:
        refuse_other_formats("x.csv", head, None)
    assert seems in str(caught.value)
    assert caught.value.todo


@pytest.mark.parametrize("head", [b"Id,Name\n", b"PAR1,PK\n", b"Company,DUCK\n", b"Id\n" + b"1\n" * 99 + b"\0\n"])
def test_what_may_be_text_is_not_refused(head: bytes) -> None:
    """A header that begins like another format, or one zero byte among many others, is no reason to stop."""
    refuse_other_formats("x.csv", head, None)


FRENCH = "Id,Étape\n1,Société Générale – fermée\n2,Café de l’Été: 50 €\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        ("Id;Phase\n1;Müller & Söhne\n2;Abschluß für Übergabe\n", "cp1252"),
        ("Id,Name\n1,Café\n", "cp1252"),
        ("Код,Название\n1,ООО Ромашка\n2,Завод имени Ленина, выиграна\n", "cp1251"),
        ("ID,商談名\n1,株式会社テスト,受注\n2,東京の会社との契約,失注\n", "cp932"),
        ("Id,Nazwa\n1,Łódź Spółka z o.o.\n2,Zażółć gęślą jaźń\n3,Świętokrzyska\n", "cp1250"),
    ],
)
def test_encoding_is_guessed(tmp_path: Path, text: str, encoding: str) -> None:
    """What is not UTF-8 is cp1252 unless its letters are clearly others."""
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    assert guess_encoding("x.csv", path, 0) == encoding


def test_damaged_utf8_is_not_taken_for_something_else(tmp_path: Path) -> None:
    """One bad byte in UTF-8 does not garble all the other texts: it stops the load and is named."""
    path = tmp_path / "x.csv"
    path.write_bytes(FRENCH.encode() + "3,caf\xe9\n".encode("cp1252"))
    with pytest.raises(UnreadableFile, match=r"offset 77") as caught:
        guess_encoding("x.csv", path, 77)
    assert "--encoding" in str(caught.value)


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", " ", "a", "§"])
def test_what_cannot_be_a_delimiter(delimiter: str) -> None:
    """A delimiter is one ASCII character that texts and quoting leave free."""
    with pytest.raises(UsageError):
        known_delimiter(delimiter)


def test_a_tab_may_be_named() -> None:
    """A tab is hard to type on a command line."""
    assert [known_delimiter(name) for name in ("tab", "\\t", "\t", ";")] == ["\t", "\t", "\t", ";"]


def test_encodings_by_any_of_their_names() -> None:
    """Encodings go by Python's name; what is none, or is no encoding of text, is a usage error."""
    assert [known_encoding(name) for name in ("UTF8", "Windows-1252", "shift-jis")] == ["utf-8", "cp1252", "shift_jis"]
    for name in ("klingon", "base64"):
        with pytest.raises(UsageError, match=name):
            known_encoding(name)


TABLE = "Id,Stage,Amount,Date\na,Open,1,2026-01-01\nb,Open,2,2026-01-02\n"


@pytest.mark.parametrize(
    ("above", "records", "lines"),
    [
        ("", 0, 0),
        ("Pipeline\n", 1, 1),
        ("Pipeline\n\nAs of today\n\n", 2, 4),
        ('"Pipeline\nby quarter"\n', 1, 2),
        ("Pipeline,,,\n", 1, 1),
        ("sep=,\n", 1, 1),
        ("sep=,\nPipeline\n", 2, 2),
    ],
)
def test_what_stands_above_the_header(above: str, records: int, lines: int) -> None:
    """A title is told from a header, and how far down the header is."""
    assert above_header(above + TABLE, ",") == (len(above), records, lines)


@pytest.mark.parametrize(
    "sample",
    [
        "Id,,,\n1,a,b,c\n2,a,b,c\n",
        "name\nSmith, John, Jr\nDoe, Jane, Dr\n",
        "Id\n1\n2\n",
        "Id,Name\n1,2,3,4,5\n1,2,3,4,5\n",
        "Id,Name,Stage\n",
        "Title\nName,Name,Stage\na,b,1\n",
        "",
    ],
)
def test_the_first_record_is_the_header_where_no_other_looks_like_one(sample: str) -> None:
    """A header with blanks, a single column, or rows that are wider than their header: no row is taken for a header."""
    assert above_header(sample, ",") == (0, 0, 0)


def test_a_line_names_the_delimiter() -> None:
    """As Excel understands it; what cannot be one is an error with the name of the file."""
    assert [named_delimiter("a.csv", text) for text in ("sep=;\nId\n", '"sep=|"\r\nId\n', "SEP=\t\nId\n", "Id;sep=;\n")] == [
        ";",
        "|",
        "\t",
        None,
    ]
    with pytest.raises(UnreadableFile, match=r"a\.csv says in its first line that 'x'"):
        named_delimiter("a.csv", "sep=x\n")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("Grand Total", True),
        ('"Copyright (c) 2000-2026 salesforce.com"', True),
        ("2,B", False),
        ("Totally", False),
        ("Total,3", False),
        ("", False),
    ],
)
def test_notes_of_a_report(record: str, *, expected: bool) -> None:
    """A lone cell that a report says of itself; not a row that was cut short."""
    assert is_note(record, ",") == expected
