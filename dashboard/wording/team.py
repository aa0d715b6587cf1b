"""Team: how far reps differ in customer focus and in wins, held against what chance alone gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, FEW_OWNERS, Terms
from dashboard.wording.beside import Fact
from dashboard.wording.common import Answer

TITLE = "How far do reps differ?"
REPS_TITLE = "Rep by rep"
REPS_INTRO = (
    "Sort by any column. No rate is shown of fewer than 30 deals or answers. Pulled: the win rate drawn toward that of all deals, the more "
    "the fewer deals there are. Median days: from creation to the win."
)
_CLEAR = 0.05  # the p value below which win rates differ more than chance has it
NOBODY = "(none)"  # how an owner or team reads that the export does not name

_NOT_FOR_JUDGING = (
    "What a rep is given to sell differs, and is not made alike here. Take it as a hint whom to learn from, not for judging people."
)


def name_of(value: str, what: str = "rep") -> str:
    """Return the name of a rep or team; what it is called where the export names nobody."""
    return f"No {what} named" if value == NOBODY else value


def named(rates: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of metrics.owner_rates that are of a rep with a name."""
    return rates.filter(pl.col("owner") != NOBODY)


def has_names(rates: pl.DataFrame) -> bool:
    """Return whether any rep is named."""
    return named(rates).height > 0


def answer(rates: pl.DataFrame, spread: Mapping[str, Any], whole: pl.DataFrame, terms: Terms) -> Answer:
    """Return how far adoption and win rates differ.

    `rates` is metrics.owner_rates, `spread` the row of metrics.owner_spread, and `whole` metrics.group_rates of all deals.
    """
    reps = named(rates)
    adoption = _adoption(whole.row(0, named=True), terms)
    if reps.is_empty():
        return Answer("No reps named", f"The export does not say whose deals these are. {adoption}.", "")
    if reps.height < FEW_OWNERS:
        few = f"{'Only ' if reps.height > 1 else ''}{rounding.count(reps.height, 'rep')}: too few to tell how reps differ"
        return Answer("Too few reps", f"{few}. {adoption}.", _NOT_FOR_JUDGING)
    word = "Reps differ" if _differ(spread) else "No more than chance"
    return Answer(word, f"{adoption}{_range(reps)}. {_wins(spread)}", _NOT_FOR_JUDGING)


def _adoption(row: Mapping[str, Any], terms: Terms) -> str:
    share = f"By day {terms.landmark_day}, {rounding.percent(row['share_customer_focused'])} of the deals are customer-focused"
    ends = rounding.between(*(rounding.number(100 * row[f"share_{end}"]) for end in ("low", "high")))
    return f"{share} ({rounding.of(row['customer_deals'], row['deals'])}; 95% interval {ends})"


def _range(reps: pl.DataFrame) -> str:
    """Return the least and the most of the reps with enough deals, or nothing where there are not two that differ."""
    enough = reps.filter(pl.col("deals") >= FEW_DEALS)
    shares = sorted(enough["share_customer_focused"])
    if not shares or rounding.percent(shares[0]) == rounding.percent(shares[-1]):
        return ""
    ends = f"from {rounding.percent(shares[0])} to {rounding.percent(shares[-1])}"
    return f", {ends} among the {rounding.whole(enough.height)} reps with {FEW_DEALS} deals or more"


def _differ(spread: Mapping[str, Any]) -> bool:
    """Return whether win rates differ more than chance has it."""
    return spread["p"] is not None and spread["p"] < _CLEAR


def _wins(spread: Mapping[str, Any]) -> str:
    if spread["p"] is None:
        return "All or none of the deals were won, so win rates do not differ."
    above, below = spread["above"], spread["below"]
    outside = f"{rounding.of(above + below, spread['owners'])} reps lie outside the limits that hold 95 in 100 by chance"
    sides = f", {rounding.whole(above)} above and {rounding.whole(below)} below" if above + below else ""
    return f"Win rates differ {'more than chance has it' if _differ(spread) else 'no more than chance may have it'}: {outside}{sides}."


