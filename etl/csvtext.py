"""Frames → CSV that a spreadsheet opens safely and that reads back as it was.

Text cells that a spreadsheet would take for a formula get one leading apostrophe, and so do texts that begin with an apostrophe: taking
exactly one leading apostrophe off every text cell that has one gives the original back. Numbers and dates are never touched, so
negative amounts stay numbers.
"""

from __future__ import annotations

import polars as pl

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
"""A text that begins with one of these, blanks aside, is guarded."""


def to_csv(frame: pl.DataFrame) -> bytes:
    """Return a frame as UTF-8 CSV with a header, `.` as decimal point and ISO dates; lists as their values with `;` between."""
    guarded = frame.select(_cell(name, dtype) for name, dtype in frame.schema.items())
    return guarded.write_csv().encode()


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join(";")
    if dtype == pl.String:
        starts = [column.str.strip_chars_start(" ").str.starts_with(trigger) for trigger in TRIGGERS]
        return pl.when(pl.any_horizontal(starts)).then(pl.concat_str(pl.lit("'"), column)).otherwise(column).alias(name)
    return column


def from_guarded(column: str) -> pl.Expr:
    """Return the expression that takes the guard off a text column again."""
    return pl.col(column).str.replace("^'", "")
