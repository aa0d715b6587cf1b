"""The four headline figures as cards: both groups side by side, their difference, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import TOO_FEW, amounts_behind

NOT_ALIKE = "Both groups as observed at equal age, not made alike"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure: value and count of each group, their difference, and its interval or why there is none."""

    figure: str
    title: str
    subtitle: str
    customer: tuple[str, str]
    seller: tuple[str, str]
    difference: str
    beside: str


def tiles(headline: pl.DataFrame, by_value: pl.DataFrame | None, terms: Terms) -> list[Tile]:
    """Return a card for each figure; `by_value` is metrics.win_rate of all deals where it is by value."""
    amounts = amounts_behind(by_value, terms)
    return [_tile(row, amounts, terms) for row in headline.iter_rows(named=True)]


def _tile(row: Mapping[str, Any], amounts: Mapping[str, str], terms: Terms) -> Tile:
    title, subtitle = _title(row["figure"], terms)
    step = _step(row)
    difference, beside = _difference(row, step, terms)
    customer, seller = (_side(row, group, step, amounts, terms) for group in ("customer", "seller"))
    return Tile(row["figure"], title, subtitle, customer, seller, difference, beside)


def _title(figure: str, terms: Terms) -> tuple[str, str]:
    titles = {
        "win_rate": ("Win rate", f"won by day {terms.landmark_day + terms.horizon_days}{', by value' * terms.is_by_value}"),
        "sales_cycle": ("Sales cycle", "median days from creation to the win"),
        "average_won_deal": ("Average won deal", "won amount / won deals"),
        "sales_velocity": ("Sales velocity", "won amount per deal and day open"),
    }
    return titles[figure]


def _step(row: Mapping[str, Any]) -> float:
    """Return what the values of a card are rounded to, so that they agree with their difference."""
    if row["figure"] == "win_rate":
        return rounding.points_step(row["low"], row["high"])
    if row["figure"] == "sales_cycle":
        return 1.0
    return rounding.step_of(row["low"], row["high"], row["customer_value"], row["seller_value"])


def _side(row: Mapping[str, Any], group: str, step: float, amounts: Mapping[str, str], terms: Terms) -> tuple[str, str]:
    value, counted, deals = row[f"{group}_value"], row[f"{group}_count"], row[f"{group}_deals"]
    text = TOO_FEW if value is None or deals < FEW_DEALS else _amount(row["figure"], value, step, terms)
    of_deals = rounding.of(counted, deals)
    counts = {
        "win_rate": of_deals if text == TOO_FEW else amounts.get(f"{group}-focused", of_deals),
        "sales_velocity": rounding.count(deals, "deal"),
    }
    return text, counts.get(row["figure"], rounding.count(counted, "won deal"))


def _difference(row: Mapping[str, Any], step: float, terms: Terms) -> tuple[str, str]:
    if row["difference"] is None or min(row["customer_deals"], row["seller_deals"]) < FEW_DEALS:
        return "No comparison", f"takes {FEW_DEALS} deals of each"
    difference = _amount(row["figure"], row["difference"], step, terms, signed=True)
    if row["low"] is None or row["high"] is None:
        return difference, "no interval: too few reps or wins"
    ends = rounding.between(*(_bare(row["figure"], row[end], step, terms) for end in ("low", "high")))
    if row["low"] > 0 or row["high"] < 0:
        return difference, f"95% interval {ends}"
    return "No clear difference", f"{difference}, 95% interval {ends}"


def _amount(figure: str, value: float, step: float, terms: Terms, *, signed: bool = False) -> str:
    if figure == "win_rate":
        return rounding.points(value, step, signed=True) if signed else rounding.percent(value, step)
    if figure == "sales_cycle":
        return rounding.days(value, step, signed=signed)
    return rounding.money(value, terms.currency, step, signed=signed)


def _bare(figure: str, value: float, step: float, terms: Terms) -> str:
    """Return an end of an interval, without the unit that its difference has."""
    if figure == "win_rate":
        return rounding.number(100 * value, step)
    return rounding.number(value, step) if figure == "sales_cycle" else rounding.money(value, terms.currency, step)
