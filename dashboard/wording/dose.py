"""The win rate by how many buyer questions stood answered at the landmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, FEW_OWNERS, Terms
from dashboard.wording.common import CUSTOMER, SELLER, Picture, told
from dashboard.wording.series import Point, Series, Steps

_TITLE = "By answers known"
_INTRO = "Win rate by {asked} stood answered at the end of day {day}, by deals. Grey: fewer than {few} deals."


def is_told(by_answers: pl.DataFrame) -> bool:
    """Return whether any deal has its answers known."""
    return bool(by_answers["deals"].sum())


def series(by_answers: pl.DataFrame, terms: Terms) -> list[Series]:
    """Return the points of the numbers of answers that any deal has; those from which on deals are customer-focused are theirs."""
    points = tuple(_point(row, terms) for row in by_answers.iter_rows(named=True) if row["deals"])
    return [Series("", "seller", points)]


def _point(row: Mapping[str, Any], terms: Terms) -> Point:
    is_few = row["deals"] < FEW_DEALS
    return Point(
        row["answers"],
        row["win_rate"],
        row["low"],
        row["high"],
        "customer" if row["answers"] >= terms.answers_needed else "seller",
        "" if is_few else rounding.percent(row["win_rate"]),
        (rounding.count(row["answers"], "answer"), told(row, terms)),
        is_quiet=is_few,
    )


def steps(by_answers: pl.DataFrame, terms: Terms) -> Steps:
    """Return the numbers of answers along the axis, with the counts below each and the line from which on deals are customer-focused."""
    return Steps(
        tuple(str(answers) for answers in by_answers["answers"]),
        f"Answers known by day {terms.landmark_day} (won/deals)",
        rounding.percent,
        tuple(f"{rounding.whole(row['won'])}/{rounding.whole(row['deals'])}" for row in by_answers.iter_rows(named=True)),
        terms.answers_needed,
        (SELLER, CUSTOMER),
    )


def picture(by_answers: pl.DataFrame, trend: Mapping[str, Any], terms: Terms) -> Picture:
    """Return the words of the chart; its first sentence is the trend of metrics.answers_trend."""
    said = trend_sentence(by_answers, trend)
    asked = "whether the one buyer question" if terms.questions == 1 else f"how many of {terms.questions} buyer questions"
    intro = _INTRO.format(asked=asked, day=terms.landmark_day, few=FEW_DEALS)
    cells = [f"{rounding.count(row['answers'], 'answer')}: {told(row, terms)}." for row in by_answers.iter_rows(named=True)]
    return Picture("win_rate_by_answers", _TITLE, f"{said} {intro}", said, (said, *cells), table(by_answers, terms))


def trend_sentence(by_answers: pl.DataFrame, trend: Mapping[str, Any]) -> str:
    """Return whether the win rate rises with the number of answers, and by how much with each, where two numbers have deals enough."""
    if trend["slope"] is None:
        return "No trend to tell: all deals have as many answers."
    if by_answers.filter(pl.col("deals") >= FEW_DEALS).height <= 1:
        return f"Too few to tell a trend: it takes {FEW_DEALS} deals each with two numbers of answers."
    step = rounding.points_step(trend["low"], trend["high"])
    gap = rounding.points(abs(trend["slope"]), step)
    if trend["low"] is None:
        word = "higher" if trend["slope"] > 0 else "lower"
        return f"With each answer more the win rate was {gap} {word}; with fewer than {FEW_OWNERS} reps no interval can be given."
    if trend["low"] <= 0 <= trend["high"]:
        ends = _between(trend["low"], trend["high"], step)
        return f"No clear trend: {rounding.points(trend['slope'], step, signed=True)} with each answer more (95% interval {ends})."
    word, flip = ("higher", 1) if trend["slope"] > 0 else ("lower", -1)
    low, high = sorted((flip * trend["low"], flip * trend["high"]))
    ends = _between(low, high, step)
    return f"With each answer more the win rate was {gap} {word} (95% interval {ends})."


def _between(low: float, high: float, step: float) -> str:
    return rounding.between(rounding.number(100 * low, step), rounding.number(100 * high, step))


def table(by_answers: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the numbers of answers as a table to read."""
    cells = [(str(row["answers"]), told(row, terms)) for row in by_answers.iter_rows(named=True)]
    return pl.DataFrame(cells, schema={"Answers": pl.String, "Win rate": pl.String}, orient="row")
