"""What a fuzzer starts from: for each target, small inputs that reach deep."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl

from etl.config import DEFAULTS
from etl.mapping import CRM_FOLDER
from tests.etl.books import Cell, sheet_xml
from tests.etl.malformed import DELIMITERS, ENCODINGS, JSONS, LINE_ENDS, QUOTES, Case
from tests.etl.test_guard import ESCAPES
from tests.fuzz.targets import APART

_STRINGS: Final = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Id</t></si><si><t>_x000D_b</t></si></sst>'
_LONGEST_QUERY: Final = 500
_ROWS: Final[list[list[Cell]]] = [["Id", "Stage", "Amount"], ["1", "Won", 2.5], ["2", None, True]]
_CELLS: Final = (
    "tbd, ask client\0n/a\0asdfasdf\0xxxx\0They lose orders\0待定\0-\0#N/A",
    "1.234,50\0(1,234.50)\0$ 12\0-5e3\0EUR 1'000\0 12\0",
    "2026-01-02\x0003/04/2025 11:59 PM\0Sep 12, 2026\x002026-01-01T12:00:00+02:00\x0000/00/0000",
)
_DEALS: Final = b'1,A,Closed Won,100.50,2026-02-01,1,1,2026-01-01,They lose orders\n2,"B, C",Open,,2026-03-01,0,0,2026-01-02,tbd\n'


def seeds(target: str) -> list[bytes]:
    """Return the inputs that a target starts from."""
    return list(_SEEDS[target]())


def write(target: str, folder: Path) -> None:
    """Put the inputs of a target into a folder, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target)):
        (folder / f"seed-{number}").write_bytes(data)


def _zip(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _files(*parts: dict[str, Case]) -> Iterator[bytes]:
    """Yield the files of some cases."""
    for case in (case for part in parts for case in part.values()):
        if isinstance(case.files, dict):
            yield from case.files.values()


def _books() -> Iterator[bytes]:
    inline = sheet_xml(_ROWS).encode()
    yield inline
    yield re.sub(rb'<c t="inlineStr">.*?</c>', b'<c r="A1" t="s"><v>1</v></c>', inline) + APART + _STRINGS


def _parquet() -> Iterator[bytes]:
    made = io.BytesIO()
    pl.DataFrame({"Id": ["1", "2"], "Amount": [1.5, None], "Tags": [["a"], []]}).write_parquet(made)
    yield made.getvalue()[4:]


def _cells() -> Iterator[bytes]:
    yield from (text.encode() for text in _CELLS)


_SEEDS: Final[dict[str, Callable[[], Iterable[bytes]]]] = {
    "csv": lambda: _files(QUOTES, DELIMITERS, ENCODINGS, LINE_ENDS),
    "json": lambda: _files(JSONS),
    "gzipped": lambda: (b"\0" + gzip.compress(b"a,b\n1,2\n")[1:], b"\x01a,b\n1,2\n", b"\x01" + gzip.compress(b"x")),
    "workbook": _books,
    "zipped": lambda: (_zip({"a.csv": b"x\n"}), _zip({"b/Opportunity.csv": b"Id\n1\n", "c.png": b"", "d.json": b"[]"})),
    "parquet": _parquet,
    "settings": lambda: (DEFAULTS.read_bytes()[:3000], b"[tag]\nlandmark_day = 30\n", b'[questions.pain]\nlabel = "P"\nfields.x = ["A"]\n'),
    "mapping": lambda: (path.read_bytes() for path in sorted(CRM_FOLDER.glob("*.toml"))),
    "values": _cells,
    "states": _cells,
    "query": lambda: (sql.encode() for sql, _ in ESCAPES.values() if len(sql) < _LONGEST_QUERY),
    "name": lambda: (b"../../etc/passwd.csv", b"C:\\a\\b.csv", "a\u202e.csv".encode()),
    "deals": lambda: (_DEALS,),
}
