"""What a fuzzer is let loose on: functions of bytes, each with what must hold whatever the bytes are.

A target ends quietly, or with a SameSideError; anything else is a finding. `test_targets.py` runs each for a moment with hypothesis, and
for as long as wanted with `run.py`, a fuzzer that follows the paths through the code.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from etl.amounts import cents_of
from etl.config import CrmField, load_config
from etl.errors import SameSideError
from etl.formats import tables_of
from etl.guard import Guard, Limits
from etl.load import Request, load
from etl.mapping import load_mapping
from etl.read import Export, find_exports, parser_rejects, reconcile, scan
from etl.sample import SAMPLE
from etl.states import STATES, state_sql
from etl.styles import MoneyStyle, TimeStyle, money_sql, time_sql
from etl.uploads import readable_name
from tests.etl.books import book

Target = Callable[[bytes], None]

CANARY: Final = "canary-7f3a"
"""Stands in a file and in the environment; nothing that a query answers may hold it."""

SHEET, STRINGS = "xl/worksheets/1.xml", "xl/sharedStrings.xml"
APART: Final = b"\0\0"
"""What stands between the parts of a workbook in the bytes that one is made of."""

_LIMITS: Final = Limits(rows=100, megabytes=1, seconds=2, memory="200MB")


def csv(data: bytes) -> None:
    """A CSV of any dialect: rows read = rows that come through + rows rejected."""
    _read("deals.csv", data)


def json(data: bytes) -> None:
    """JSON or JSON lines, told by its name alone."""
    _read("deals.json", data)


def gzipped(data: bytes) -> None:
    """A gzip file, damaged, or whole around anything."""
    _read("deals.csv.gz", b"\x1f\x8b" + data[1:] if data[:1] == b"\0" else gzip.compress(data[1:], 1))


def workbook(data: bytes) -> None:
    """A workbook of any sheet and any texts; its zip is whole, so that the fuzzer reaches what is in it."""
    sheet, _, strings = data.partition(APART)
    parts: dict[str, str | bytes | None] = {SHEET: sheet, STRINGS: strings or None}
    _read("deals.xlsx", book({"Deals": ""}, parts=parts))


def zipped(data: bytes) -> None:
    """A zip, whole or not: what is unpacked lies where it should, and nowhere else."""
    with _folder() as folder:
        path = folder / "export.zip"
        path.write_bytes(data)
        with suppress(SameSideError):
            found = find_exports([path], folder / "work")
            outside = [each for each in found.files if each.path.parent != folder / "work"]
            if outside:
                raise AssertionError(f"unpacked elsewhere: {outside}")
        if {each.name for each in folder.iterdir()} - {"export.zip", "work"}:
            raise AssertionError(f"something was written beside the work folder: {list(folder.iterdir())}")


def parquet(data: bytes) -> None:
    """A Parquet file, whole or not."""
    _read("deals.parquet", b"PAR1" + data)


def settings(data: bytes) -> None:
    """A sameside.toml."""
    _of_file(data, "sameside.toml", load_config)


def mapping(data: bytes) -> None:
    """A mapping of one's own, and what its patterns do with names that somebody else chose."""
    _of_file(data, "mine.toml", load_mapping)


def values(data: bytes) -> None:
    """Cells between zero bytes, read as times and as amounts: where an amount is read, another way of reading it agrees."""
    texts = [part.decode(errors="replace").strip() for part in data.split(b"\0")]
    con, judged = _valued()
    for text, _, *amounts in con.execute(judged, [texts]).fetchall():
        for style, amount in zip(_MONEY, amounts, strict=True):
            if amount is not None and cents_of(text, style) != int(amount * 100):
                raise AssertionError(f"{text!r} as {style}: {amount} by SQL, {cents_of(text, style)} hundredths by Python")


def states(data: bytes) -> None:
    """Texts of fields: each has one state. Many are cut from the bytes, as the patterns are large, and made for each query."""
    text = data.decode(errors="replace")
    texts = {text[start:end].strip() for start in range(0, len(text), 3) for end in (start + 3, start + 17, start + 90)}
    con, judged = _judge()
    found = {state for row in con.execute(judged, [sorted(texts)]).fetchall() for state in row}
    if unknown := found - {*STATES}:
        raise AssertionError(f"no states: {unknown}")


