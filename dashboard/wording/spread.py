"""How far the days to the close are spread: a strip for each group, for wins and for losses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import CUSTOMER, SELLER, TOO_FEW, Picture

AXIS = "Days from creation to the close"
SHARES = (10, 25, 50, 75, 90)

_TITLE = "How far the days are spread"
_HEADINGS = {"won": "Days to the win", "lost": "Days to the loss"}
_NAMES = {"customer-focused": CUSTOMER, "seller-focused": SELLER}
_NONE = "–"
_COLUMNS = ("Close", "Group", "Deals", *(f"{share} of 100 by" for share in SHARES), "95% interval of the median")


@dataclass(frozen=True, slots=True)
class Strip:
    """A row: whose deals, how many, and the days by which 10, 25, 50, 75 and 90 of 100 are closed; no days with too few deals.

    heading is that of its outcome, where it is the first of one.
    """

    heading: str
    group: Literal["customer", "seller"]
    name: str
    days: tuple[float, ...]
    text: str
    hover: tuple[str, ...] = ()


def strips(spread: pl.DataFrame) -> list[Strip]:
    """Return a strip for each row of metrics.cycle_spread, wins first."""
    rows = sorted(spread.iter_rows(named=True), key=lambda row: (row["outcome"] != "won", row["focus"]))
    outcomes = [None, *(row["outcome"] for row in rows)]
    return [_strip(row, is_first=row["outcome"] != before) for row, before in zip(rows, outcomes, strict=False)]


def _strip(row: Mapping[str, Any], *, is_first: bool) -> Strip:
    group: Literal["customer", "seller"] = "customer" if row["focus"] == "customer-focused" else "seller"
    heading = _HEADINGS[row["outcome"]] if is_first else ""
    deals = f"{rounding.whole(row['closed'])} {row['outcome']}"
    if row["closed"] < FEW_DEALS:
        return Strip(heading, group, _NAMES[row["focus"]], (), f"{TOO_FEW}: {deals}")
    days = tuple(row[f"days_{share}"] for share in SHARES)
    return Strip(
        heading,
        group,
        _NAMES[row["focus"]],
        days,
        f"half by {day(days[2])} · {deals}",
        (f"{_NAMES[row['focus']]}: {deals}", *(f"{share} of 100 by {day(each)}" for share, each in zip(SHARES, days, strict=True))),
    )


def day(value: float) -> str:
    """Return a day of a deal's age; half days where two deals lie on either side."""
    return f"day\N{NO-BREAK SPACE}{rounding.number(value, 1.0 if float(value).is_integer() else 0.1)}"


def picture(made: Sequence[Strip], spread: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the strips."""
    last = terms.landmark_day + terms.horizon_days
    intro = (
        f"Of deals compared that were won, and lost, by day {last}: the thin line holds 80 of 100, the thick line half of them, "
        "and the mark is the median. None is below the landmark day, on which all were open."
    )
    return Picture("cycle_spread", _TITLE, intro, _alt(made), tuple(_sentences(made)), table(spread))


def _alt(made: Iterable[Strip]) -> str:
    return f"{AXIS}: {'; '.join(f'{each.heading} {each.name} {each.text}'.strip() for each in made)}."


def _sentences(made: Iterable[Strip]) -> list[str]:
    heading, told = "", []
    for each in made:
        heading = each.heading or heading
        ends = f"; 80 of 100 lie between {day(each.days[0])} and {day(each.days[-1])}" if each.days else ""
        told.append(f"{heading}, {each.name.lower()}: {each.text}{ends}.")
    return told


def table(spread: pl.DataFrame) -> pl.DataFrame:
    """Return the strips as a table to read; a row of too few deals has its count alone."""
    rows = [_table_row(row) for row in spread.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _table_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    is_few = row["closed"] < FEW_DEALS
    ends = _NONE if is_few or row["low"] is None else rounding.between(day(row["low"]), day(row["high"]))
    days = (TOO_FEW if is_few else day(row[f"days_{share}"]) for share in SHARES)
    return (_HEADINGS[row["outcome"]], _NAMES[row["focus"]], rounding.of(row["closed"], row["deals"]), *days, ends)
