"""Exports → text tables that DuckDB streams without losing a row. No value is parsed here.

A file is examined once: what it is, its encoding, delimiter and header, and how many records it holds, counted apart
from DuckDB's parser (`etl.count`). What DuckDB would misread is handed to it as a plain copy: UTF-8, one record to a
line feed, no blank lines, and a header of our own. A large file is cut between records, a part to a thread: left to itself,
DuckDB would lose rows or their order. What lies behind each rule is shown in tests/etl/test_read.py.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

import duckdb

from etl.count import Count, Counter, count_patiently, walk
from etl.dialect import (
    UTF8,
    Dialect,
    Header,
    above_header,
    encoding_from_mark,
    guess_delimiter,
    guess_encoding,
    is_note,
    known_delimiter,
    known_encoding,
    named_delimiter,
    read_header,
    refuse_header_in_one_cell,
    refuse_other_formats,
    undecodable,
)
from etl.errors import RowsLost, UnreadableFile
from etl.sqltext import literal
from etl.steady import Stamp
from etl.unpack import STANDARD_INPUT, Export, Exports, find_exports

__all__ = [
    "Dialect",
    "Export",
    "Exports",
    "ParserReject",
    "Part",
    "TextTable",
    "examine",
    "find_exports",
    "needs_order",
    "no_pattern",
    "parser_rejects",
    "passed_over",
    "reconcile",
    "refuse_too_wide",
    "scan",
    "scan_first",
    "scan_numbered",
]

BLOCK: Final = 2**19
"""Bytes read at a time: few enough for the processor's cache, and a quarter of the longest record that DuckDB's parallel reader takes."""

MAX_RECORD: Final = 32 * 2**20
"""Bytes in the longest record that is read: beyond its buffer DuckDB loses the rest of a file without a word."""

MAX_COLUMNS: Final = 10_000
"""Columns in the widest table that is read; with more, DuckDB takes minutes to begin. CRMs know a thousand fields of a deal."""

PART: Final = 2**26
"""Bytes, about, in the smallest part that a file is cut into; below twice as many a file is not cut."""

_MAX_PARTS: Final = 8  # each is read through a buffer of its own
_SLICE: Final = 2**13  # decoded at a time: beyond the processor's cache, decoding takes three times as long
_COPIED: Final = 2**16  # copied at a time: with more, side by side, most goes into handing out memory
_BUFFER: Final = 2**23  # that DuckDB reads a part through if its records are short: a large one costs memory, and time to hand that out
_SAMPLE: Final = 2**17  # from this much, delimiter and header are decided
_QUOTE: Final = '"'
_NOTE: Final = "is a note above or below the table, no row of it"
_OWN_SHEET_NAME: Final = re.compile(r"(?:sheet|tabelle|feuil|hoja|blad|foglio|planilha|arkusz|лист|ark|taul)\s?\d+", re.IGNORECASE)
_TOO_FEW: Final = "MISSING COLUMNS"
_SHEET: Final = re.compile(r"\.xls[xm]: ", re.IGNORECASE)
_REASONS: Final = {
    "TOO MANY COLUMNS": "has more cells than the header",
    _TOO_FEW: "has fewer cells than the header",
    "UNQUOTED VALUE": "has text after a closing quote, or a quote that is not closed",
    "LINE SIZE OVER MAXIMUM": "is too long",
}


class Part(NamedTuple):
    """A copy of some of a file's records, with a header, and how many records come before them.

    Without a header DuckDB would take the line ends from the first record, whose cells may hold others.
    """

    path: Path
    records_before: int


@dataclass(frozen=True, slots=True)
class TextTable:
    """A file that DuckDB can stream: as many text columns as `headers`, and `records` rows.

    `name` is what people know it by: the path as given, or "export.zip: Opportunity.csv". `path` is UTF-8 on disk, the
    original or a copy in the work folder. `headers` are in file order, as written but for blanks around them. `dialect`
    and `digest` (SHA-256, hex) are of the original. `records` counts without header and blank lines. `stray_quote` is
    the line of the first quote in the middle of an unquoted cell, where there is one. `parts` are copies in the work
    folder that together are the file, where that is large. `has_short_records` is true where it is known that each record takes up
    less than half of a small buffer. `title_lines` are the records above the header: a title, or `sep=;`, left out here.
    `original` is how the original stood before it was examined.
    """

    name: str
    path: Path
    headers: tuple[str, ...]
    dialect: Dialect
    records: int
    blank_lines: int
    digest: str
    has_line_breaks: bool
    is_parallel: bool
    stray_quote: int | None = None
    parts: tuple[Part, ...] = ()
    has_short_records: bool = False
    title_lines: int = 0
    original: Stamp | None = None

    @property
    def stem(self) -> str:
        """Return the file's name without folder, archive and extension; of a workbook that of the sheet, unless Excel named that itself."""
        name = re.split(rf"(?:\.zip|^{STANDARD_INPUT}): ", self.name, flags=re.IGNORECASE)[-1]
        book, found, sheet = re.split(r"(\.xls[xm]: )", name, maxsplit=1, flags=re.IGNORECASE) if _SHEET.search(name) else (name, "", "")
        if found and not _OWN_SHEET_NAME.fullmatch(sheet):
            return sheet
        path = PurePosixPath(re.sub(r"\.gz$", "", book, flags=re.IGNORECASE).replace("\\", "/"))
        return path.name if found else path.stem