def query(data: bytes) -> None:
    """A query of a user's own: answered or refused, and never with what lies outside the file."""
    with suppress(SameSideError):
        answer = guard().ask(data.decode(errors="replace"))
        if CANARY in str(answer.frame.rows()):
            raise AssertionError("the query got out of the file")


def name(data: bytes) -> None:
    """A file's name as a visitor sends it: shown, and no path."""
    label = readable_name(data.decode(errors="surrogateescape"))
    if not label or any(letter in label for letter in "/\\\0\n\r"):
        raise AssertionError(f"not a name: {label!r}")
    label.encode()


_HEAD: Final = b"Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,Pain__c\n"


def deals(data: bytes) -> None:
    """A whole load of deals whose header is known: rows read = rows loaded + rows rejected, or nothing is published."""
    with _folder() as folder:
        (folder / "Opportunity.csv").write_bytes(_HEAD + data)
        with suppress(SameSideError):
            report = load(Request((folder / "Opportunity.csv",), folder / "data", load_config()))
            with duckdb.connect(str(report.database), read_only=True) as con:
                counts = con.execute("select sum(rows_read), sum(rows_loaded), sum(rows_rejected) from raw.load_files").fetchall()[0]
            if counts[0] != counts[1] + counts[2]:
                raise AssertionError(f"rows were lost: {counts}")


TARGETS: Final[dict[str, Target]] = {
    each.__name__: each for each in (csv, json, gzipped, workbook, zipped, parquet, settings, mapping, values, states, query, name, deals)
}
_MONEY: Final[tuple[MoneyStyle, ...]] = ("point", "comma")
_TIMES: Final[tuple[TimeStyle, ...]] = ("iso", "dmy", "mdy", "named")


def _read(label: str, data: bytes) -> None:
    """Read a file by its name and bytes; raises where a row is neither read nor rejected."""
    with _folder() as folder:
        path = folder / "1"
        path.write_bytes(data)
        with suppress(SameSideError):
            for table in tables_of(Export(label, path), folder / "work").tables:
                loaded = _reader().execute(f"select count(*) from {scan(table)}").fetchall()[0][0]
                reconcile(table, loaded, len(parser_rejects(_reader(), table)) if loaded != table.records else 0)


def _of_file(data: bytes, label: str, read: Callable[[Path], object]) -> None:
    with _folder() as folder, suppress(SameSideError):
        (folder / label).write_bytes(data)
        read(folder / label)


@contextmanager
def _folder() -> Iterator[Path]:
    """Yield a folder in memory, where the system has one."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    """Return a connection that files are read with."""
    return duckdb.connect(config={"threads": 1})


@cache
def _valued() -> tuple[duckdb.DuckDBPyConnection, str]:
    """Return a connection and a query that reads texts as amounts of each style, and as times."""
    amounts = ", ".join(money_sql("text", style) for style in _MONEY)
    times = ", ".join(time_sql("text", style) for style in _TIMES)
    con = duckdb.connect(config={"threads": 1})
    con.execute("set TimeZone = 'UTC'")
    return con, f"select text, hash({times}), {amounts} from (select nullif(unnest(?), '') as text) where text is not null"


@cache
def _judge() -> tuple[duckdb.DuckDBPyConnection, str]:
    """Return a connection and a query that tells the states of texts, in fields of each kind."""
    answers = load_config().answers
    kinds = (CrmField(name="x"), CrmField(name="x", kind="choice"), CrmField(name="x", kind="flag"))
    judged = ", ".join(state_sql("text", kind, answers) for kind in kinds)
    return duckdb.connect(config={"threads": 1}), f"select {judged} from (select nullif(unnest(?), '') as text)"


@cache
def guard() -> Guard:
    """Return the guard of the sample, beside which lies a file that holds the canary."""
    folder = Path(tempfile.mkdtemp())
    (folder / "canary.csv").write_text(CANARY)
    os.environ["CANARY"] = CANARY
    return Guard(load(Request((SAMPLE,), folder, load_config())).database, _LIMITS)
