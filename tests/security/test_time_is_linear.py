"""Texts made to take long: each pattern that runs over what strangers wrote is done with many thousands of them.

No time is measured: a pattern that goes back and forth would not be done within anybody's patience.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import duckdb
import pytest

from etl.config import CrmField, load_config
from etl.count import count_patiently
from etl.dialect import above_header, guess_delimiter, is_note, named_delimiter, read_header
from etl.formats.jsontext import _MARKS
from etl.guard import _EXPLAIN
from etl.guess import words_of
from etl.mapping import folded
from etl.states import STATES, state_sql, text_key_sql
from etl.styles import money_sql, time_sql
from etl.uploads import readable_name

pytestmark = pytest.mark.security

LONG: Final = 50_000
SAMPLE: Final = 2**17  # as much as is looked at of a file to decide how it is written
PIECES: Final = {
    "quotes": '"',
    "doubled quotes": '""',
    "quoted cells": '"",',
    "quotes and blanks": ' "',
    "stray quotes": 'x"y,',
    "delimiters": ",",
    "blanks": " ",
    "line ends": "\r\n",
    "keys of the home row": "asdfjkl",
    "one letter": "a",
    "consonants": "bcdfgh",
    "noise and gaps": "asdf, ",
    "placeholders": "tbd ",
    "placeholders that nearly are": "n/a-",
    "fillers": "will ask the client ",
    "zeros": "0",
    "dashes": "-",
    "digits and commas": "1,",
    "brackets": "(1)",
    "dates": "2026-01-02 ",
    "slashes": "1/2/",
    "ideographs": "待定",
    "entities": "&lt;",
    "backslashes": "\\",
    "explain": "explain ",
    "brackets of JSON": '["\\',
}


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("set TimeZone = 'UTC'")
    return made


@pytest.fixture(scope="module")
def judged() -> str:
    """Return a query that reads a text in all ways that a load may read a cell."""
    answers = load_config().answers
    kinds = (CrmField(name="x"), CrmField(name="x", kind="choice"))
    states = ", ".join(state_sql("text", kind, answers) for kind in kinds)
    values = ", ".join(
        (*(money_sql("text", style) for style in ("point", "comma")), *(time_sql("text", style) for style in ("iso", "dmy", "named")))
    )
    return f"select {states}, hash({values}, {text_key_sql('text')}) from (select unnest(?) as text)"


def test_long_cells_are_judged(con: duckdb.DuckDBPyConnection, judged: str) -> None:
    """By DuckDB, whose patterns never go back; here to show that none was made that it cannot hold."""
    texts = [(piece * (LONG // len(piece)))[:LONG].strip() + end for piece in PIECES.values() for end in ("", "!x")]
    found = con.execute(judged, [texts]).fetchall()
    assert len(found) == len(texts)
    assert {state for *states, _ in found for state in states} <= {*STATES}


READERS: Final[dict[str, Callable[[str], object]]] = {
    "header": lambda text: read_header(text, ","),
    "delimiter": guess_delimiter,
    "title": lambda text: above_header(text, ","),
    "sep": lambda text: named_delimiter("a.csv", text),
    "records": lambda text: count_patiently(io.StringIO(text, newline=""), ","),
    "note": lambda text: is_note(text[:10_000], ","),
    "marks of JSON": lambda text: sum(1 for _ in _MARKS.finditer(text)),
    "explain": _EXPLAIN.match,
    "folded header": folded,
    "words of a header": words_of,
    "name": readable_name,
}


@pytest.mark.parametrize("name", READERS)
def test_python_is_done_with_each(name: str) -> None:
    """Our own patterns, by Python, which can go back: on as much as they are ever given at once."""
    for piece in PIECES.values():
        for end in ('"', "!x\n"):
            READERS[name]((piece * (SAMPLE // len(piece)))[: SAMPLE - len(end)] + end)
