"""JSON, a list of objects or one object to a line → a CSV copy with a column for each key that any object has.

An object within an object becomes columns named with a dot (`owner.name`), a list stays together as JSON text. Numbers keep the digits
that they are written with. Objects are counted by their lines or brackets, without the JSON parser.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NoReturn

from etl.dialect import encoding_from_mark, known_encoding, undecodable
from etl.errors import UnreadableFile
from etl.formats.copies import Copies, Copy, CsvCopy
from etl.read import refuse_too_wide
from etl.unpack import Export

_DEEPEST: Final = 16
"""Levels of objects within objects that become columns of their own; what lies deeper stays together as JSON text."""

_LONGEST_NUMBER: Final = 40  # digits that are written out
_BLANKS: Final = " \t\r\n"
_MARKS: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]', re.DOTALL)


class _Digits(str):
    """A number as it is written."""

    __slots__ = ()


class _Wrong(ValueError):
    """What JSON allows, or Python does, and a table cannot hold."""


def copies(export: Export, work: Path, encoding: str | None) -> Copies:
    """Return the table of a JSON file, its columns in the order in which they first appear.

    Raises UnreadableFile, with the line, for what is not JSON, is no object, has a key twice or a number that is none.
    """
    columns: dict[str, None] = {}
    for each in _objects(export, encoding):
        columns.update(dict.fromkeys(each))
    if not columns:
        raise UnreadableFile(
            f"{export.name} holds no objects with keys", expected="a list of objects, or one object to a line", todo="Export it again."
        )
    refuse_too_wide(export.name, len(columns))
    with CsvCopy(export, work) as copy:
        copy.write(columns)
        for each in _objects(export, encoding):
            copy.write(each.get(name, "") for name in columns)
    return Copies((Copy(export.name, copy.path, _counted(export, encoding) + 1),))


def _objects(export: Export, encoding: str | None) -> Iterator[dict[str, str]]:
    """Yield each object as its columns and their texts."""
    if _is_list(export, encoding):
        yield from _of_list(export.name, _all(export, encoding))
        return
    for number, line in _lines(export, encoding):
        try:
            yield _flat(_parsed(line))
        except (ValueError, RecursionError) as error:
            raise _unreadable(export.name, number, error) from error


def _of_list(name: str, text: str) -> Iterator[dict[str, str]]:
    """Yield the objects of a list one by one, so that an error can be told with its line."""
    decoder = _decoder()
    at = text.index("[") + 1
    is_first = True
    try:
        while True:
            at = _after_blanks(text, at)
            if is_first and text[at : at + 1] == "]":
                break
            value, at = decoder.raw_decode(text, at)
            yield _flat(_object(value))
            is_first = False
            at = _after_blanks(text, at)
            mark = text[at : at + 1]
            at += 1
            if mark == "]":
                at -= 1
                break
            if mark != ",":
                raise _Wrong(
                    "the list is not closed: the end is missing" if not mark else f"a comma is missing before {text[at - 1 : at + 19]!r}"
                )
        rest = _after_blanks(text, at + 1)
        if rest < len(text):
            at = rest
            raise _Wrong(f"something follows the list: {text[rest : rest + 20]!r}")
    except (ValueError, RecursionError) as error:
        place = error.pos if isinstance(error, json.JSONDecodeError) else at
        raise _unreadable(name, text.count("\n", 0, place) + 1, error) from error


def _after_blanks(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _BLANKS:
        at += 1
    return at


def _parsed(line: str) -> dict[str, Any]:
    return _object(_decoder().decode(line))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("it is no object with keys and values")
    return value


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_once, parse_int=_Digits, parse_float=_digits, parse_constant=_no_number)


def _digits(text: str) -> _Digits:
    """Return a number with its digits, written out, and without a decimal point where it is whole.

    >>> [_digits(text) for text in ("1054.0", "12345678901234567890.5", "1.5e3")]
    ['1054', '12345678901234567890.5', '1500']
    """
    try:
        number = Decimal(text)
    except InvalidOperation:  # its exponent is beyond all measure
        return _Digits(text)
    if abs(number.adjusted()) > _LONGEST_NUMBER:
        return _Digits(text)
    written = format(number, "f")
    return _Digits(written.rstrip("0").rstrip(".") if "." in written else written)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; raises _Wrong for a key that it has twice, as one of the two values would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Wrong(f"the key {next(key for key in keys if keys.count(key) > 1)!r} occurs twice in one object")
    return made


def _no_number(name: str) -> NoReturn:
    raise _Wrong(f"{name} is no number")


def _flat(value: dict[str, Any], prefix: str = "", depth: int = 1) -> dict[str, str]:
    """Return an object as columns and texts: null as empty, true and false as words, lists as JSON."""
    made: dict[str, str] = {}
    for key, each in value.items():
        name = _whole(f"{prefix}{key}")
        cells = _flat(each, f"{name}.", depth + 1) if isinstance(each, dict) and depth < _DEEPEST else {name: _text(each)}
        if doubled := made.keys() & cells:
            raise _Wrong(f"two values are for one column, {doubled.pop()!r}")
        made |= cells
    return made


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return _whole(value)
        case _:
            return _as_json(value)


def _whole(text: str) -> str:
    r"""Return a text; raises _Wrong for half a character, such as \\ud83d without its second half."""
    if any("\ud800" <= letter <= "\udfff" for letter in text) if not text.isascii() else False:
        raise _Wrong(f"a text holds half a character: {text[:40]!a}")
    return text


def _as_json(value: Any) -> str:
    """Return lists and objects as JSON text, numbers with their own digits."""
    match value:
        case _Digits():
            return str(value)
        case list():
            return "[" + ", ".join(map(_as_json, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_as_json(key)}: {_as_json(each)}" for key, each in value.items()) + "}"
        case str():
            return json.dumps(_whole(value), ensure_ascii=False)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _counted(export: Export, encoding: str | None) -> int:
    """Return how many objects a file holds: lines that are not blank, or brackets that open on the first level of the list."""
    if not _is_list(export, encoding):
        return sum(1 for _ in _lines(export, encoding))
    depth = count = 0
    for mark in _MARKS.finditer(_all(export, encoding)):
        if mark[0] in "{[":
            count += depth == 1
            depth += 1
        elif mark[0] in "}]":
            depth -= 1
    return count


def _is_list(export: Export, encoding: str | None) -> bool:
    return next((line for _, line in _lines(export, encoding)), "").lstrip(_BLANKS).startswith("[")


def _lines(export: Export, encoding: str | None) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not blank, with their numbers from 1."""
    with export.path.open("rb") as file:
        marked = encoding_from_mark(file.read(4))
    found = known_encoding(encoding) if encoding else marked or "utf-8"
    try:
        with export.path.open(encoding=found, newline="\n") as lines:
            for number, line in enumerate(lines, start=1):
                text = line.removeprefix("\ufeff") if number == 1 else line
                if text.strip(_BLANKS):
                    yield number, text.strip(_BLANKS)
    except UnicodeDecodeError as error:
        raise undecodable(export.name, found, _first_undecodable(export.path, found)) from error


def _first_undecodable(path: Path, encoding: str) -> int:
    """Return the offset of the first byte that an encoding does not have."""
    decoder, position = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        while True:
            block = file.read(2**20)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return position - pending + error.start
            position += len(block)
            if not block:
                return position


def _all(export: Export, encoding: str | None) -> str:
    """Return the text of a file, blank lines as empty ones, so that lines keep their numbers."""
    made: list[str] = []
    for number, line in _lines(export, encoding):
        made += [""] * (number - 1 - len(made))
        made.append(line)
    return "\n".join(made)


def _unreadable(name: str, number: int, error: Exception) -> UnreadableFile:
    if isinstance(error, json.JSONDecodeError):
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
    elif isinstance(error, RecursionError):
        reason = "objects or lists are nested too deeply"
    else:
        reason = str(error)
    return UnreadableFile(
        f"{name} cannot be read as JSON: {reason}",
        where=f"line {number:,}",
        expected="one whole object to a line, or a list of objects in square brackets",
        todo="Mend that line, or export the file again: it may have been cut short.",
    )
