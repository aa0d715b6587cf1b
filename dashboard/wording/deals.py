"""A list of deals: which they are, and how its columns read."""

from __future__ import annotations

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms

CHOOSE = "See the deals behind a dot"
PLACEHOLDER = "Click a dot above, or choose here"
OPEN = "Tick a row to open the deal."


def sentence(listed: pl.DataFrame, value: str, focus: str) -> str:
    """Return which deals are listed, and how many more there are."""
    deals = listed["deals"][0]
    where = "" if value == "all" else f" of {value}"
    if deals == 1:
        return f"The one {focus} deal{where}. {OPEN}"
    if deals > listed.height:
        return f"The {rounding.whole(listed.height)} largest of {rounding.whole(deals)} {focus} deals{where}. {OPEN}"
    return f"All {rounding.whole(deals)} {focus} deals{where}, the largest first. {OPEN}"


def table(listed: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the list as people read it, numbers and days still as such, so that it can be sorted."""
    last = terms.landmark_day + terms.horizon_days
    return listed.select(
        pl.coalesce("deal_name", "deal_id").alias("Deal"),
        pl.col("account_name").alias("Account"),
        pl.col("owner").alias("Rep"),
        pl.col("amount").cast(pl.Float64).alias(f"Amount, {terms.currency}"),
        pl.col("stage").alias("Stage"),
        pl.col("outcome").alias("Outcome"),
        pl.col("is_won_by_horizon").alias(f"Won by day {last}"),
        pl.col("answers_known").alias(f"Answers on day {terms.landmark_day}"),
        pl.col("created_date").alias("Created"),
        pl.col("cycle_days").alias("Days to close"),
    )


def amount_column(terms: Terms) -> str:
    """Return the name of the column of amounts."""
    return f"Amount, {terms.currency}"
