"""Every number of a text, held against the rows that it may come from.

A number agrees with a value where rounding the value, or a hundred times it, may have given the number. Numbers that are written together
(204 of 329; 4 to 23; 62% (204 of 329)) must come from one row. Signs are left aside: words bear them too, as in 14 points less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tests.dashboard.pages import plain

Floats = npt.NDArray[np.float64]

_NUMBER = r"(?<![\w.,/])[+−]?€?(\d[\d,]*(?:\.\d+)?m?)%?(?![\w/])"
_PAIR = rf"{_NUMBER} (?:of|to) {_NUMBER}"
_TOGETHER = re.compile(rf"{_NUMBER}(?: points| days)?(?: \w+)? ?\((?:~ )?{_PAIR}|{_PAIR}(?: \w+)? \({_NUMBER}|{_PAIR}|{_NUMBER}")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NO_FIGURES = re.compile(
    rf"\d\d? (?:{_MONTHS}) \d{{4}}(?: at \d\d:\d\d UTC)?|\d{{4}}-\d\d-\d\d(?: [\d:.]+)?|\bQ\d(?: (?:FY)?\d{{4}})?|\b95% interval|99\.8%?|95 in 100|< 0\.001"
)
"""Days, quarters, and how sure an interval is."""


@dataclass(frozen=True)
class Figures:
    """Values that a text may speak of: a table for each metric, without signs; and names that hold digits, which are no numbers."""

    tables: Sequence[Floats]
    names: Sequence[str] = ()

    def unexplained(self, text: str) -> list[str]:
        """Return the numbers of a text, those that are written together as one, that no row explains."""
        for name in self.names:
            text = text.replace(plain(name), "~")
        written = _TOGETHER.finditer(_NO_FIGURES.sub("~", text))
        return [found[0] for found in written if not self.explains([each for each in found.groups() if each])]

    def explains(self, numbers: Sequence[str]) -> bool:
        """Return whether one row holds all the numbers; or two of three, of which the third is the rate."""
        if self._in_one_row(numbers):
            return True
        if len(numbers) < 3:
            return False
        first, second, third = numbers
        given = [(first, second, third), (third, first, second)]
        return any(_is_rate(rate, part, whole) and self._in_one_row((part, whole)) for rate, part, whole in given)

    def _in_one_row(self, numbers: Iterable[str]) -> bool:
        values = [_read(number) for number in numbers]
        return any(np.logical_and.reduce([_holds(table, *value) for value in values]).any() for table in self.tables)


def figures(frames: Iterable[pl.DataFrame], others: Sequence[float]) -> Figures:
    """Return the numbers of frames row by row, each with the sums of its whole numbers, and of `others`, which are a row too."""
    given = list(frames)
    texts = {text for frame in given for column in frame.select(pl.selectors.string()) for text in column.drop_nulls()}
    names = [text for text in texts if re.search(r"\d", text) and re.search(r"[^\W\d_]{2}", text)]
    return Figures([*map(_table, given), np.array([others], dtype=np.float64)], sorted(names, key=len, reverse=True))


def _table(frame: pl.DataFrame) -> Floats:
    """Return the numbers of a frame, beside them in each row the sums of its counts and flags, and how many rows there are."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List) and dtype.inner.is_numeric()]
    spread = frame.with_columns(pl.col(name).list.to_struct(fields=[f"{name} {number}" for number in range(20)]) for name in lists)
    flat = spread.unnest(*lists) if lists else spread
    counts = flat.select(pl.selectors.integer() | pl.selectors.boolean()).sum()
    numbers = flat.select(pl.selectors.numeric().cast(pl.Float64))
    beside = np.tile([*(float(count or 0) for count in counts.row(0)), float(frame.height)], (max(frame.height, 1), 1))
    values = numbers.to_numpy() if numbers.height else np.full((len(beside), numbers.width), np.nan)
    together: Floats = np.abs(np.hstack([values, beside]))
    return together


def _read(number: str) -> tuple[float, float]:
    """Return the value of a number as it is written, and the step that it is rounded to: of its last digit that is not a filling 0."""
    digits, scale = (number[:-1], 1e6) if number.endswith("m") else (number, 1.0)
    digits = digits.replace(",", "").rstrip(".")
    decimals = len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0")) if not decimals and digits.strip("0") else 0
    return float(digits) * scale, 10.0 ** (zeros - decimals) * scale


def _holds(table: Floats, value: float, step: float) -> npt.NDArray[np.bool_]:
    """Return which rows hold a value that is rounded to the number, as it is or in hundredths."""
    half = step / 2 + 1e-9
    near = (np.abs(table - value) <= half) | (np.abs(100 * table - value) <= half)
    return np.asarray(near.any(axis=1))


def _is_rate(share: str, part: str, whole: str) -> bool:
    value, step = _read(share)
    of = _read(whole)[0]
    return bool(of) and abs(100 * _read(part)[0] / of - value) <= step / 2 + 1e-9
