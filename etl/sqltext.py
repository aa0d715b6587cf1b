"""Values and names as SQL text, in one place, for the few statements that cannot bind them."""

from __future__ import annotations

from collections.abc import Iterable


def literal(value: str | None) -> str:
    """Return a text as an SQL literal.

    >>> literal("O'Brien")
    "'O''Brien'"
    """
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """Return texts as a list of SQL literals, `null` where there are none, for `x in (…)`."""
    return ", ".join(literal(value) for value in values) or "null"


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
