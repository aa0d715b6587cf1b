"""Files of every odd shape, read through DuckDB without losing a row.

Where a rule of `etl.read` works around the parser, its test says what DuckDB 1.5 and 2.0 do without it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import read
from etl.errors import RowsLost, UnreadableFile, UsageError
from etl.read import Export, TextTable, examine, needs_order, parser_rejects, passed_over, reconcile, scan, scan_first, scan_numbered

Rows = list[tuple[str | None, ...]]


def table_of(folder: Path, data: bytes | str, name: str = "deals.csv", **options: Any) -> TextTable:
    """Write a file and examine it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return examine(Export(name, path), folder / "work", **options)


@cache
def database() -> duckdb.DuckDBPyConnection:
    """Return one connection for all tests that need none of their own."""
    return duckdb.connect()


def rows_of(table: TextTable) -> Rows:
    """Read a table and hold it against its count."""
    rows = database().execute(f"from {scan(table)}").fetchall()
    reconcile(table, len(rows), len(parser_rejects(database(), table)))
    return rows


@contextmanager
def cut_into_parts(part: int, block: int = 64, cores: int = 3) -> Iterator[None]:
    """Cut files of so many bytes as large ones are cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "PART", part)
        patch.setattr(read, "BLOCK", block)
        patch.setattr(os, "cpu_count", lambda: cores)
        yield


def joined(table: TextTable) -> list[bytes]:
    """Return what the parts of a table hold, without the headers of their own."""
    own_header = (table.dialect.delimiter.join(f"c{place}" for place in range(len(table.headers))) + table.dialect.newline).encode()
    return [part.path.read_bytes().removeprefix(own_header) for part in table.parts]


def unordered() -> duckdb.DuckDBPyConnection:
    """Return a connection of several threads that keeps no order of rows."""
    return duckdb.connect(config={"threads": 8, "preserve_insertion_order": False})


def is_copy(table: TextTable) -> bool:
    """Return whether DuckDB is handed a copy."""
    return table.path.parent.name == "work"


Writer = dict[str, Any]

PLAIN: list[tuple[str | bytes, Rows, bool]] = [
    ("a,b\n1,2\n3,4\n", [("1", "2"), ("3", "4")], False),
    ("a,b\n1,2\n3,4", [("1", "2"), ("3", "4")], False),
    ("a,b\r\n1,2\r\n3,4\r\n", [("1", "2"), ("3", "4")], False),
    ("a;b\n1,5;2\n", [("1,5", "2")], False),
    ("a\tb\n1\t2, 3\n", [("1", "2, 3")], False),
    ("a|b\n1|2\n", [("1", "2")], False),
    ('"a","b"\n"1","say ""hi"", you"\n', [("1", 'say "hi", you')], False),
    ('a,b\n1,"x\ny"\n3,4\n', [("1", "x\ny"), ("3", "4")], False),
    ('a,b\r\n1,"x\ny"\r\n3,"x\r\ny"\r\n', [("1", "x\ny"), ("3", "x\r\ny")], False),
    ('a,b\n1,"x\r\n\r\ny"\n3,"x\ry"\n', [("1", "x\r\n\r\ny"), ("3", "x\ry")], False),
    ('a, b\n1, "2, 3"\n"4" ,5\n', [("1", "2, 3"), ("4", "5")], False),
    ("a,b\n 1 ,  2\n", [(" 1 ", "  2")], False),
    ("a,b\nNULL,N/A\n#1,2\n", [("NULL", "N/A"), ("#1", "2")], False),
    ("a,b\n1,x\0y\n" + "3,4\n" * 99, [("1", "x\0y"), *[("3", "4")] * 99], False),
    ("a\n1\n2\n", [("1",), ("2",)], False),
    ("a,b\n1,2\n\n\n", [("1", "2")], False),
    ("a,b\r\n1,2\r\n\r\n", [("1", "2")], False),
    (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")], False),
    (b'\xef\xbb\xbf"a,x",b\r\n1,2\r\n', [("1", "2")], False),
    # DuckDB stops at mixed line ends, and with new_line given reads nothing at all.
    ("a,b\r\n1,2\n3,4\r\n", [("1", "2"), ("3", "4")], True),
    ("a,b\n1,2\r\r\n3,4\n", [("1", "2"), ("3", "4")], True),
    ('a,b\r1,"x\ry"\r3,4\r', [("1", "x\ry"), ("3", "4")], True),
    # It takes a blank line before the header for the header, and in a single column for a row.
    ("\n\na,b\n1,2\n", [("1", "2")], True),
    ('a\n\n1\n""\n\n2\n\n', [("1",), (None,), ("2",)], True),
    ("a,b\n\n1,2\n\n3,4\n", [("1", "2"), ("3", "4")], True),
    # All rows vanish, with no error and no reject, after a header with a quote out of place, or with a line break that
    # differs from the file's; after a mark and a line break in the first header, half of the header is a row.
    ('"a"x,b\n1,2\n', [("1", "2")], True),
    ('a 6",b\n1,2\n', [("1", "2")], True),
    ('"a\r\nx",b\n1,2\n', [("1", "2")], True),
    (b'\xef\xbb\xbf"a\nx",b\n1,2\n', [("1", "2")], True),
    ("a,b\n1,é\n".encode("utf-16"), [("1", "é")], True),
    (b"\xfe\xff" + "a,b\n1,\U0001f600\n".encode("utf-16-be"), [("1", "\U0001f600")], True),
    ("a;b\n1;10 € für Café\n".encode("cp1252"), [("1", "10 € für Café")], True),
]


@pytest.mark.parametrize(("data", "rows", "copied"), PLAIN)
def test_every_shape_is_read(tmp_path: Path, data: bytes | str, rows: Rows, *, copied: bool) -> None:
    """The rows come through as they were written, from a copy where DuckDB would misread the original."""
    table = table_of(tmp_path, data)
    assert rows_of(table) == rows
    assert table.records == len(rows)
    assert is_copy(table) is copied


def test_what_is_said_of_a_table(tmp_path: Path) -> None:
    """Headers, dialect, digest and flags are those of the original file, also where a copy is read."""
    data = 'Id; "Name" ;Id\r\n1;"a\nb";2\r\n\r\n3;é;4\r\n'.encode("cp1252")
    table = table_of(tmp_path, data, "My Deals.v2.csv")
    assert (table.name, table.stem, table.headers) == ("My Deals.v2.csv", "My Deals.v2", ("Id", "Name", "Id"))
    assert table.dialect == read.Dialect(delimiter=";", quote='"', encoding="cp1252", newline="\r\n")
    assert (table.records, table.blank_lines, table.has_line_breaks, table.is_parallel) == (2, 1, True, False)
    assert table.digest == hashlib.sha256(data).hexdigest()
    assert rows_of(table) == [("1", "a\nb", "2"), ("3", "é", "4")]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Opportunity.csv", "Opportunity"),
        ("in/Deals_001.csv", "Deals_001"),
        ("we.zip: x/Opportunity.csv", "Opportunity"),
        ("WE.ZIP: a.b.csv", "a.b"),
    ],
)
def test_the_stem_is_without_folder_archive_and_extension(name: str, stem: str) -> None:
    """A mapping recognises a file by its stem, wherever it lies."""
    assert TextTable(name, Path("x"), (), read.Dialect(",", '"', "utf-8", "\n"), 0, 0, "", False, True).stem == stem


@pytest.mark.parametrize("data", ["a,b\n", "a,b", '"a","b"\r\n', b"\xef\xbb\xbfa,b"])
def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, data: bytes | str) -> None:
    """An export of nothing is no error here."""
    table = table_of(tmp_path, data)
    assert (table.headers, table.records, rows_of(table)) == (("a", "b"), 0, [])


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_unreadable(tmp_path: Path, data: bytes | str) -> None:
    """A file without a header says nothing, not even which columns it lacks."""
    with pytest.raises(UnreadableFile):
        table_of(tmp_path, data)


def test_a_header_without_an_end_is_unreadable(tmp_path: Path) -> None:
    """A megabyte of text without a line end is no table."""
    with pytest.raises(UnreadableFile, match="header"):
        table_of(tmp_path, "a," * 500_000 + "\n1\n")


def test_empty_is_null_quoted_or_not(tmp_path: Path) -> None:
    """Empty means one thing; empty cells beyond the last column, as spreadsheets leave them, are dropped."""
    table = table_of(tmp_path, 'a,b\n,\n"",""\n1,2,,\n" ",\n')
    assert rows_of(table) == [(None, None), (None, None), ("1", "2"), (" ", None)]


def test_encoding_and_delimiter_can_be_given(tmp_path: Path) -> None:
    """What is given is not found out: a comma file is one column of tabs if somebody says so."""
    table = table_of(tmp_path, "a,b\n1,\xe9\n".encode("latin-1"), encoding="ISO-8859-1", delimiter="tab")
    assert (table.dialect.encoding, table.dialect.delimiter, rows_of(table)) == ("iso8859-1", "\t", [("1,é",)])
    table = table_of(tmp_path, "a\n1\n".encode("utf-16-le"), encoding="utf-16-le")
    assert rows_of(table) == [("1",)]
    with pytest.raises(UsageError):
        table_of(tmp_path, "a\n1\n", encoding="klingon")


@pytest.mark.parametrize(
    ("data", "encoding", "offset"),
    [
        (b"a,b\n1,caf\xc3\xa9\n2,x\xff\n", None, 15),
        (b"a,b\n1,x\x81\n", "cp1252", 7),
        (b"\xef\xbb\xbfa,b\n1,\xe9\n", None, 9),
        (b"\xff\xfea\0\n\0\x00\xd8x\0", None, 6),
        (b"a\n1\n2\n\xe3\x81", "utf-8", 6),
        (("a\n" + "é\n" * 800_000).encode() + b"\xff\n", None, 2_400_002),
    ],
)
def test_bytes_that_cannot_be_decoded_stop_the_load(tmp_path: Path, data: bytes | str, encoding: str | None, offset: int) -> None:
    """The first bad byte is named by its offset in the original file, with the option that may mend it."""
    with pytest.raises(UnreadableFile, match=f"offset {offset:,} ") as caught:
        table_of(tmp_path, data, **({"encoding": encoding} if encoding else {}))
    assert "--encoding" in caught.value.todo


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ('a,b\n1,2\n3,"4\n5,6\n', 3),
        ('a,b\n1,"x\ny"\n3,"4', 4),
        ('a,"b\n1,2\n', 1),
        ('a,b\n1,6" pipe\n2,"x\n', 3),
        (b"\xef\xbb\xbf" + b'a,b\r1,2\r3,"4\r', 3),
    ],
)
def test_a_quote_left_open_stops_the_load(tmp_path: Path, data: bytes | str, line: int) -> None:
    """The error names the line, as an editor counts, on which the quote opens; DuckDB would lose all that follows."""
    with pytest.raises(UnreadableFile, match="quoted cell") as caught:
        table_of(tmp_path, data)
    assert caught.value.where.endswith(f"line {line}")


def test_quotes_within_unquoted_cells_are_text(tmp_path: Path) -> None:
    """Inch marks are no quotes; they make DuckDB slower, not wrong, and the table says on which line they begin."""
    table = table_of(tmp_path, 'a,b\n1,2\n3,6" pipe\n4,8" pipe\n')
    assert rows_of(table) == [("1", "2"), ("3", '6" pipe'), ("4", '8" pipe')]
    assert (table.stray_quote, table.is_parallel) == (3, False)


def test_records_that_do_not_fit_are_rejected_with_row_text_and_reason(tmp_path: Path) -> None:
    """Each is one reject, however many errors DuckDB finds in it; rows count records, not lines."""
    table = table_of(tmp_path, 'a,b\n1,"x\ny"\n1,2,3,4\n\n5\n"6"x,7,8\n9,10\n  \n')
    with duckdb.connect() as con:
        assert con.execute(f"from {scan(table)}").fetchall() == [("1", "x\ny"), ("9", "10")]
        assert parser_rejects(con, table) == [
            (2, "1,2,3,4", "has more cells than the header"),
            (3, "5", "has fewer cells than the header"),
            (4, '"6"x,7,8', "has text after a closing quote, or a quote that is not closed"),
            (6, "  ", "has fewer cells than the header"),
        ]
        assert parser_rejects(con, table) == parser_rejects(con.cursor(), table)


def test_rejects_are_complete_whatever_was_scanned_before(tmp_path: Path) -> None:
    """A scan cut short, or of one column, or in a transaction undone, leaves the list of rejects as it is."""
    table = table_of(tmp_path, "a,b\n" + "1,2\n3\n" * 5000)
    other = table_of(tmp_path, "a,b\n1\n", "other.csv")
    with duckdb.connect() as con:
        con.execute(f"from {scan(table)} limit 1").fetchall()
        con.execute("begin")
        con.execute(f"from {scan(table, [1])} as one join {scan(other)} as two using (c1)").fetchall()
        con.execute("rollback")
        assert [reject.row for reject in parser_rejects(con, table)] == list(range(2, 10_001, 2))
        assert len(parser_rejects(con, other)) == 1


def test_rows_that_duckdb_makes_up_are_noticed(tmp_path: Path) -> None:
    """Two cells with text after their closing quotes make DuckDB invent a row; that is never taken for data."""
    table = table_of(tmp_path, 'a,b\n"1"x,"2"y,3\n4,5\n')
    assert database().execute(f"from {scan(table)}").fetchall() == [('2"', "3"), ("4", "5")]
    with pytest.raises(RowsLost, match="quotes out of place"):
        parser_rejects(database(), table)


def test_rows_that_do_not_add_up_are_an_error_with_the_line_to_look_at(tmp_path: Path) -> None:
    """The account of a file is exact, and a quote out of place is the likely culprit."""
    table = table_of(tmp_path, 'a,b\n1,2\n3,6" pipe\n')
    reconcile(table, 1, 1)
    with pytest.raises(RowsLost, match="holds 2 rows, but 1 were loaded and 0 rejected") as caught:
        reconcile(table, 1, 0)
    assert caught.value.where.startswith("line 3 ")


@pytest.mark.parametrize(
    "name",
    ["a*.csv", "a?.csv", "a[1].csv", "it's.csv", "a.csv.gz", "year=2024/a.csv", "ü ñ.csv", "new\nline.csv", "a{1,2}.csv"],
)
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    """No file name is a pattern, an archive, a column or SQL; DuckDB would read a*.csv and its neighbours as one file."""
    table_of(tmp_path, "a,b\nnot,this\n", "a1.csv")
    table = table_of(tmp_path, "a,b\n1,2\n", name)
    assert rows_of(table) == [("1", "2")]


def test_headers_are_never_sql(tmp_path: Path) -> None:
    """Columns are c0, c1, … whatever the file calls them; some of them can be asked for."""
    table = table_of(tmp_path, "'); drop table x; --,a\"b,a\n1,2,3\n")
    with duckdb.connect() as con:
        assert [column[0] for column in con.execute(f"from {scan(table)}").description] == ["c0", "c1", "c2"]
        assert con.execute(f"from {scan(table, [2, 0])}").fetchall() == [("3", "1")]


def test_every_character_survives(tmp_path: Path) -> None:
    """All of Unicode goes through DuckDB unchanged."""
    points = [point for point in range(1, 0x110000) if not 0xD800 <= point <= 0xDFFF and point != ord('"')]
    cells = ["".join(map(chr, points[start : start + 999])) for start in range(0, len(points), 999)]
    table = table_of(tmp_path, "a,b\n" + "".join(f'1,"{cell}"\n' for cell in cells))
    assert [row[1] for row in rows_of(table)] == cells


def test_line_breaks_that_look_like_rows_do_not_confuse(tmp_path: Path) -> None:
    """Read in parallel, such a file loses and doubles a tenth of its rows; it is read by one thread."""
    note = 'first\n1,2,3\n"7","8",9\n,,\n' * 20
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows((number, note if number % 50 == 0 else "x", "y") for number in range(400_000))
    table = table_of(tmp_path, "a,b,c\n" + out.getvalue())
    with duckdb.connect(config={"threads": 8}) as con:
        found = con.execute(f"select count(*), count(distinct c0), sum(length(c1)) from {scan(table)}").fetchall()
    assert found == [(400_000, 400_000, 392_000 + 8000 * len(note))]
    assert table.records == 400_000


@pytest.mark.parametrize("size", [2_097_140, 5_000_000, 20_000_000])
@pytest.mark.parametrize("filler", ["x", "x,"])
def test_long_records_come_through(tmp_path: Path, size: int, filler: str) -> None:
    """A cell of megabytes is a cell; with its settings of old DuckDB would reject it, or lose what follows."""
    cell = filler * (size // len(filler))
    data = "a,b\n" + "1,2\n" * 9 + f'3,"{cell}"\n4,5\n' * 2
    table = table_of(tmp_path, data)
    with duckdb.connect() as con:
        lengths = con.execute(f"select length(c1) from {scan(table)}").fetchall()
    assert [length for (length,) in lengths] == [1] * 9 + [len(cell), 1] * 2
    assert table.records == 13


@pytest.mark.parametrize(("size", "is_short"), [(1_000_000, True), (3_000_000, True), (4_600_000, False)])
def test_a_small_buffer_is_for_short_records(tmp_path: Path, size: int, *, is_short: bool) -> None:
    """Only where no record can come near half of the small buffer is a file read through that; else rows would be lost."""
    cell = "x\n" * (size // 2)
    table = table_of(tmp_path, "a,b\n" + f'1,2\n3,"{cell}"\n' * 5)
    assert (table.has_short_records, table.is_parallel) == (is_short, False)
    with duckdb.connect() as con:
        lengths = con.execute(f"select length(c1) from {scan(table)}").fetchall()
    assert [length for (length,) in lengths] == [1, len(cell)] * 5


def test_a_record_beyond_duckdbs_buffer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the buffer DuckDB drops the rest of a file in silence, so such a file is not read."""
    monkeypatch.setattr(read, "MAX_RECORD", 3 * 2**20)
    assert table_of(tmp_path, "a\n1\n" + "x" * 3 * 2**20 + "\n").records == 2
    with pytest.raises(UnreadableFile, match="more than 3,145,728 bytes"):
        table_of(tmp_path, "a\n1\n" + "x" * 6 * 2**20 + "\n")