class ParserReject(NamedTuple):
    """A record that DuckDB cannot split into its columns.

    `row` is its number in the file, from 1, header and blank lines not counted. `text` is the record as written, cut
    after 10,000 characters.
    """

    row: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Survey:
    """What one pass over a UTF-8 file found; `invalid` is the offset of the first byte that is not UTF-8."""

    digest: str
    invalid: int | None
    count: Count


@dataclass(frozen=True, slots=True)
class _Text:
    """A file as UTF-8 text on disk: the original's encoding and digest, and what was found in the text."""

    path: Path
    encoding: str
    digest: str
    delimiter: str
    sample: str
    count: Count
    title_lines: int = 0
    lines_above: int = 0


def examine(
    export: Export, work: Path, encoding: str | None = None, delimiter: str | None = None, *, may_have_title: bool = True
) -> TextTable:
    """Return a file as a table of texts; `encoding` and `delimiter` are taken as given, else they are found.

    A title above the header is left out, unless it is known that there is none.

    Copies are written to `work`, where they are needed. Raises UnreadableFile for what is no text, is empty, cannot be
    decoded, leaves a quote open or holds a record longer than MAX_RECORD; UsageError for an encoding or a delimiter
    that cannot be one.
    """
    work.mkdir(parents=True, exist_ok=True)
    text = _readable(export, work, encoding, delimiter)
    if may_have_title:
        text = _below_title(export.name, text, work)
    count = text.count
    stray = None
    if count.stray_quote is not None:
        stray = _line_at(text, count.stray_quote)
        with _lines(text.path) as lines:
            count = count_patiently(lines, text.delimiter)
    _refuse_what_never_ends(export.name, text, count)
    header = read_header(text.sample, text.delimiter)
    if header is None:
        raise UnreadableFile(
            f"{export.name} has no header line, or one longer than {_SAMPLE:,} bytes",
            expected="the names of the columns in the first line",
            todo="Export it again as CSV.",
        )
    refuse_header_in_one_cell(export.name, header)
    refuse_too_wide(export.name, len(header.cells))
    path = text.path
    if not _is_plain(path, count, header):
        path = _plain_copy(export.name, text, header, count.records, work)
    is_parallel = not count.has_line_breaks and stray is None and count.longest_gap < BLOCK - len(codecs.BOM_UTF8)
    return TextTable(
        name=export.name,
        path=path.absolute(),
        headers=header.cells,
        dialect=Dialect(text.delimiter, _QUOTE, text.encoding, count.newline),
        records=count.records - 1,
        blank_lines=count.blank_lines,
        digest=text.digest,
        has_line_breaks=count.has_line_breaks,
        is_parallel=is_parallel,
        stray_quote=stray,
        parts=_parts(text, count, header, work) if path == text.path and stray is None else (),
        has_short_records=stray is None and count.longest_gap + 2 * BLOCK < _BUFFER // 2,
        title_lines=text.title_lines,
    )


