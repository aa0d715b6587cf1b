"""The win rate of both groups over periods of creation, in order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import CUSTOMER, SELLER, Picture, told
from dashboard.wording.series import Point, Series, Steps

_TITLE = "Quarter by quarter"
_BY = "By fiscal quarter of creation."
_GREY = f"{_BY} Grey: fewer than {FEW_DEALS} deals."
_GROUPS = (("customer-focused", "customer", CUSTOMER), ("seller-focused", "seller", SELLER))
_FEWEST = 2  # periods that make a trend

Rates = dict[str, dict[str, Mapping[str, Any]]]


def periods(rates: pl.DataFrame) -> Rates:
    """Return the rows of metrics.win_rate by period, in order, and focus."""
    found: Rates = {}
    for row in sorted(rates.iter_rows(named=True), key=lambda row: _order(row["by_value"])):
        found.setdefault(row["by_value"], {})[row["focus"]] = row
    return found


def _order(period: str) -> tuple[int, str]:
    """Return what puts periods such as Q1 2025, Q1 FY2026 or 2025 in order."""
    year = re.search(r"\d{4}", period)
    return int(year.group()) if year else 0, period


def series(rates: pl.DataFrame, terms: Terms) -> list[Series]:
    """Return a line for each group that has deals."""
    found = list(periods(rates).items())
    made = []
    for focus, role, name in _GROUPS:
        points = [_point(step, period, row[focus], name, terms) for step, (period, row) in enumerate(found) if focus in row]
        made.append(Series(name, "customer" if role == "customer" else "seller", tuple(points)))
    return [each for each in made if each.points]


def _point(step: int, period: str, row: Mapping[str, Any], name: str, terms: Terms) -> Point:
    is_few = row["deals"] < FEW_DEALS
    return Point(
        step,
        row["win_rate"],
        row["low"],
        row["high"],
        "customer" if row["focus"] == "customer-focused" else "seller",
        hover=(period, f"{name}: {told(row, terms)}"),
        is_quiet=is_few,
    )


def steps(rates: pl.DataFrame) -> Steps:
    """Return the periods along the axis: the year only where it is another than before."""
    labels, before = [], ""
    for period in periods(rates):
        quarter, _, year = period.rpartition(" ")
        labels.append(period if not quarter else f"{quarter}\n{year if year != before else ''}".strip())
        before = year
    return Steps(tuple(labels), "Created in", rounding.percent)


def picture(rates: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the chart."""
    said = sentences(rates, terms)
    intro = f"{' '.join(said)} {_GREY}" if is_drawn(rates) else _BY
    return Picture("win_rate_trend", _TITLE, intro, said[0], tuple(said), table(rates, terms))


def is_drawn(rates: pl.DataFrame) -> bool:
    """Return whether there are periods enough for a trend."""
    return len(periods(rates)) >= _FEWEST


def sentences(rates: pl.DataFrame, terms: Terms) -> list[str]:
    """Return in how many periods customer-focused deals won more often, the rates of the first and the last, and why none is younger."""
    comparable = [
        (period, row["customer-focused"], row["seller-focused"])
        for period, row in periods(rates).items()
        if len(row) == len(_GROUPS) and min(each["deals"] for each in row.values()) >= FEW_DEALS
    ]
    said = _rates(comparable) if comparable else f"No quarter has {FEW_DEALS} deals of both groups yet, so there is no rate to follow."
    if not is_drawn(rates):
        said = f"{said} A trend takes {_FEWEST} quarters."
    last = terms.landmark_day + terms.horizon_days
    before = f"in the last {last} days before {rounding.day(terms.as_of)}"
    return [said, f"Deals created {before} are too young to compare, so the latest quarters are missing or not whole."]


def _rates(rates: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> str:
    ends = [
        f"{rounding.percent(one['win_rate'])} against {rounding.percent(other['win_rate'])} in {period}" for period, one, other in rates
    ]
    if len(rates) == 1:
        return f"Only one quarter has {FEW_DEALS} deals of both groups: customer-focused deals won {ends[0]}."
    higher = sum(one["win_rate"] > other["win_rate"] for _, one, other in rates)
    part = {0: f"none of the {len(rates)}", len(rates): f"all {len(rates)}"}.get(higher, f"{higher} of the {len(rates)}")
    return f"In {part} quarters with {FEW_DEALS} deals of both groups, customer-focused deals won more often: {ends[0]}, {ends[-1]}."


def table(rates: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the periods as a table to read."""
    rows = [(period, *(told(row.get(focus), terms) for focus, _, _ in _GROUPS)) for period, row in periods(rates).items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("Created in", CUSTOMER, SELLER), pl.String), orient="row")
