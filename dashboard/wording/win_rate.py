"""The win rate: which group won more often, and where, value by value of a dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording import rows as wording
from dashboard.wording.common import CUSTOMER, SELLER, Answer, Picture, amounts_behind, behind, counts_of, step_of, told, whole_points
from dashboard.wording.frame import DIMENSIONS
from dashboard.wording.rows import Axis, Dot, Row

QUESTION = "Do customer-focused deals win more often?"
BY = "Look at it by"
CURRENCY = "currency"
"""The dimension in which amounts stay in the currency of their deals, so that those without a rate have figures too."""

LIMIT = 30
"""How many values are drawn, those with the most deals first; the table and the CSV hold all."""

_GROUPS = (("customer-focused", CUSTOMER), ("seller-focused", SELLER))
_NOT_ALIKE = "Both groups as observed at equal age, not made alike: “Overview” has the gap among alike deals."
_INTRO = "Each dot is a group’s win rate with its 95% interval. Values with the most deals come first. Grey: fewer than {few} deals."
_MIX = "The mix of deals differs between the groups, so the total alone is not a fair comparison."
_PLURALS = {
    "stage": "stages",
    "owner": "reps",
    "team": "teams",
    "segment": "segments",
    "deal_type": "deal types",
    "lead_source": "lead sources",
    "pipeline": "pipelines",
    "amount_band": "amount bands",
    "icp_fit": "kinds of fit",
}


def answer(headline: pl.DataFrame, ladder: pl.DataFrame, by_value: pl.DataFrame | None, terms: Terms) -> Answer:
    """Return which group won more often: its rates are those of metrics.headline, its counts those of the ladder's fourth step.

    `by_value` is metrics.win_rate of all deals where it is by value.
    """
    row = step_of(ladder, 4) | headline.row(by_predicate=pl.col("figure") == "win_rate", named=True)
    deals = [row[f"{group}_deals"] for group in ("customer", "seller")]
    if not all(deals):
        return _one_group(row, deals)
    if min(deals) < FEW_DEALS:
        counted = " and ".join(f"{_counted(row, group)} {name.lower()}" for group, name in (("customer", CUSTOMER), ("seller", SELLER)))
        return Answer("Too few to say", f"Won so far: {counted} deals. A rate takes {FEW_DEALS} deals of each group.")
    amounts = amounts_behind(by_value, terms)
    rates = ", ".join(
        f"{name} {rounding.percent(row[f'{group}_value'])} ({amounts.get(f'{group}-focused') or _counted(row, group)})"
        for group, name in (("customer", "customer-focused deals won"), ("seller", "seller-focused"))
    )
    said = f"{'By value, ' if amounts else ''}{rates}: {_gap(row)}."
    return Answer(_in_a_word(row), said[:1].upper() + said[1:], "", _NOT_ALIKE)


def _one_group(row: Mapping[str, Any], deals: Sequence[int]) -> Answer:
    if not any(deals):
        return Answer("Nothing to count", "No deal of either group can be counted with these definitions.")
    group, name, other = ("customer", CUSTOMER, SELLER) if deals[0] else ("seller", SELLER, CUSTOMER)
    said = f"All deals that can be compared are {name.lower()}: {_counted(row, group)} won. There is no {other.lower()} deal beside them."
    return Answer("One group only", said)


def _counted(row: Mapping[str, Any], group: str) -> str:
    return rounding.of(row[f"{group}_count"], row[f"{group}_deals"])


def _is_clear(row: Mapping[str, Any]) -> bool:
    return row["low"] is not None and row["low"] * row["high"] > 0


def _in_a_word(row: Mapping[str, Any]) -> str:
    if not _is_clear(row):
        return "No clear gap"
    return "More often" if row["difference"] > 0 else "Less often"


def _gap(row: Mapping[str, Any]) -> str:
    step = rounding.points_step(row["low"], row["high"])
    if row["low"] is None:
        return f"a gap of {rounding.points(row['difference'], step, signed=True)}, of which no interval can be given"
    flip = -1 if _is_clear(row) and row["difference"] < 0 else 1
    ends = rounding.between(*(rounding.number(end, step) for end in sorted(100 * flip * row[end] for end in ("low", "high"))))
    if not _is_clear(row):
        return f"no clear gap, {rounding.points(row['difference'], step, signed=True)} (95% interval {ends})"
    word = "more" if row["difference"] > 0 else "fewer"
    return f"{rounding.points(abs(row['difference']), step)} {word} (95% interval {ends})"


def warnings(simpson: pl.DataFrame) -> list[str]:
    """Return a warning for each dimension most of whose values point the other way from the total."""
    return [_warning(row) for row in simpson.filter("is_warning").iter_rows(named=True)]


def _warning(row: Mapping[str, Any]) -> str:
    total = whole_points(row["observed"])
    more, less = ("more", "less") if row["observed"] > 0 else ("less", "more")
    over_all = (
        f"customer-focused deals won {rounding.points(abs(row['observed']))} {more} often" if total else f"they won slightly {more} often"
    )
    return (
        f"Read the total with care: over all deals {over_all}, but in {row['values_against']} of {row['values_told']} "
        f"{_PLURALS[row['dimension']]} they won {less} often. {_MIX}"
    )


def label_of(by: str) -> str:
    """Return how a dimension of the page is called."""
    return "Currency" if by == CURRENCY else DIMENSIONS[by]


def values(rates: pl.DataFrame) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the rows of metrics.win_rate by value and focus, the values with the most deals first."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rates.iter_rows(named=True):
        found.setdefault(row["by_value"], {})[row["focus"]] = row
    return dict(sorted(found.items(), key=lambda each: (-sum(row["deals"] for row in each[1].values()), each[0])))


def key_of(value: str, focus: str) -> str:
    """Return what a click on a dot selects."""
    return f"{focus}:{value}"


def of_key(key: str) -> tuple[str, str]:
    """Return the value and the focus that a key stands for."""
    focus, _, value = key.partition(":")
    return value, focus


def rows(rates: pl.DataFrame, terms: Terms, by: str = "") -> list[Row]:
    """Return a row per value, both groups on it; by currency amounts are in that of the row."""
    return [_row(value, by_focus, _in_currency(terms, by, value)) for value, by_focus in list(values(rates).items())[:LIMIT]]


def _in_currency(terms: Terms, by: str, value: str) -> Terms:
    return replace(terms, currency=value) if by == CURRENCY else terms


def _row(value: str, by_focus: Mapping[str, Mapping[str, Any]], terms: Terms) -> Row:
    dots = tuple(_dot(value, by_focus[focus], name, terms) for focus, name in _GROUPS if focus in by_focus)
    missing = [name.lower() for focus, name in _GROUPS if focus not in by_focus]
    return Row(value, dots, f"no {missing[0]} deals" if missing else "")


def _dot(value: str, row: Mapping[str, Any], name: str, terms: Terms) -> Dot:
    is_few = row["deals"] < FEW_DEALS
    return Dot(
        row["win_rate"],
        "customer" if row["focus"] == "customer-focused" else "seller",
        "too few" if is_few else rounding.percent(row["win_rate"]),
        counts_of(row) if is_few else behind(row, terms),
        row["low"],
        row["high"],
        (value, f"{name}: {told(row, terms)}"),
        is_quiet=is_few,
        key=key_of(value, row["focus"]),
    )


def axis() -> Axis:
    """Return the axis of shares, which ends at none and at all."""
    names = (("customer", CUSTOMER), ("seller", SELLER))
    return Axis("Win rate", rounding.percent, holds=(0.0, 1.0), names=names)  # type: ignore[arg-type]


def picture(rates: pl.DataFrame, by: str, terms: Terms) -> Picture:
    """Return the words of the chart of a dimension."""
    label = label_of(by)
    drawn = rows(rates, terms, by)
    hidden = len(values(rates)) - len(drawn)
    more = f" The {LIMIT} with the most deals are drawn; the table and the CSV hold {hidden} more." if hidden else ""
    title = f"By {label if by == 'icp_fit' else label.lower()}"
    return Picture(
        f"win_rate_by_{by}",
        title,
        _INTRO.format(few=FEW_DEALS) + more,
        wording.alt(f"Win rate by {label}, customer-focused and seller-focused", drawn),
        tuple(_sentence(value, by_focus, _in_currency(terms, by, value)) for value, by_focus in list(values(rates).items())[:LIMIT]),
        table(rates, label, terms, by),
    )


def _sentence(value: str, by_focus: Mapping[str, Mapping[str, Any]], terms: Terms) -> str:
    return f"{value}: {', '.join(f'{name.lower()} {told(by_focus.get(focus), terms)}' for focus, name in _GROUPS)}."


def table(rates: pl.DataFrame, label: str, terms: Terms, by: str = "") -> pl.DataFrame:
    """Return all values as a table to read."""
    cells = [
        (value, *(told(by_focus.get(focus), _in_currency(terms, by, value)) for focus, _ in _GROUPS))
        for value, by_focus in values(rates).items()
    ]
    return pl.DataFrame(cells, schema=dict.fromkeys((label, CUSTOMER, SELLER), pl.String), orient="row")


def options(rates: pl.DataFrame) -> dict[str, str]:
    """Return what a visitor may choose the deals of: the key of each dot, and how it reads."""
    names = dict(_GROUPS)
    return {
        key_of(value, focus): f"{value}, {names[focus].lower()} ({rounding.count(by_focus[focus]['deals'], 'deal')})"
        for value, by_focus in values(rates).items()
        for focus, _ in _GROUPS
        if focus in by_focus
    }