def refuse_too_wide(name: str, columns: int) -> None:
    """Raise UnreadableFile for a table of more columns than are read."""
    if columns > MAX_COLUMNS:
        raise UnreadableFile(
            f"{name} has {columns:,} columns",
            expected=f"a table of at most {MAX_COLUMNS:,}",
            todo="Export the columns that matter, or see whether rows and columns changed places.",
        )


def scan(table: TextTable, columns: Sequence[int] | None = None) -> str:
    """Return SQL of a FROM item: the rows of a table as text columns c0, c1, … in file order, or some of those columns.

    An empty cell is null, quoted or not, as empty means the same everywhere here; all else is as written, blanks
    included. Empty cells beyond the last column are dropped. Records that do not fit are left out, not an error: see
    `parser_rejects`. File order needs DuckDB's `preserve_insertion_order`, which is on by default.
    """
    return _all_parts(table, columns, is_numbered=False)


def scan_numbered(table: TextTable, columns: Sequence[int] | None = None) -> str:
    """Return SQL of a FROM item like `scan`, with the column row_number: 1, 2, … over the rows that come through.

    Records that the parser rejects have no number: see `passed_over`. Only where `needs_order` is true does the numbering need
    DuckDB's `preserve_insertion_order`.
    """
    return _all_parts(table, columns, is_numbered=True)


def scan_first(table: TextTable, rows: int) -> str:
    """Return SQL of a FROM item like `scan`, of the first rows alone: the same ones at any time, whatever the order of others."""
    first = table.parts[0].path if table.parts else table.path
    return f"(from {_read_csv(table, first, is_parallel=False)} limit {rows})"


def needs_order(table: TextTable) -> bool:
    """Tell whether DuckDB reads a table with several threads at once, which number its rows in file order only if told to keep it."""
    return table.is_parallel and not table.parts


def passed_over(table: TextTable, rejected: Sequence[int]) -> list[tuple[int, int]]:
    r"""Return, for each rejected row of a file, the first and the last of the numbers that are one too low for its sake.

    `rejected` are rows of the file, ascending, and the numbers are those of `scan_numbered`. Each part of a table is numbered from
    where it starts in the file, so a rejected row is missing only from the numbers that follow in its part.

    >>> whole = TextTable("a.csv", Path("a.csv"), (), Dialect(",", '"', "utf-8", "\n"), 6, 0, "", False, True)
    >>> passed_over(whole, [1, 4])
    [(1, 6), (3, 6)]
    >>> passed_over(replace(whole, parts=(Part(Path("a1.csv"), 0), Part(Path("a2.csv"), 3))), [1, 4])
    [(1, 3), (4, 6)]
    """
    starts = [part.records_before for part in table.parts] or [0]
    parts = zip(starts, [*starts[1:], table.records], strict=True)
    within = ((end, [row for row in rejected if start < row <= end]) for start, end in parts)
    return [(row - before, end) for end, rows in within for before, row in enumerate(rows)]


def parser_rejects(con: duckdb.DuckDBPyConnection, table: TextTable) -> list[ParserReject]:
    """Return the records that DuckDB cannot split into the table's columns, by row; reads the file once more.

    Raises RowsLost where DuckDB does not say what it rejected: it has then made rows up.
    """
    rejects = _rejects(table.path)
    for name in (rejects, f"{rejects}_scan"):
        con.execute(f"drop table if exists {name}")
    con.execute(f"select count(*) from {scan(replace(table, parts=()))}").fetchall()
    # `line` counts records, not lines, and blank lines too; but here are none. Each error of a record is a row.
    found = con.execute(
        f"select line - 1, any_value(csv_line), arg_min(error_type::varchar, byte_position) from {rejects} group by line order by line"
    ).fetchall()
    if any(not text for _, text, _ in found):
        raise _rows_lost(table, f"a record of {table.name} with quotes out of place cannot be told from the next")
    return [
        ParserReject(
            row, text, _NOTE if error == _TOO_FEW and is_note(text, table.dialect.delimiter) else _REASONS.get(error, error.lower())
        )
        for row, text, error in found
    ]