@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize("parallel", [True, False])
def test_rows_are_numbered_in_file_order(tmp_path: Path, *, parallel: bool, cut: bool) -> None:
    """Numbers follow the file over two million rows, in parallel and not; only an uncut parallel table needs the order kept."""
    count = 2_000_000
    lines = "\n".join(map(str, range(2, count + 1)))
    first = "1" if parallel else '"1\n"'
    with cut_into_parts(2**20 if cut else 2**26, block=2**16):
        table = table_of(tmp_path, f"a\n{first}\n{lines}\n")
    assert (table.is_parallel, len(table.parts)) == (parallel, 3 if cut else 0)
    assert needs_order(table) is (parallel and not cut)
    with unordered() as con:
        con.execute(f"set preserve_insertion_order = {needs_order(table)}")
        found = con.execute(
            f"select count(*), max(row_number), count(*) filter (row_number <> trim(c0, e'\\n')::bigint) from {scan_numbered(table)}"
        ).fetchall()
    assert found == [(count, count, 0)]


def test_a_large_file_is_cut_between_records(tmp_path: Path) -> None:
    """A part to a core, about equally large; the byte order mark stays with the header."""
    data = b"\xef\xbb\xbfa,b\r\n" + b'1,"x\r\ny"\r\n' * 100
    with cut_into_parts(64):
        table = table_of(tmp_path, data)
    texts = joined(table)
    assert b"".join(texts) == data
    assert [len(text) // 100 for text in texts] == [3, 3, 3]
    assert [part.records_before for part in table.parts] == [0, texts[0].count(b'"x'), 100 - texts[2].count(b'"x')]
    assert database().execute(f"from {scan_first(table, 2)}").fetchall() == [("1", "x\r\ny")] * 2


def test_a_file_is_cut_where_the_system_cannot_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no copy of its own, or it ends halfway, the rest is copied block by block: no byte twice, none missing."""
    data = b"a,b\n" + b"1,2\n" * 90
    copy, calls = os.copy_file_range, iter(range(99))

    def half(source: int, target: int, count: int, offset: int) -> int:
        if next(calls) % 2:
            raise OSError
        return copy(source, target, count // 2, offset)

    monkeypatch.setattr(os, "copy_file_range", half)
    with cut_into_parts(64):
        table = table_of(tmp_path, data)
    assert len(table.parts) == 3
    assert b"".join(joined(table)) == data


@pytest.mark.parametrize(("part", "cores", "free"), [(2**26, 3, 10**9), (200, 1, 10**9), (200, 3, 1500)])
def test_a_file_is_left_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int, cores: int, free: int) -> None:
    """A small file is not cut, nor is one where a single core reads, or where the disk has no room for copies."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 0, free))
    with cut_into_parts(part, cores=cores):
        assert table_of(tmp_path, "a,b\n" + "1,2\n" * 250).parts == ()


WIDE = st.text('a,"\n', max_size=9)


@pytest.mark.thorough
@given(
    rows=st.lists(st.tuples(WIDE, WIDE) | st.tuples(WIDE, WIDE, st.just("more")), min_size=1, max_size=60),
    part=st.integers(30, 200),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_are_the_file(tmp_path: Path, rows: list[tuple[str, ...]], part: int, end: str) -> None:
    """Parts joined are the file, byte for byte; each of their rows comes through with the number that it has in the file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("h1", "h2"), *rows])
    with cut_into_parts(part):
        table = table_of(tmp_path, out.getvalue(), delimiter=",")
    if table.parts:
        assert b"".join(joined(table)) == out.getvalue().encode()
    fitting = {number: tuple(cell or None for cell in row) for number, row in enumerate(rows, start=1) if len(row) == 2}
    assert rows_of(table) == list(fitting.values())
    rejects = [reject.row for reject in parser_rejects(database(), table)]
    assert rejects == [number for number, row in enumerate(rows, start=1) if len(row) > 2]
    behind = passed_over(table, rejects)
    with unordered() as con:
        con.execute(f"set preserve_insertion_order = {needs_order(table)}")
        found = con.execute(f"from {scan_numbered(table)}").fetchall()
    assert {number + sum(first <= number <= last for first, last in behind): tuple(cells) for number, *cells in found} == fitting


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.text('a,;\t|" \r\n', max_size=8)
# The csv module of Python 3.11 quotes a cell only for the characters of its own line end, so the others are quoted always.
WRITERS = st.sampled_from(
    [
        {"delimiter": delimiter, "lineterminator": end, "quoting": quoting}
        for delimiter in ",;\t|"
        for end, quoting in (
            ("\n", csv.QUOTE_ALL),
            ("\r", csv.QUOTE_ALL),
            ("\r\n", csv.QUOTE_ALL),
            ("\r\n", csv.QUOTE_MINIMAL),
        )
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], Writer]:
    """Return random rows of one width, and how to write them."""
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)), draw(WRITERS)


@given(drawn=tables(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), is_unended=st.booleans())
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, drawn: tuple[list[list[str]], Writer], encoding: str, *, is_unended: bool
) -> None:
    """Any table in any dialect and encoding has as many records as rows were written, and the same cells."""
    rows, writer = drawn
    width = len(rows[0]) if rows else 2
    out = io.StringIO(newline="")
    csv.writer(out, **writer).writerows([[f"h{place}" for place in range(width)], *rows])
    text = out.getvalue().removesuffix(writer["lineterminator"]) if is_unended and rows else out.getvalue()
    table = table_of(tmp_path, text.encode(encoding), delimiter=writer["delimiter"])
    assert table.records == len(rows)
    assert rows_of(table) == [tuple(cell or None for cell in row) for row in rows]


@given(st.text(alphabet='ab,\n"', max_size=40), st.integers(1, 3))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_vanishes_from_any_text(tmp_path: Path, body: str, width: int) -> None:
    """Whatever the bytes: the rows and rejects are all the records there are, or it is an error."""
    try:
        table = table_of(tmp_path, ",".join("hij"[:width]) + "\n" + body, delimiter=",")
        rows = rows_of(table)
    except (RowsLost, UnreadableFile):
        return
    records = [record for record in csv.reader(io.StringIO(body, newline="")) if record]
    assert table.records == len(records)
    if '"' not in body:
        fitting = [record for record in records if len(record) >= width and not any(record[width:])]
        assert rows == [tuple(cell or None for cell in record[:width]) for record in fitting]


def test_real_exports_lose_nothing(shared: Path, tmp_path: Path) -> None:
    """A real export has as many records as the csv module finds, and DuckDB's rows are its rows."""
    paths = sorted((shared / "crm").glob("*/*.csv"))
    assert paths
    for path in paths:
        table = examine(Export(path.name, path), tmp_path)
        encoding = "utf-8-sig" if table.dialect.encoding == "utf-8" else table.dialect.encoding
        with path.open(encoding=encoding, newline="") as file:
            header, *rows = [row for row in csv.reader(file, delimiter=table.dialect.delimiter) if row]
        assert table.headers == tuple(cell.strip() for cell in header), path
        assert table.records == len(rows), path
        assert rows_of(table) == [tuple(cell or None for cell in row) for row in rows if len(row) == len(header)], path
        assert not table.path.is_relative_to(tmp_path) or encoding != "utf-8-sig", path
