"""How a CSV file is written: its encoding, its delimiter and its header, each decided once and by rules of our own."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from etl.count import NewLine, walk
from etl.errors import UnreadableFile, UsageError

UTF8: Final = ("utf-8", "utf-8-sig")
"""Encodings that are read as they are: without and with a byte order mark."""

MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Byte order marks and the encodings that they give away."""

# On a tie the one that is rarer in texts wins: decimal commas split a file with `;` just as evenly.
_DELIMITERS: Final = ("\t", ";", "|", ",")
_NAMED_DELIMITERS: Final = {"tab": "\t", "\\t": "\t"}
_SAMPLED_RECORDS: Final = 200
_SAMPLED_BYTES: Final = 2**15

# What a detector may say instead of cp1252: scripts that look like nothing else. Its guesses among Latin ones are not
# better than cp1252, which CRMs write, except where the language has letters that cp1252 lacks.
_OTHER_SCRIPTS: Final = frozenset(
    "big5 cp932 cp949 cp1251 cp1253 cp1255 cp1256 euc_jis_2004 gb18030 koi8_r shift_jis_2004".split()  # noqa: SIM905
)
_OTHER_LATIN: Final = {
    "cp1250": frozenset({"Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovene"}),
    "cp1254": frozenset({"Turkish"}),
}