def reconcile(table: TextTable, loaded: int, rejected: int) -> None:
    """Raise RowsLost unless the rows of a table are those loaded plus those rejected."""
    if loaded + rejected != table.records:
        raise _rows_lost(table, f"{table.name} holds {table.records:,} rows, but {loaded:,} were loaded and {rejected:,} rejected")


def _rows_lost(table: TextTable, what: str) -> RowsLost:
    stray = table.stray_quote
    return RowsLost(
        what,
        where="" if stray is None else f"line {stray:,} has a quote in the middle of an unquoted cell",
        expected="rows read = rows loaded + rows rejected",
        todo="Nothing was published. Quote the cells that hold quotes and double those, or export the file again.",
    )


def _all_parts(table: TextTable, columns: Sequence[int] | None, *, is_numbered: bool) -> str:
    """Return SQL of a FROM item: the rows of a table's file, or of each of its parts, which DuckDB then reads side by side."""
    chosen = "*" if columns is None else ", ".join(f"c{position}" for position in columns)
    selects = []
    for part in table.parts or (Part(table.path, 0),):
        number = f"{part.records_before} + row_number() over () as row_number, " if is_numbered else ""
        selects.append(f"select {number}{chosen} from {_read_csv(table, part.path, is_parallel=needs_order(table))}")
    return f"({' union all '.join(selects)})"


def _read_csv(table: TextTable, path: Path, *, is_parallel: bool) -> str:
    options = {
        "columns": "{" + ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(table.headers))) + "}",
        "delim": literal(table.dialect.delimiter),
        "quote": literal(_QUOTE),
        "escape": literal(_QUOTE),
        "header": "true",
        "auto_detect": "false",
        "strict_mode": "true",
        "null_padding": "false",
        "compression": "'none'",  # a name that ends in .gz would be unpacked
        "hive_partitioning": "false",  # a folder named year=2024 would become a column
        "store_rejects": "true",
        "rejects_table": literal(_rejects(path)),
        "rejects_scan": literal(_rejects(path) + "_scan"),
        "rejects_limit": "0",
        "parallel": str(is_parallel).lower(),  # if true, DuckDB loses and doubles rows where cells hold line breaks
    }
    if not table.is_parallel:  # else a record may be longer than the 2 MB that DuckDB expects
        size = _BUFFER if table.has_short_records else 2 * MAX_RECORD
        options |= {"max_line_size": str(size), "buffer_size": str(size)}
    given = ", ".join(f"{name} = {value}" for name, value in options.items())
    return f"read_csv({literal(no_pattern(path))}, {given})"


def _rejects(path: Path) -> str:
    """Return the name of the temporary table in which DuckDB keeps the rejects of a file."""
    return "rejects_" + hashlib.blake2b(str(path).encode(errors="surrogateescape"), digest_size=8).hexdigest()


def no_pattern(path: Path) -> str:
    """Return a path that DuckDB takes for one file: `a*.csv` and `a[1].csv` are patterns of several."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _readable(export: Export, work: Path, encoding: str | None, delimiter: str | None) -> _Text:
    """Return a file as UTF-8 text: itself if it is, else a decoded copy."""
    with export.path.open("rb") as file:
        head = file.read(_SAMPLE)
    refuse_other_formats(export.name, head, encoding)
    marked = encoding_from_mark(head)
    found = known_encoding(encoding) if encoding else marked or "utf-8"
    if found in UTF8:
        text, invalid = _surveyed(export.name, export.path, marked or found, delimiter)
        if invalid is None:
            return text
        if encoding or marked:
            raise undecodable(export.name, found, invalid)
        found = guess_encoding(export.name, export.path, invalid)
    path, digest = _decoded(export, found, work)
    text, _ = _surveyed(export.name, path, found, delimiter)
    return _Text(path, found, digest, text.delimiter, text.sample, text.count)


def _surveyed(name: str, path: Path, encoding: str, delimiter: str | None) -> tuple[_Text, int | None]:
    """Return what a UTF-8 file holds, and the offset of the first byte that is not UTF-8, if any."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if len(head) == _SAMPLE:  # without the last line, which may go on
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]
    sample = head.removeprefix(codecs.BOM_UTF8).decode(errors="replace")
    chosen = known_delimiter(delimiter) if delimiter else named_delimiter(name, sample) or guess_delimiter(sample)
    survey = _survey(path, chosen)
    return _Text(path, encoding, survey.digest, chosen, sample, survey.count), survey.invalid


