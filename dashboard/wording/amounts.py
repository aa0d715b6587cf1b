"""Amounts: whether they add up, and what they come to in each currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording.common import listed
from dashboard.wording.table import Kind, Table, made

READ = ("Do the amounts add up?", "The amounts of each deal file, added up apart from the load and held against what became of them.")
BY_CURRENCY = (
    "Amounts by currency",
    "As the deals have them, and converted: at the rate of the day of closing, of open deals at that of the export.",
)

_CURRENCIES_TOLD = 3
_TOLD = {
    "Sum read": "amount_read",
    "Sum loaded": "amount_loaded",
    "Sum set aside": "amount_set_aside",
    "Sum in rejected rows": "amount_rejected",
    "Amounts": "values_read",
    "Loaded": "values_loaded",
    "Set aside": "values_set_aside",
    "In rejected rows": "values_rejected",
    "Unreadable": "values_unreadable",
}
_SUMS = ("amount_read", "amount_loaded", "amount_set_aside", "amount_rejected")


def amounts_table(amounts: pl.DataFrame) -> Table:
    """Return what became of the amounts, by file, column and currency; what was set aside only where anything was."""
    shown: dict[str, tuple[Kind, pl.Series]] = {"File": ("text", amounts["file"]), "Currency": ("text", amounts["currency"])}
    is_any_aside = bool(amounts["values_set_aside"].sum())
    if is_any_aside:
        shown["Column"] = ("text", amounts["column_name"])
    for label, name in _TOLD.items():
        if is_any_aside or not name.endswith("set_aside"):
            shown[label] = ("count", amounts[name].cast(pl.Float64) if name in _SUMS else amounts[name])
    return made(shown)


def amounts_line(amounts: pl.DataFrame) -> str:
    """Return the account of the amounts as a sum for each currency, and how many nobody can read."""
    if amounts.is_empty():
        return "No deal file has a column of amounts."
    sums = amounts.group_by("currency", maintain_order=True).agg(pl.col(_SUMS).sum())
    told = [_amounts_sum(row) for row in sums.iter_rows(named=True)]
    shown = "; ".join(told if len(told) <= _CURRENCIES_TOLD else [*told[:_CURRENCIES_TOLD], "and so on for the others"])
    unreadable = int(amounts["values_unreadable"].sum())
    if not unreadable:
        return f"{shown}. Every amount could be read."
    return (
        f"{shown}. {rounding.count(unreadable, 'text')} could not be read as an amount: see what could not be used, and mend it in the CRM."
    )


def _amounts_sum(row: Mapping[str, Any]) -> str:
    """Return the account of one currency; deals that have both an estimate and what it came to leave one of the two aside."""
    read, loaded, set_aside, rejected = (rounding.exact_amount(row[name], row["currency"]) for name in _SUMS)
    aside = f" + {set_aside} set aside for the amount won" if row["amount_set_aside"] else ""
    return f"{read} read = {loaded} loaded{aside} + {rejected} in rejected rows"


def currencies_table(currencies: pl.DataFrame, terms: Terms) -> Table:
    """Return the amounts in scope by currency."""
    return made(
        {
            "Currency": ("text", currencies["currency"]),
            f"Worth, {terms.currency}": ("rate", currencies["rate"].cast(pl.Float64)),
            "Rate from": ("day", currencies["rate_from"]),
            "Deals": ("count", currencies["deals"]),
            "With an amount": ("count", currencies["deals_with_amount"]),
            "Amount": ("count", currencies["amount"].cast(pl.Float64)),
            "Won": ("count", currencies["won_amount"].cast(pl.Float64)),
            "Open": ("count", currencies["open_amount"].cast(pl.Float64)),
            f"All in {terms.currency}": ("count", currencies["own_amount"].cast(pl.Float64)),
        }
    )


def currencies_line(currencies: pl.DataFrame, terms: Terms) -> str:
    """Return which currencies have no rate, how many deals are in no sum for it, and what to write."""
    if currencies.is_empty():
        return "No deal matches."
    if currencies["is_own"].all():
        return f"All deals are in {terms.currency}."
    without = currencies.filter(pl.col("rate").is_null())
    if without.is_empty():
        return f"Every currency has a rate, so that each amount is in the sums in {terms.currency}."
    names, deals = without["currency"].to_list(), int(without["deals_not_converted"].sum())
    are = "is" if deals == 1 else "are"
    return (
        f"{rounding.count(deals, 'deal')} with an amount in {listed(names)} {are} in no sum: what that is worth in {terms.currency} is not "
        f"known. Write rates.{names[0]} = … under [currencies] in sameside.toml, and load again. Until then see the win rate by currency."
    )
