"""The account of amounts: the texts that a deal file holds, added up apart from what was loaded, set aside and rejected of them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from etl.amounts import cents_of
from etl.land.context import Landing, Source

# Which deals take their amount from which column, as SQL over landed rows and the deals that became of them.
_WON = "coalesce(deals.outcome = 'won' and landed.won_amount is not null, false)"
_TAKEN = {"amount": f"(deals.deal_key is not null and not {_WON})", "won_amount": f"(deals.deal_key is not null and {_WON})"}
_AT_ONCE = 50_000  # texts that are fetched at a time


def write_amounts(landing: Landing) -> None:
    """Fill raw.load_amounts, a row for each column of amounts of a deal file and each currency in it."""
    for source in landing.of_role("deals"):
        for column, is_taken in _TAKEN.items():
            if column in source.matched.positions:
                _write(landing, source, column, is_taken)


def _write(landing: Landing, source: Source, column: str, is_taken: str) -> None:
    read, kept = _as_read(landing, source, column), _as_kept(landing, source, column, is_taken)
    for currency in sorted(read.keys() | kept.keys()):
        counted, numbers = read.get(currency, Counter()), kept.get(currency, (0,) * 6)
        loaded, amount_loaded, set_aside, amount_set_aside, rejected, amount_rejected = numbers
        landing.con.execute(
            "insert into raw.load_amounts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                landing.load_id,
                source.matched.table.name,
                source.matched.header(column),
                currency,
                counted["values"],
                loaded,
                set_aside,
                rejected,
                counted["unreadable"],
                Decimal(f"{counted['cents']}e-2"),
                amount_loaded,
                amount_set_aside,
                amount_rejected,
            ],
        )


def _as_kept(landing: Landing, source: Source, column: str, is_taken: str) -> dict[str, tuple[Any, ...]]:
    """Return by currency number and sum of the amounts that were loaded, set aside for the other column's, and rejected with their rows."""
    aside = f"deals.deal_key is not null and not {is_taken}"
    taken, aside, rejected = (f"filter ({condition})" for condition in (is_taken, aside, "deals.deal_key is null"))
    rows = landing.con.execute(
        f"""
        select landed.currency, count(deals.amount) {taken}, coalesce(sum(deals.amount) {taken}, 0),
            count(landed.{column}) {aside}, coalesce(sum(landed.{column}) {aside}, 0),
            count(landed.{column}) {rejected}, coalesce(sum(landed.{column}) {rejected}, 0)
        from landed_deals as landed
        left join deal_numbers as numbers using (file_no, row_number)
        left join raw.deals as deals on deals.deal_key = numbers.deal_key
        where landed.file_no = {source.number}
        group by 1 having count(landed.{column}) > 0
        """
    ).fetchall()
    return {currency: tuple(rest) for currency, *rest in rows}


def _as_read(landing: Landing, source: Source, column: str) -> dict[str, Counter[str]]:
    """Return by currency how many amounts a column holds, how many of them nobody can read, and what the others are worth in hundredths."""
    rows = landing.con.execute(
        f"""
        select currency, {column}_text, {column} is null, count(*)
        from landed_deals where file_no = {source.number} and {column}_text is not null
        group by all
        """
    )
    read: dict[str, Counter[str]] = {}
    while batch := rows.fetchmany(_AT_ONCE):
        for currency, text, is_unreadable, count in batch:
            counted = read.setdefault(currency, Counter())
            counted["values"] += count
            if is_unreadable:
                counted["unreadable"] += count
            else:
                counted["cents"] += count * cents_of(text, source.styles.money[column])
    return read
