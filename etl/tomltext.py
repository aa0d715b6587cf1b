"""Tables as TOML text; the standard library reads TOML and does not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from etl.visible import visible

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def toml(tables: Mapping[str, Any]) -> str:
    r"""Return tables of texts, numbers, lists and tables as TOML, in their order.

    >>> print(toml({"tag": {"landmark_day": 30}, "questions": {"pain": {"label": 'A "b"', "fields": {"salesforce": ["Pain__c"]}}}}))
    [tag]
    landmark_day = 30
    <BLANKLINE>
    [questions.pain]
    label = "A \"b\""
    <BLANKLINE>
    [questions.pain.fields]
    salesforce = ["Pain__c"]
    <BLANKLINE>
    """
    return "\n".join(_sections(tables, ()))


def _sections(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if path and (values or not table):
        yield f"[{'.'.join(key_text(part) for part in path)}]"
    for key, value in values.items():
        yield f"{key_text(key)} = {value_text(value)}"
    if values:
        yield ""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _sections(value, (*path, key))


def key_text(name: str) -> str:
    """Return a key, in quotes where it needs them."""
    return name if _BARE_KEY.fullmatch(name) else value_text(name)


def value_text(value: Any) -> str:
    """Return a text, number, truth value, list or table on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key_text(key)} = {value_text(each)}' for key, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(each) for each in value)}]"
    # A JSON text is a TOML one, but that TOML wants U+007F escaped too. Numbers and truth values are the same in both.
    # What hides or turns others is escaped as well, so that a line to copy is what it looks like.
    return visible(json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f"))
