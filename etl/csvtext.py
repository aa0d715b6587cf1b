"""Frames → CSV that a spreadsheet opens safely and that reads back as it was.

A spreadsheet takes a text for a formula where a cell begins with one of TRIGGERS. Such a text gets one leading apostrophe. A cell may
also begin inside a text: where a program splits the file at another separator than it was written with, at each such separator or line
break. A trigger behind one of these gets an apostrophe too. Texts that have an apostrophe in such a place get one more, so that taking
one away in each place gives the original back. Numbers and dates are never touched, so negative amounts stay numbers.
Source: OWASP, CSV Injection.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
"""A text that begins with one of these, blanks aside, is guarded."""

_FIRST = r"^([\s\u200b\ufeff]*[=+\-@'＝＋－＠]|[\t\r\n])"
_LATER = r"([{breaks}])([ \"]*[=+\-@'＝＋－＠])"


@dataclass(frozen=True, slots=True)
class Style:
    """How a CSV is written: what stands between cells, the decimal point, and whether a byte order mark tells Excel that it is UTF-8."""

    separator: str = ","
    decimal: str = "."
    has_mark: bool = False


PLAIN = Style()
EXCEL = Style(separator=";", decimal=",", has_mark=True)
"""What Excel opens by double click where the decimal point is a comma."""


def to_csv(frame: pl.DataFrame, style: Style = PLAIN) -> bytes:
    """Return a frame as UTF-8 CSV with a header and ISO dates; lists as their values with `;` between."""
    guarded = frame.select(_cell(name, dtype, style) for name, dtype in frame.schema.items())
    return guarded.write_csv(separator=style.separator, decimal_comma=style.decimal == ",", include_bom=style.has_mark).encode()


def breaks(style: Style) -> str:
    """Return where a program that splits a file of this style at another separator, or knows no quotes, begins a cell."""
    return ",;".replace(style.separator, "") + "\t\r\n"


def _cell(name: str, dtype: pl.DataType, style: Style) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.List):
        joined = column.cast(pl.List(pl.String)).list.join(";")
        return _guarded(joined, style) if dtype.inner == pl.String else joined
    return _guarded(column, style) if dtype == pl.String else column


def _guarded(text: pl.Expr, style: Style) -> pl.Expr:
    return text.str.replace_all(_LATER.format(breaks=breaks(style)), "$1'$2").str.replace(_FIRST, "'$1")


def from_guarded(column: str, style: Style = PLAIN) -> pl.Expr:
    """Return the expression that takes the guard off a text column again."""
    return pl.col(column).str.replace_all(f"([{breaks(style)}])'", "$1").str.replace("^'", "")
