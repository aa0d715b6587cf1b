"""What a chart of values over ordered steps says: a point per step and series, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Role = Literal["customer", "seller"]


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a step, with its interval; `text` stands above it, and is_quiet greys what rests on too few deals."""

    step: int
    value: float
    low: float | None
    high: float | None
    role: Role
    text: str = ""
    hover: tuple[str, ...] = ()
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A line of points, in order; its name stands at its end. Without a name it is of both groups: its line is grey and has no band."""

    name: str
    role: Role
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps along the axis: a label each, in grey a note below each, and the title; tick says how a value reads on the other axis.

    divider is the step before which a line parts the steps, with a text on either side.
    """

    labels: tuple[str, ...]
    title: str
    tick: Callable[[float], str]
    notes: tuple[str, ...] = ()
    divider: int | None = None
    sides: tuple[str, str] = ("", "")