def _below_title(name: str, text: _Text, work: Path) -> _Text:
    """Return a text without what stands above its header: itself where nothing does, else a copy of the rest."""
    above = above_header(text.sample, text.delimiter)
    if not above.characters:
        return text
    with text.path.open("rb") as source, _new_file(work) as target:
        mark = len(codecs.BOM_UTF8) if source.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
        source.seek(mark + len(text.sample[: above.characters].encode()))
        shutil.copyfileobj(source, target, BLOCK)
    below, _ = _surveyed(name, Path(target.name), text.encoding, text.delimiter)
    return replace(below, digest=text.digest, title_lines=above.records, lines_above=above.lines)


def _survey(path: Path, delimiter: str) -> _Survey:
    """Return digest, UTF-8 check and record count of a file from one pass over its bytes; a block is hashed while it is counted."""
    digest, counter = hashlib.sha256(), Counter(delimiter, border_every=PART // 8)
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, invalid = 0, None
    with path.open("rb") as file, ThreadPoolExecutor(max_workers=1) as hasher:
        while block := file.read(BLOCK):
            hashed = hasher.submit(digest.update, block)
            counter.feed(block.removeprefix(codecs.BOM_UTF8) if position == 0 else block)
            if invalid is None:
                invalid = _first_invalid(decoder, block, position)
            position += len(block)
            hashed.result()
    if invalid is None:
        invalid = _first_invalid(decoder, b"", position)
    return _Survey(digest.hexdigest(), invalid, counter.finish())


def _first_invalid(decoder: codecs.IncrementalDecoder, block: bytes, position: int) -> int | None:
    """Return the offset of the first byte that a decoder refuses in a block at `position`; the last block is empty."""
    if block.isascii() and block and not decoder.getstate()[0]:
        return None  # many times as fast as decoding
    for start in range(0, max(1, len(block)), _SLICE):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block[start : start + _SLICE], final=not block)
        except UnicodeDecodeError as error:
            return position + start - pending + error.start
    return None


def _decoded(export: Export, encoding: str, work: Path) -> tuple[Path, str]:
    """Return a copy of a file in UTF-8, line ends untouched, and the digest of the original."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(encoding)()
    position = 0
    with export.path.open("rb") as source, _new_file(work) as target:
        while True:
            block = source.read(BLOCK)
            digest.update(block)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise undecodable(export.name, encoding, position - pending + error.start) from error
            target.write((text.removeprefix("\ufeff") if target.tell() == 0 else text).encode())
            position += len(block)
            if not block:
                return Path(target.name), digest.hexdigest()


def _refuse_what_never_ends(name: str, text: _Text, count: Count) -> None:
    """Raise UnreadableFile for a quote that is never closed, and for a record so long that one is to be suspected."""
    if count.open_quote is not None:
        raise UnreadableFile(
            f"{name} ends within a quoted cell",
            where=f"the quote opens on line {_line_at(text, count.open_quote):,}",
            expected="a closing quote for each opening one, and quotes within a cell doubled",
            todo="Export it again, as the end may be missing, or mend that line.",
        )
    if count.longest_gap > MAX_RECORD:
        raise UnreadableFile(
            f"{name} holds a record of more than {MAX_RECORD:,} bytes",
            expected="a line end after each record",
            todo="Look for a quote that is closed too late, or for a file that is no table.",
        )


def _is_plain(path: Path, count: Count, header: Header) -> bool:
    """Return whether DuckDB reads a file as it is.

    Mixed line ends stop it, a header that is not plain makes all rows vanish, and a blank line is a row of a single
    column to it, or shifts the numbers of its rejects; only at the end does it do no harm to several columns.
    """
    harmless = 0 if len(header.cells) == 1 else _blank_lines_at_end(path)
    return count.newline in ("\n", "\r\n") and count.blank_lines == harmless and header.is_plain


def _blank_lines_at_end(path: Path) -> int:
    """Return how many blank lines a file with line feeds ends with."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        tail = file.read()
    return max(0, tail[len(tail.rstrip(b"\r\n")) :].count(b"\n") - 1)