def facts(rates: pl.DataFrame, spread: Mapping[str, Any], late: pl.DataFrame) -> list[Fact]:
    """Return what there is to know beside the answer; `late` is metrics.late_answers of all deals."""
    told = {"Win rate, pulled toward the whole": _pulled(rates) if _differ(spread) else "", "Written in the last week": late_line(late)}
    return [Fact(label, text) for label, text in told.items() if text]


def _pulled(rates: pl.DataFrame) -> str:
    reps = named(rates).filter(pl.col("prior_deals").is_not_null()).sort("shrunk_rate")
    if reps.height < FEW_OWNERS:
        return ""
    ends = f"{rounding.percent(reps['shrunk_rate'][0])} to {rounding.percent(reps['shrunk_rate'][-1])}"
    by = rounding.count(round(reps["prior_deals"][0]), "average deal")
    return f"From {ends}, once each rep's own deals are mixed with {by}, so that few deals do not come first or last by chance."


def late_line(late: pl.DataFrame) -> str:
    """Return how many answers in closed deals came late, of all deals."""
    if late.is_empty():
        return "No closed deal holds an answer."
    row = late.row(0, named=True)
    unknown = f" Of {rounding.count(row['answers_unknown'], 'answer')} more the timing is unknown." if row["answers_unknown"] else ""
    if not row["answers"]:
        return f"Nobody can tell when answers were written.{unknown}"
    ends = rounding.between(*(rounding.percent(row[end]) for end in ("low", "high")))
    share = f"{rounding.percent(row['share'])} of the answers in closed deals ({rounding.of(row['late_answers'], row['answers'])}, {ends})"
    return f"{share} came within 7 days before the close, or after it.{unknown}"


def people(rates: pl.DataFrame, groups: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each rep, with the figures of metrics.owner_rates, metrics.group_rates and metrics.late_answers side by side."""
    shares = groups.select(pl.col("by_value").alias("owner"), "customer_deals", "share_low", "share_high", "median_low", "median_high")
    written = late.select(
        pl.col("by_value").alias("owner"),
        pl.col("answers"),
        "late_answers",
        pl.col("share").alias("share_late"),
        pl.col("low").alias("late_low"),
        pl.col("high").alias("late_high"),
        "answers_unknown",
    )
    return rates.join(shares, on="owner", how="left", maintain_order="left").join(written, on="owner", how="left", maintain_order="left")


PERCENTS = ("Win rate", "Pulled", "Customer-focused", "Late answers")


def people_table(joined: pl.DataFrame) -> pl.DataFrame:
    """Return the reps as a table to sort, in per cent and days; no rate of too few deals or answers, nor a median of too few wins."""
    return pl.DataFrame([_person(row) for row in joined.iter_rows(named=True)], schema=_PEOPLE, orient="row")


_PEOPLE = {
    "Rep": pl.String,
    "Deals": pl.Int64,
    "Won": pl.Int64,
    "Win rate": pl.Float64,
    "95% interval": pl.String,
    "Pulled": pl.Float64,
    "Against chance": pl.String,
    "Customer-focused": pl.Float64,
    "of deals": pl.String,
    "Median days": pl.Float64,
    "Late answers": pl.Float64,
    "of answers": pl.String,
}


def _person(row: Mapping[str, Any]) -> tuple[Any, ...]:
    has_enough = row["deals"] >= FEW_DEALS
    has_answers = (row["answers"] or 0) >= FEW_DEALS
    return (
        name_of(row["owner"]),
        row["deals"],
        row["won"],
        100 * row["win_rate"] if has_enough else None,
        _ends(row, ("low", "high")) if has_enough else "too few",
        None if row["shrunk_rate"] is None else 100 * row["shrunk_rate"],
        row["funnel"],
        100 * row["share_customer_focused"] if has_enough else None,
        _of(row, "customer_deals", "deals"),
        row["median_days"] if row["median_low"] is not None else None,
        100 * row["share_late"] if has_answers else None,
        _of(row, "late_answers", "answers"),
    )


def _ends(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return rounding.between(*(rounding.percent(row[name]) for name in names))


def _of(row: Mapping[str, Any], numerator: str, denominator: str) -> str:
    return rounding.of(row[numerator] or 0, row[denominator] or 0)
