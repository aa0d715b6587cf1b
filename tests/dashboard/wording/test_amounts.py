"""The words of amounts: whether they add up, and what they come to in each currency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard.wording import amounts

Make = Callable[..., Any]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def account(*rows: tuple[str, str, str, str, int]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [(currency, *map(Decimal, sums), unreadable) for currency, *sums, unreadable in rows],
        schema={
            "currency": pl.String,
            "amount_read": pl.Decimal(38, 2),
            "amount_loaded": pl.Decimal(38, 2),
            "amount_rejected": pl.Decimal(38, 2),
            "values_unreadable": pl.Int64,
        },
        orient="row",
    )
    set_aside = pl.col("amount_read") - pl.col("amount_loaded") - pl.col("amount_rejected")
    counts = {"values_read": 3, "values_loaded": 2, "values_set_aside": 0, "values_rejected": 1}
    return frame.with_columns(
        amount_set_aside=set_aside,
        file=pl.lit("Opportunity.csv"),
        column_name=pl.lit("Amount"),
        **{name: pl.lit(n) for name, n in counts.items()},
    )


def currencies(*rows: tuple[str, bool, str | None, int]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [(currency, is_own, rate and Decimal(rate), deals) for currency, is_own, rate, deals in rows],
        schema={"currency": pl.String, "is_own": pl.Boolean, "rate": pl.Decimal(20, 10), "deals_not_converted": pl.Int64},
        orient="row",
    )
    sums = {name: pl.lit(Decimal("7.50")) for name in ("amount", "won_amount", "open_amount", "own_amount")}
    return frame.with_columns(rate_from=pl.lit(date(2025, 1, 1)), deals=pl.lit(3), deals_with_amount=pl.lit(2), **sums)


def test_amounts_are_told_as_a_sum() -> None:
    """To the cent where there are cents; files of one currency together."""
    whole = account(("EUR", "1000", "900", "100", 0), ("EUR", "2000", "2000", "0", 0))
    assert amounts.amounts_line(whole) == "€3,000 read = €2,900 loaded + €100 in rejected rows. Every amount could be read."
    broken = account(("EUR", "208.75", "101", "107.75", 2), ("USD", "5", "5", "0", 0))
    assert amounts.amounts_line(broken) == (
        "€208.75 read = €101 loaded + €107.75 in rejected rows; $5 read = $5 loaded + $0 in rejected rows. "
        "2 texts could not be read as an amount: see what could not be used, and mend it in the CRM."
    )
    estimated = account(("EUR", "1000", "600", "100", 0))
    assert "€600 loaded + €300 set aside for the amount won + €100 in rejected rows" in amounts.amounts_line(estimated)
    many = account(*((name, "5", "5", "0", 0) for name in ("EUR", "USD", "GBP", "CHF", "SEK")))
    assert amounts.amounts_line(many).count("read =") == 3
    assert "and so on for the others." in amounts.amounts_line(many)
    assert amounts.amounts_line(whole.clear()) == "No deal file has a column of amounts."


def test_currencies_without_a_rate_are_told_with_what_to_write(terms: Make) -> None:
    """And how many deals are in no sum for it."""
    own = ("EUR", True, "1", 0)
    assert amounts.currencies_line(currencies(own), terms()) == "All deals are in EUR."
    assert amounts.currencies_line(currencies(own).clear(), terms()) == "No deal matches."
    assert amounts.currencies_line(currencies(own, ("USD", False, "0.9", 0)), terms()).startswith("Every currency has a rate")
    said = amounts.currencies_line(currencies(own, ("GBP", False, None, 7), ("USD", False, None, 1200)), terms())
    assert plain(said).startswith("1,207 deals with an amount in GBP and USD are in no sum")
    assert "Write rates.GBP = … under [currencies] in sameside.toml" in said


def test_tables_keep_numbers_as_such(terms: Make) -> None:
    """To be sorted; the rate with each of its digits."""
    table = amounts.currencies_table(currencies(("USD", False, "0.0061123", 0)), terms())
    assert table.frame.row(0, named=True)["Worth, EUR"] == 0.0061123
    assert table.kinds["Worth, EUR"] == "rate"
    read = amounts.amounts_table(account(("EUR", "1000.5", "900.5", "100", 0))).frame.row(0, named=True)
    assert "Set aside" not in read
    estimated = account(("EUR", "1000", "600", "100", 0)).with_columns(values_set_aside=pl.lit(2))
    assert amounts.amounts_table(estimated).frame.row(0, named=True)["Sum set aside"] == 300
    assert (read["Sum read"], read["Sum loaded"], read["Sum in rejected rows"], read["Amounts"]) == (1000.5, 900.5, 100.0, 3)