def _plain_copy(name: str, text: _Text, header: Header, records: int, work: Path) -> Path:
    """Return a copy with a header of our own, every record ended by a line feed and no blank lines; cells untouched."""
    written, was_open = 0, False
    with _lines(text.path) as lines, _new_file(work) as target:
        for line, is_open in walk(lines, text.delimiter):
            if not is_open and not was_open and not line.strip("\r\n"):
                continue
            is_header = written == 0
            written += not is_open
            if not is_header:
                target.write((line if is_open else line.rstrip("\r\n") + "\n").encode("latin-1"))
            elif not is_open:
                target.write(_own_header(header, text.delimiter, "\n"))
            was_open = is_open
    if written != records:
        raise RowsLost(f"{name} holds {records:,} records in one count and {written:,} in another")
    return Path(target.name)


def _parts(text: _Text, count: Count, header: Header, work: Path) -> tuple[Part, ...]:
    """Return a file cut between records into about as many copies as there are cores; none for a small file, or where disk is short."""
    size = text.path.stat().st_size
    wanted = min(_MAX_PARTS, os.cpu_count() or 1, size // PART)
    borders = [border for border in count.borders if 1 < border.records < count.records]
    if wanted <= 1 or not borders or shutil.disk_usage(work).free < 2 * size:
        return ()
    nearest = (min(borders, key=lambda border: abs(border.position - size * number // wanted)) for number in range(1, wanted))
    cuts = sorted(set(nearest))
    own_header = _own_header(header, text.delimiter, count.newline)
    with text.path.open("rb") as file:
        mark = len(codecs.BOM_UTF8) if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
        file.seek(0)
        first, *others = (mark + cut.position for cut in cuts)
        paths = [_copy_up_to(first, file, b"", work), *(_copy_up_to(end, file, own_header, work) for end in (*others, size))]
    return tuple(Part(path, before) for path, before in zip(paths, [0, *(cut.records - 1 for cut in cuts)], strict=True))


def _copy_up_to(end: int, file: io.BufferedReader, header: bytes, work: Path) -> Path:
    """Return a copy, after a header, of what lies between the place where a file stands and another."""
    with _new_file(work) as target:
        target.write(header)
        target.flush()
        _copy(file, target, end)
    return Path(target.name).absolute()


def _copy(source: io.BufferedReader, target: tempfile._TemporaryFileWrapper[bytes], end: int) -> None:
    """Copy up to a position: within the system where it can, which takes half the time, else block by block."""
    position = source.tell()
    try:
        while position < end and (copied := os.copy_file_range(source.fileno(), target.fileno(), end - position, position)):
            position += copied
    except (AttributeError, OSError):  # no such call on this system, or not for these two file systems
        pass
    source.seek(position)
    target.seek(0, os.SEEK_END)
    while block := source.read(min(_COPIED, end - source.tell())):
        target.write(block)


def _own_header(header: Header, delimiter: str, newline: str) -> bytes:
    return (delimiter.join(f"c{position}" for position in range(len(header.cells))) + newline).encode()


def _lines(path: Path) -> io.TextIOWrapper:
    """Open a UTF-8 file for reading by lines that end in LF, CRLF or CR and keep them, one character to a byte.

    Latin-1 gives each byte a character and back, faster than decoding; quotes, delimiters and line ends are ASCII.
    """
    file = path.open("rb")
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    return io.TextIOWrapper(file, encoding="latin-1", newline="")


def _line_at(text: _Text, position: int) -> int:
    """Return the number, from 1, of the line in which a byte of a text stands, as an editor counts in the original."""
    number = text.lines_above + 1
    with _lines(text.path) as lines:
        for line in lines:
            position -= len(line)
            if position < 0:
                break
            number += 1
    return number


def _new_file(work: Path) -> tempfile._TemporaryFileWrapper[bytes]:
    return tempfile.NamedTemporaryFile(dir=work, suffix=".csv", delete=False)
