"""A table to read: a frame whose columns bear the names that people see, and what kind of thing each holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

Kind = Literal["text", "wide", "list", "count", "rate", "day", "moment", "yes or no", "link"]
"""What a column holds, which decides how it is shown; `wide` is a text of a sentence, `list` holds lists of texts,
`rate` numbers whose every digit counts."""


@dataclass(frozen=True, slots=True)
class Table:
    """A frame to show, and the kind of each of its columns by name."""

    frame: pl.DataFrame
    kinds: Mapping[str, Kind]


def made(columns: Mapping[str, tuple[Kind, pl.Series]]) -> Table:
    """Return a table of columns, by the name that is shown."""
    frame = pl.DataFrame({name: values for name, (_, values) in columns.items()})
    return Table(frame, {name: kind for name, (kind, _) in columns.items()})
