"""Files that attack whoever reads them: each a name and its bytes, small on the wire, and what it wants.

They are made, not kept, so that nobody has to wonder what is in a file of the repository.
"""

from __future__ import annotations

import gzip
import io
import pickle
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import pyarrow as pa
from pyarrow import parquet

from tests.etl.books import Raw, book

Attack = Callable[[], tuple[str, bytes]]

HEAD: Final = b"Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c\n"
ROW: Final = b"1,A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01,They lose orders\n"
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def zipped(members: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_link(target: str) -> bytes:
    """Return a zip whose table is a symbolic link, as Unix zips keep them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("Opportunity.csv")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, target)
    return made.getvalue()


def with_doubles() -> bytes:
    """Return a zip with two members of one name."""
    data = zipped({"Opportunity.csv": HEAD + ROW, "Opportunitx.csv": HEAD})
    return data.replace(b"Opportunitx.csv", b"Opportunity.csv")


def overlapping(count: int, size: int) -> bytes:
    """Return a zip whose members all are the same compressed bytes, as in Fifield's bomb: small, and as large as wanted when unpacked."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel, crc = pack.compress(b"0" * size) + pack.flush(), zlib.crc32(b"0" * size)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(kernel), size, 5, 0) + b"0.csv"
    listed = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(kernel), size, len(name), 0, 0, 0, 0, 0, 0) + name
        for name in (f"{number}.csv".encode() for number in range(count))
    )
    body = local + kernel
    return body + listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), len(listed), len(body), 0)


def with_zip64_lie() -> bytes:
    """Return a zip that says in its zip64 field that its member has almost no bytes, or almost as many as there can be."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w", force_zip64=True) as member:
        member.write(HEAD + ROW * 50_000)
    data = made.getvalue()
    at = data.index(b"PK\x01\x02")
    extra = struct.pack("<2HQ", 1, 8, 2**62)
    entry = bytearray(data[at:])
    struct.pack_into("<L", entry, 24, 0xFFFFFFFF)
    struct.pack_into("<H", entry, 30, len(extra))
    end = entry.index(b"PK\x05\x06")
    entry[end:end] = extra
    end += len(extra)
    struct.pack_into("<L", entry, end + 12, end)
    return data[:at] + bytes(entry)


def with_end_at(data: bytes, position: int) -> bytes:
    """Return a zip that says that its directory begins at a place which the file does not have."""
    at = data.index(b"PK\x05\x06") + 16
    return data[:at] + struct.pack("<L", position) + data[at + 4 :]


def without_name() -> bytes:
    """Return a zip whose directory gives its member a name of no letters, which Python's reader of zips stumbles over."""
    data = zipped({"x": HEAD})
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = bytearray(data[at:end])
    struct.pack_into("<H", entry, 28, 0)
    size = struct.pack("<L", len(entry) - 1)
    return data[:at] + bytes(entry[:-1]) + data[end : end + 12] + size + data[end + 16 :]


def nested(levels: int) -> bytes:
    """Return a zip in a zip in a zip …, each named as a table."""
    data = HEAD + ROW
    for _ in range(levels):
        data = zipped({"Opportunity.csv": data})
    return data


