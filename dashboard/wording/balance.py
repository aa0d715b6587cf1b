"""How the two groups differ in what alike deals may share, before and after they are made alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Alike
from dashboard.wording.common import CUSTOMER, SELLER, Picture, factors, is_few

AXIS = "Difference between the groups, in units of spread"
A_LOT = 0.1
A_LOT_TEXT = "from 0.1 on, a lot"
SHOWN = 12

_TITLE = "How alike the groups are"
_NONE = "–"
_COLUMNS = ("Factor", "Value", f"{CUSTOMER} before", f"{SELLER} before", f"{CUSTOMER} after", f"{SELLER} after", "Before", "After")


@dataclass(frozen=True, slots=True)
class Pair:
    """A value of a factor: the size of its standardised difference before and after; no `after` where no deal has a partner."""

    title: str
    before: float
    after: float | None
    text: str
    hover: tuple[str, ...]


def pairs(balance: pl.DataFrame, verdicts: pl.DataFrame) -> list[Pair]:
    """Return the values of metrics.balance that differ most, before or after; the largest first.

    None where a group of metrics.verdict has too few deals to speak of its shares.
    """
    if is_few(verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)):
        return []
    return [_pair(row) for row in _ordered(balance)[:SHOWN]]


def _ordered(balance: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the values that have a difference, the largest first."""
    rows = [row for row in balance.iter_rows(named=True) if row["difference"] is not None]
    return sorted(
        rows, key=lambda row: (-max(abs(row["difference"]), abs(row["difference_alike"] or 0)), row["factor"], row["factor_value"])
    )


def _name(row: Mapping[str, Any]) -> str:
    name = factors([row["factor"]])
    return f"{name[:1].upper()}{name[1:]}: {row['factor_value']}"


def _pair(row: Mapping[str, Any]) -> Pair:
    before, after = (None if row[name] is None else abs(row[name]) for name in ("difference", "difference_alike"))
    then = _NONE if after is None else rounding.number(after, 0.01)
    return Pair(
        _name(row),
        before or 0.0,
        after,
        f"{rounding.number(before or 0.0, 0.01)} → {then}",
        (_name(row), f"Before: {_shares(row, '')}", f"After: {_shares(row, '_alike')}"),
    )


def _shares(row: Mapping[str, Any], end: str) -> str:
    customer, seller = row[f"customer_share{end}"], row[f"seller_share{end}"]
    if customer is None or seller is None:
        return "no deal has a partner"
    return f"{rounding.percent(customer, 0.1)} of the customer-focused, {rounding.percent(seller, 0.1)} of the seller-focused deals"


def picture(balance: pl.DataFrame, made: Sequence[Pair], alike: Alike) -> Picture:
    """Return the words of the plot."""
    told = len(_ordered(balance))
    shown = f"The {len(made)} largest of {told} values" if told > len(made) else f"All {told} values"
    intro = (
        f"How far the groups’ shares in a value lie apart: hollow as observed, filled among alike deals. {shown}; all are in "
        "the CSV. Below 0.1 the groups are as good as equal in it."
    )
    line = "; ".join(f"{pair.title} {pair.text}" for pair in made)
    return Picture("balance", _TITLE, intro, f"Differences before and after: {line}.", sentences(balance, alike), table(balance))


def sentences(balance: pl.DataFrame, alike: Alike) -> tuple[str, ...]:
    """Return how many values differ a lot before and after, what is held equal and what is not, and where it shows."""
    rows = _ordered(balance)
    before, after = (sum(abs(row[name] or 0) > A_LOT for row in rows) for name in ("difference", "difference_alike"))
    told = [f"Of {rounding.count(len(rows), 'value')}, {before} differ by more than {A_LOT} as observed, {after} among alike deals."]
    if alike.held:
        told.append(f"Held equal: {factors(alike.held)}.")
    if alike.let_go:
        told.append(not_held(balance, alike))
    return tuple(told)


def not_held(balance: pl.DataFrame, alike: Alike) -> str:
    """Return what could not be held equal, and in which of it the groups still differ a lot; nothing where all is held."""
    if not alike.let_go:
        return ""
    apart = {row["factor"] for row in _ordered(balance) if abs(row["difference_alike"] or 0) > A_LOT}
    still = [name for name in alike.let_go if name in apart]
    differ = f"; the groups still differ in {factors(still)}" if still else ""
    return f"Not held equal, as too few deals would have had a partner: {factors(alike.let_go)}{differ}."


def table(balance: pl.DataFrame) -> pl.DataFrame:
    """Return the values as a table to read, the largest difference first."""
    told = [_table_row(row) for row in _ordered(balance)]
    return pl.DataFrame(told, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _table_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    shares = (row[f"{group}_share{end}"] for end in ("", "_alike") for group in ("customer", "seller"))
    return (
        factors([row["factor"]]),
        row["factor_value"],
        *(_NONE if share is None else rounding.percent(share, 0.1) for share in shares),
        *(_NONE if row[name] is None else rounding.number(row[name], 0.01, signed=True) for name in ("difference", "difference_alike")),
    )
