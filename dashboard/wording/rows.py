"""What a chart of rows says: labelled rows, each with dots and their intervals on one common axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["customer", "seller", "strong", "quiet", "before"]
"""Whose a dot is, which decides its colour: of a group, of both (strong), too few to say (quiet), or how it was before (hollow)."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval, in the unit of the axis; `text` stands at the right end of the row, `behind` in grey below it.

    is_quiet greys a group's dot that rests on too few deals, which keeps its shape. key is what a click on the dot selects, else that
    of its row.
    """

    value: float
    role: Role
    text: str = ""
    behind: str = ""
    low: float | None = None
    high: float | None = None
    hover: tuple[str, ...] = ()
    is_quiet: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is about, a note in grey below, and its dots. Without dots the note says why there are none.

    key is what a click on one of its dots selects.
    """

    title: str
    dots: tuple[Dot, ...] = ()
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis: its title, how a tick reads, what is drawn through all rows, and the values it always holds.

    reference is a value that all rows are held against, such as 0 or the rate of all deals; its text stands at the top. names are those
    of the groups, and stand above the first row in the colours of their dots.
    """

    title: str
    tick: Callable[[float], str]
    reference: float | None = None
    reference_text: str = ""
    holds: tuple[float, ...] = ()
    names: tuple[tuple[Role, str], ...] = ()


def alt(title: str, rows: Sequence[Row]) -> str:
    """Return a chart of rows in a line, for those who cannot see it."""
    told = [f"{row.title} {', '.join(dot.text for dot in row.dots if dot.text) or row.note}" for row in rows]
    return f"{title}: {'; '.join(told)}."


def is_drawn(made: Sequence[Row]) -> bool:
    """Return whether any row has something to draw."""
    return any(row.dots for row in made)