_FORMATS: Final = {
    b"PK\x05\x06": ("an empty zip", "Export it again."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook (.xls)", "Save it as CSV UTF-8."),
    b"PAR1\x15": ("a Parquet file", "Export it as CSV."),
    b"\x1f\x8b": ("a gzip file", "Unpack it."),
    b"(\xb5/\xfd": ("a zstd file", "Unpack it."),
    b"7z\xbc\xaf": ("a 7z archive", "Unpack it."),
    b"Rar!": ("a rar archive", "Unpack it."),
    b"SQLite format 3": ("a SQLite database", "Export its table as CSV."),
    b"%PDF": ("a PDF", "Export it as CSV."),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file was written, as the load report shows it; `encoding` is the one of the original file."""

    delimiter: str
    quote: str
    encoding: str
    newline: NewLine


@dataclass(frozen=True, slots=True)
class Header:
    """The first record of a file: its cells, and whether any parser takes it for exactly one line with these cells."""

    cells: tuple[str, ...]
    is_plain: bool


def refuse_other_formats(name: str, head: bytes, encoding: str | None) -> None:
    """Raise UnreadableFile if a file that begins with `head` is no text; `encoding` is what it is said to have."""
    seems, todo = _format_of(head)
    if not seems and not head.strip():
        seems, todo = "empty", "Export it again."
    elif not seems and encoding is None and b"\0" in head and encoding_from_mark(head) is None:
        seems, todo = _with_zero_bytes(head)
    if seems:
        what = f"{name} is no CSV file: it seems to be {seems}"
        raise UnreadableFile(what, expected="text with a header line", todo=todo)


def encoding_from_mark(head: bytes) -> str | None:
    """Return the encoding that a byte order mark gives away."""
    return next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), None)


def known_encoding(encoding: str) -> str:
    """Return the name that Python gives an encoding; raises UsageError for one that it does not know or is not text."""
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError(f"there is no encoding {encoding!r}", expected="a name such as utf-8, cp1252, utf-16 or shift_jis") from error


def known_delimiter(delimiter: str) -> str:
    """Return a delimiter as given or, for a tab, by name; raises UsageError for what cannot be one."""
    delimiter = _NAMED_DELIMITERS.get(delimiter, delimiter)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n \0' or delimiter.isalnum():
        raise UsageError(f"{delimiter!r} cannot be a delimiter", expected="one character such as , ; | or the word tab")
    return delimiter


def guess_encoding(name: str, path: Path, position: int) -> str:
    """Return the encoding of a file whose byte at `position` is not UTF-8: cp1252 unless it is clearly something else.

    Raises UnreadableFile if half of its texts beyond ASCII are UTF-8: it is damaged, and another encoding would garble it.
    """
    lines = _lines_beyond_ascii(path)
    if sum(map(_is_utf8, lines)) * 2 >= len(lines):
        raise undecodable(name, "utf-8", position)
    best = from_bytes(b"".join(lines)).best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    is_other = best.encoding in _OTHER_SCRIPTS or best.language in _OTHER_LATIN.get(best.encoding, ())
    return codecs.lookup(best.encoding).name if is_other else "cp1252"


def undecodable(name: str, encoding: str, position: int) -> UnreadableFile:
    """Return the error for a byte that the encoding of a file does not have."""
    return UnreadableFile(
        f"{name} is not {encoding} throughout: the byte at offset {position:,} cannot be decoded",
        todo="Export it as UTF-8, or name its encoding: --encoding cp1252 is the usual one of Windows.",
    )


def guess_delimiter(sample: str) -> str:
    """Return the delimiter that splits the header, and the first records most evenly; a tab for a single column."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def read_header(sample: str, delimiter: str) -> Header | None:
    """Return the header from the beginning of a file; None if it does not end there."""
    lines: list[str] = []
    for line, is_open in walk(io.StringIO(sample, newline=""), delimiter):
        if lines or line.strip("\r\n"):
            lines.append(line)
            if not is_open:
                break
    else:
        return None
    record = "".join(lines).rstrip("\r\n")
    row = next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    return Header(tuple(cell.strip() for cell in row), len(lines) == 1 and _is_plain(record, delimiter))


def _format_of(head: bytes) -> tuple[str, str]:
    """Return what a file seems to be by its first bytes, and what to do about it; nothing where it may be text."""
    if head.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" in head or b"xl/" in head:
            return "an Excel workbook (.xlsx)", "Save it as CSV UTF-8, or export it as CSV."
        return "a zip", "Give it a name that ends in .zip, or unpack it."
    if head[8:12] == b"DUCK" and b"\0" in head:
        return "a DuckDB database", "Export its table as CSV."
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml)", head, re.IGNORECASE):
        return "a web page or XML, as a CRM sends when its session has ended", "Log in and export it again as CSV."
    return next((found for magic, found in _FORMATS.items() if head.startswith(magic)), ("", ""))


def _with_zero_bytes(head: bytes) -> tuple[str, str]:
    """Return what a file with zero bytes seems to be; nothing if it has few. UTF-16 has one for each letter."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    share = len(head) // 4
    if odd > share > even:
        return "UTF-16 without its mark", "Name its encoding: --encoding utf-16-le"
    if even > share > odd:
        return "UTF-16 without its mark", "Name its encoding: --encoding utf-16-be"
    first_line = head.lstrip(b"\r\n").partition(b"\n")[0]
    if b"\0" in first_line or head.count(0) * 100 > len(head):
        return "a binary file, for it holds zero bytes", "Export it as CSV."
    return "", ""


def _lines_beyond_ascii(path: Path) -> list[bytes]:
    """Return the first lines of a file that hold more than ASCII, a sample's worth."""
    lines: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while size < _SAMPLED_BYTES and (line := file.readline(_SAMPLED_BYTES)):
            if not line.isascii():
                lines.append(line)
                size += len(line)
    return lines


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _evenness(sample: str, delimiter: str) -> tuple[bool, bool, float, int]:
    """Return how well a delimiter fits, the better the greater.

    What counts is whether it splits the header, whether quotes then stand where they should, the share of records that
    are as wide as the header, and that width.
    """
    header = read_header(sample, delimiter)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
    width, *widths = [len(row) for row in islice(reader, _SAMPLED_RECORDS) if row] or [0]
    share = widths.count(width) / len(widths) if widths else 1.0
    return width > 1, header is not None and header.is_plain, share, width


def _is_plain(record: str, delimiter: str) -> bool:
    """Return whether every quote of a record opens, closes or escapes within a quoted cell."""
    border = re.escape(delimiter)
    cell = f'(?: ?"[^"]*+(?:""[^"]*+)*+" *+|(?! ?")[^{border}"]*+)'
    return re.fullmatch(f"{cell}(?:{border}{cell})*+", record) is not None