def gzip_of_zeros(size: int) -> bytes:
    """Return a gzip of so many zeros, made block by block."""
    block = b"0" * 2**20
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as target:
        target.write(HEAD)
        for _ in range(size // len(block)):
            target.write(block)
    return made.getvalue()


def laughing(part: str) -> bytes:
    """Return a workbook with a billion laughs in one of its parts: entities that double, and double again."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>'
    body = f"<sst {_MAIN}><si><t>&l9;</t></si></sst>" if "Strings" in part else f"<worksheet {_MAIN}><sheetData/>&l9;</worksheet>"
    return book({"Deals": [["Id", "Stage"], [_shared(0), "Won"]]}, parts={part: text + body} | _strings_part(part))


def reaching_out(part: str) -> bytes:
    """Return a workbook with an entity that is to be fetched from the machine."""
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
    body = f"<sst {_MAIN}><si><t>&out;</t></si></sst>" if "Strings" in part else f"<worksheet {_MAIN}><sheetData/>&out;</worksheet>"
    return book({"Deals": [["Id", "Stage"], [_shared(0), "Won"]]}, parts={part: text + body} | _strings_part(part))


def with_strings(text: str, rows: int, cells: int) -> bytes:
    """Return a workbook whose cells all are one shared text."""
    line = "".join(f'<c t="s"><v>{0}</v></c>' for _ in range(cells))
    head = "".join(f'<c t="inlineStr"><is><t>c{n}</t></is></c>' for n in range(cells))
    lines = f"<row>{head}</row>" + f"<row>{line}</row>" * rows
    sheet = f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>"
    return book(
        {"Deals": sheet},
        parts=_strings_part("xl/sharedStrings.xml") | {"xl/sharedStrings.xml": f"<sst {_MAIN}><si><t>{text}</t></si></sst>"},
    )


def far_cell(reference: str, row: str) -> bytes:
    """Return a workbook with a cell far away, which a reader may want to fill the way to."""
    sheet = f'<row r="1"><c r="A1" t="inlineStr"><is><t>Id</t></is></c></row><row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    return book({"Deals": f"<worksheet {_MAIN}><sheetData>{sheet}</sheetData></worksheet>"})


def wide_then_long(rows: int) -> bytes:
    """Return a workbook whose first row reaches to the last column there can be, above many rows of one cell."""
    first = '<row><c t="inlineStr"><is><t>Id</t></is></c><c r="XFD1" t="inlineStr"><is><t>Z</t></is></c></row>'
    lines = "<row><c><v>1</v></c><c><v>2</v></c></row>" * rows
    return book({"Deals": f"<worksheet {_MAIN}><sheetData>{first}{lines}</sheetData></worksheet>"})


def linked() -> bytes:
    """Return a workbook that refers to other files and addresses."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    link = f'<externalLink {_MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="r1"/></externalLink>'
    parts = {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": relations}
    return book({"Deals": [["Id", "Stage"], ["1", "Won"]]}, parts=parts)


def repeated_in_parquet(rows: int, size: int) -> bytes:
    """Return a Parquet file of one long text, again and again: a dictionary and a run of its first entry."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * size]))
    made = io.BytesIO()
    parquet.write_table(pa.table({"Id": text}), made, compression="zstd")
    return made.getvalue()


def nulls_in_parquet(rows: int) -> bytes:
    """Return a Parquet file of many rows of nothing."""
    made = io.BytesIO()
    parquet.write_table(pa.table({name: pa.nulls(rows, pa.string()) for name in "abcdefghijkl"}), made)
    return made.getvalue()


def wide_parquet(columns: int) -> bytes:
    """Return a Parquet file of many columns."""
    made = io.BytesIO()
    pl.DataFrame({f"c{n}": [1] for n in range(columns)}).write_parquet(made, statistics=False)
    return made.getvalue()


def database(suffix: str) -> bytes:
    """Return a DuckDB or SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{suffix}"
        if suffix == "duckdb":
            with duckdb.connect(str(path)) as con:
                con.execute("create table Opportunity as select 1 as Id")
        else:
            other = sqlite3.connect(path)
            other.execute("create table Opportunity (Id)")
            other.close()
        return path.read_bytes()


class _Opener:
    """What a pickle runs when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("pickle-was-read"),)  # type: ignore[return-value]


def pickled(protocol: int) -> bytes:
    """Return a pickle that leaves a file where it is read."""
    return pickle.dumps(_Opener(), protocol)


def arrow(*, stream: bool) -> bytes:
    """Return a table as Arrow IPC."""
    made = io.BytesIO()
    frame = pl.DataFrame({"Id": ["1"]})
    if stream:
        frame.write_ipc_stream(made)
    else:
        frame.write_ipc(made)
    return made.getvalue()


def _shared(number: int) -> Raw:
    return Raw(f'<c t="s"><v>{number}</v></c>')


def _strings_part(part: str) -> dict[str, str]:
    """Return the list of parts with one of shared texts, if that is the part that is wanted."""
    if "Strings" not in part:
        return {}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {"workbook": "sheet.main", "worksheets/1": "worksheet", "sharedStrings": "sharedStrings", "styles": "styles"}
    listed = "".join(f'<Override PartName="/xl/{name}.xml" ContentType="{kind}.{of}+xml"/>' for name, of in parts.items())
    return {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
        )
    }


_TABLES: Final = {f"{number}.csv": b"a,b\n1,2\n" for number in range(200)}
_DOCTYPE, _REFUSED, _UNKNOWN = "a document type", "more than the", "knows these files"
_DATABASE, _BINARY = "a DuckDB database", "a binary file"

ATTACKS: Final[dict[str, tuple[Attack, str]]] = {
    # zips
    "zip of too many tables": (lambda: ("a.zip", zipped(_TABLES)), "holds 200 tables"),
    "zips in zips": (lambda: ("a.zip", nested(10)), "it seems to be a zip"),
    "zip in a zip, as it is called": (lambda: ("a.zip", zipped({"b.zip": nested(2)})), "holds another zip"),
    "zip that lies in 64 bits": (lambda: ("a.zip", with_zip64_lie()), "unpacks to 4,611,686,018,427,387,904 bytes"),
    "zip with a link": (lambda: ("a.zip", with_link("/etc/passwd")), _UNKNOWN),
    "zip with a name twice": (lambda: ("a.zip", with_doubles()), "two files of one name"),
    "zip of overlapping members": (lambda: ("a.zip", overlapping(90, 2_100_000)), "unpacks to 189,000,000 bytes"),
    "zip by LZMA": (lambda: ("a.zip", zipped({"a.csv": HEAD}, zipfile.ZIP_LZMA)), "packed in an unusual way"),
    "zip by bzip2": (lambda: ("a.zip", zipped({"a.csv": HEAD}, zipfile.ZIP_BZIP2)), "packed in an unusual way"),
    "zip whose directory lies elsewhere": (lambda: ("a.zip", with_end_at(zipped({"a.csv": HEAD}), 2**31)), "cannot be unpacked"),
    "zip with a name of no letters": (lambda: ("a.zip", without_name()), "cannot be unpacked"),
    "zip that climbs": (lambda: ("a.zip", zipped({"../../a.csv": HEAD})), "would land outside"),
    "zip from the root": (lambda: ("a.zip", zipped({"/etc/a.csv": HEAD})), "would land outside"),
    # gzip
    "gzip bomb": (lambda: ("Opportunity.csv.gz", gzip_of_zeros(2**26)), _REFUSED),
    "gzip in gzip": (lambda: ("Opportunity.csv.gz", gzip.compress(gzip.compress(HEAD))), "another gzip file"),
    # workbooks
    "laughs in a sheet": (lambda: ("a.xlsx", laughing("xl/worksheets/1.xml")), _DOCTYPE),
    "laughs in texts": (lambda: ("a.xlsx", laughing("xl/sharedStrings.xml")), "limit on input amplification"),
    "entity in a sheet": (lambda: ("a.xlsx", reaching_out("xl/worksheets/1.xml")), _DOCTYPE),
    "entity in texts": (lambda: ("a.xlsx", reaching_out("xl/sharedStrings.xml")), "undefined entity"),
    "links to other files": (lambda: ("a.xlsx", linked()), _UNKNOWN),
    "one text in all cells": (lambda: ("a.xlsx", with_strings("x" * 100_000, 200, 10)), _REFUSED),
    "row far away": (lambda: ("a.xlsx", far_cell("B999999999", "999999999")), "a row has the number 999,999,999"),
    "row farther away": (lambda: ("a.xlsx", far_cell("B1", "9" * 5000)), "cannot be read"),
    "column far away": (lambda: ("a.xlsx", far_cell("ZZZZZZZZ2", "2")), "is not a valid column name"),
    "wide, then long": (lambda: ("a.xlsx", wide_then_long(2_000)), _REFUSED),
    # Parquet
    "one text in all rows": (lambda: ("a.parquet", repeated_in_parquet(200_000, 1_000)), "unpacks to 200,000,000 bytes"),
    "nothing in a billion rows": (lambda: ("a.parquet", nulls_in_parquet(3_000_000)), _REFUSED),
    "too many columns": (lambda: ("a.parquet", wide_parquet(11_000)), "11,000 columns"),
    # JSON
    "deep list": (lambda: ("a.json", b"[" * 100_000 + b"]" * 100_000), "nested too deeply"),
    "deep object": (lambda: ("a.jsonl", b'{"Id":' * 100_000 + b"1" + b"}" * 100_000), "nested too deeply"),
    "a key to an object": (lambda: ("a.jsonl", b"".join(b'{"k%d":1}\n' % number for number in range(11_000))), "11,000 columns"),
    "long keys": (lambda: ("a.jsonl", b"".join(b'{"%s%d":1}\n' % (b"k" * 200_000, n) for n in range(5))), "no header line, or one longer"),
    "half a character in a list": (lambda: ("a.jsonl", b'{"Id":"1","x":["\\ud800"]}\n'), "half a character"),
    "half a character in a deep key": (lambda: ("a.jsonl", b'{"Id":"1","x":[{"\\ud800":1}]}\n'), "half a character"),
    "exponent beyond measure": (lambda: ("a.jsonl", b'{"Id":1e99999999999999999999999}\n'), _UNKNOWN),
    "long number": (lambda: ("a.jsonl", b'{"Id":' + b"9" * 1_000_000 + b"}\n"), _UNKNOWN),
    # CSV
    "100,000 columns": (
        lambda: ("Opportunity.csv", b",".join(b"c%d" % n for n in range(100_000)) + b"\n"),
        "no header line, or one longer",
    ),
    "11,000 columns": (lambda: ("Opportunity.csv", HEAD.strip() + b",a" * 11_000 + b"\n"), "11,010 columns"),
    "cell of 40 MB": (lambda: ("Opportunity.csv", HEAD + b'1,"' + b"x" * 40_000_000 + b'"\n'), "a record of more than 33,554,432 bytes"),
    "UTF-16 that is none": (lambda: ("Opportunity.csv", b"\xff\xfe" + HEAD + ROW), "Opportunity.csv"),
    "half a character in UTF-16": (
        lambda: ("Opportunity.csv", b"\xff\xfe" + (HEAD + ROW).decode().encode("utf-16-le").replace(b"A\0", b"\0\xd8")),
        "cannot be decoded",
    ),
    "half a character in UTF-8": (lambda: ("Opportunity.csv", HEAD + ROW.replace(b"lose", b"\xed\xa0\x80\x81")), "cannot be decoded"),
    "quote that is never closed": (
        lambda: ("Opportunity.csv", HEAD + b'1,"A,Won\n' + b"2,B,Open,,,,,,,\n" * 20_000),
        "the quote opens on line 2",
    ),
    # what another program would run, or trust
    "DuckDB as CSV": (lambda: ("a.csv", database("duckdb")), _DATABASE),
    "DuckDB as a workbook": (lambda: ("a.xlsx", database("duckdb")), _DATABASE),
    "DuckDB as a zip": (lambda: ("a.zip", database("duckdb")), "cannot be unpacked"),
    "DuckDB as JSON": (lambda: ("a.json", database("duckdb")), "a.json is not utf-8"),
    "DuckDB as Parquet": (lambda: ("a.parquet", database("duckdb")), _DATABASE),
    "DuckDB in gzip": (lambda: ("a.csv.gz", gzip.compress(database("duckdb"))), _DATABASE),
    "DuckDB in a zip": (lambda: ("a.zip", zipped({"a.csv": database("duckdb")})), _DATABASE),
    "SQLite as CSV": (lambda: ("a.csv", database("sqlite")), "a SQLite database"),
    "SQLite in a zip": (lambda: ("a.zip", zipped({"a.csv": database("sqlite")})), "a SQLite database"),
    "pickle": (lambda: ("a.csv", pickled(5)), _BINARY),
    "pickle as text": (lambda: ("a.csv", pickled(0)), _UNKNOWN),
    "pickle in a zip": (lambda: ("a.zip", zipped({"a.csv": pickled(5)})), _BINARY),
    "Arrow": (lambda: ("a.csv", arrow(stream=False)), _BINARY),
    "Arrow, streamed": (lambda: ("a.parquet", arrow(stream=True)), _BINARY),
}
"""What is to be refused, and what is to be said of it; sizes are for limits that a test sets low."""
