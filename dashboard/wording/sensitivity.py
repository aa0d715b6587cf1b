"""What hangs on how it was set up: other landmark days, other numbers of answers, other methods, and the statisticians' figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording.common import Picture, factors, interval
from dashboard.wording.is_it_real import GAP_AXIS, gap_sentences, gap_step, gap_table
from dashboard.wording.rows import Axis, Dot, Row, alt
from dashboard.wording.sales_cycle import p_value
from dashboard.wording.verdict import COMPARED

WAIT_SETTINGS = "Comparing again at other landmark days and numbers of answers …"
WAIT_METHODS = "Comparing again by other methods …"
BY_DAY, BY_ANSWERS = "Landmark day", "Answers needed"
STATISTICIANS = "For statisticians"
SEGMENTS, ROUND = "Mantel–Haenszel across segments", "Does the gap turn round within a dimension? (Simpson)"

_IN_FORCE = "in force"
_WHY = {
    "no deals": "no deals to compare",
    "one group only": "one group only",
    "too few": "too few to say",
    "not comparable": "not comparable: too few deals have a partner",
}
_METHODS = {
    "logistic model": "Logistic model",
    "logistic model with tag by stage": "Logistic model, tag by stage",
    "overlap weights": "Overlap weights",
    "inverse probability weights": "Inverse probability weights",
}
_METHOD_NOTES = {
    "logistic model": "the chance to win, from what alike deals share",
    "logistic model with tag by stage": "the same; the gap may differ by stage",
    "overlap weights": "deals weighted by how likely either tag was",
    "inverse probability weights": "all deals weighted up to the whole; the least steady",
}


def by_day(sensitivity: pl.DataFrame, terms: Terms) -> list[Row]:
    """Return a row for each landmark day at the number of answers in force, from Database.sensitivity."""
    rows = _of(sensitivity).filter(answers_needed=terms.answers_needed).sort("landmark_day").iter_rows(named=True)
    return [_row(row, f"Day {row['landmark_day']}", is_in_force=row["landmark_day"] == terms.landmark_day) for row in rows]


def by_answers(sensitivity: pl.DataFrame, terms: Terms) -> list[Row]:
    """Return a row for each number of answers at the landmark day in force, from Database.sensitivity."""
    rows = _of(sensitivity).filter(landmark_day=terms.landmark_day).sort("answers_needed").iter_rows(named=True)
    return [
        _row(row, rounding.count(row["answers_needed"], "answer"), is_in_force=row["answers_needed"] == terms.answers_needed)
        for row in rows
    ]


def _of(sensitivity: pl.DataFrame) -> pl.DataFrame:
    return sensitivity.filter(measure="win_rate")


def _row(row: Mapping[str, Any], name: str, *, is_in_force: bool) -> Row:
    title = f"{name} · {_IN_FORCE}" if is_in_force else name
    if row["state"] not in COMPARED:
        counts = f"{rounding.whole(row['customer_deals'])} customer-focused, {rounding.whole(row['seller_deals'])} seller-focused"
        return Row(title, (), f"{_WHY.get(row['state'], row['state'])}: {counts}")
    alike = f"same {factors(row['strata'])}" if row["strata"] else ""
    return Row(title, (_dot(row, title, is_strong=is_in_force),), alike)


def _dot(row: Mapping[str, Any], title: str, *, is_strong: bool, deals: str | None = None) -> Dot:
    """Return a gap in points with its interval, where it has one."""
    has_ends = row["low"] is not None
    step = gap_step(row["low"], row["high"])
    gap = rounding.number(100 * row["difference"], step, signed=True)
    behind = f"{rounding.of(row['deals_compared'], row['deals'])} deals" if deals is None else deals
    ends = (f"95% interval: {interval(row, 0.1)}",) if has_ends else ()
    return Dot(
        100 * row["difference"],
        "strong" if is_strong else "quiet",
        f"{gap} ({interval(row, step)})" if has_ends else gap,
        behind,
        100 * row["low"] if has_ends else None,
        100 * row["high"] if has_ends else None,
        (title, f"Gap: {rounding.points(row['difference'], 0.1, signed=True)}", *ends, *([behind] if behind else [])),
    )


def axis(days: Sequence[Row], answers: Sequence[Row]) -> Axis:
    """Return one axis for both charts, so that they can be held against each other."""
    dots = [dot for row in (*days, *answers) for dot in row.dots]
    return replace(GAP_AXIS, holds=tuple(value for dot in dots for value in (dot.value, dot.low, dot.high) if value is not None))


def picture(days: Sequence[Row], answers: Sequence[Row]) -> Picture:
    """Return the words of both charts."""
    intro = (
        "The like-for-like gap at other settings; the boldest row is the one in force. Settings that are tried until one fits prove "
        f"nothing: what counts is whether they agree. {_agree(BY_DAY.lower(), days)} {_agree(BY_ANSWERS.lower(), answers)}"
    ).strip()
    told = (*(f"{BY_DAY}: {each}" for each in gap_sentences(days)), *(f"{BY_ANSWERS}: {each}" for each in gap_sentences(answers)))
    frame = gap_table([*days, *answers], "Setting")
    text = f"{alt(BY_DAY, days)} {alt(BY_ANSWERS, answers)}"
    return Picture("sensitivity", "What hangs on the settings", intro, text, told, frame)


def _agree(what: str, made: Sequence[Row]) -> str:
    """Return how many settings have the sign of the one in force, and an interval that excludes 0."""
    told = [row for row in made if row.dots]
    force = next((row.dots[0] for row in told if row.dots[0].role == "strong"), None)
    if force is None or len(told) <= 1:
        return ""
    others = [row.dots[0] for row in told if row.dots[0] is not force]
    same = [dot for dot in others if dot.value * force.value > 0]
    sure = [dot for dot in same if dot.low is not None and dot.high is not None and (dot.low > 0 or dot.high < 0)]
    return f"By {what}, {rounding.of(len(same), len(others))} others have its sign, {len(sure)} with an interval that excludes 0."


def methods(others: pl.DataFrame, verdicts: pl.DataFrame, compared: pl.DataFrame) -> list[Row]:
    """Return the forest of methods: as observed, like for like, and those of Database.other_methods; empty where nothing is compared."""
    row = verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)
    if row["state"] not in COMPARED or others.is_empty():
        return []
    usual = compared.filter(measure="win_rate", contrast="buyer")
    made = [
        Row(title, (_dot(each, title, is_strong=title == "Like for like"),), note)
        for comparison, title, note in (
            ("as observed", "As observed", "not made alike"),
            ("like for like", "Like for like", "the finding"),
        )
        for each in usual.filter(comparison=comparison).iter_rows(named=True)
    ]
    return made + [_method(each) for each in others.iter_rows(named=True)]


def _method(row: Mapping[str, Any]) -> Row:
    title = _METHODS.get(row["method"], row["method"])
    if row["difference"] is None:
        return Row(title, (), "the method finds no answer with these deals")
    return Row(title, (_dot(row, title, is_strong=False, deals=""),), _METHOD_NOTES.get(row["method"], ""))


def methods_picture(made: Sequence[Row]) -> Picture:
    """Return the words of the forest of methods."""
    intro = (
        "The same question to other methods, which hold the same things equal in their own ways. They average over different deals, "
        f"so some spread is expected; that they disagree on the sign is not. {_agree('method', made[1:])}"
    ).strip()
    text = alt("Gap in win rate in points by method", made)
    return Picture("other_methods", "Do other methods agree?", intro, text, gap_sentences(made), gap_table(made, "Method"))


_MEASURES = {"odds_ratio": "Odds ratio", "risk_ratio": "Risk ratio", "risk_difference": "Risk difference"}
_DIMENSIONS = {"stage": "Stage", "owner": "Rep", "icp_fit": "Fit"}


def across_segments(pooled: pl.DataFrame) -> pl.DataFrame:
    """Return metrics.mantel_haenszel as a table to read."""
    columns = ("Measure", "As observed", "Across segments", "95% interval", "Heterogeneity", "Segments used", "Deals used")
    told = [_measure(row) for row in pooled.iter_rows(named=True)]
    return pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String), orient="row")


def _measure(row: Mapping[str, Any]) -> tuple[str, ...]:
    step = 0.001 if row["measure"] == "risk_difference" else 0.01
    values = ("–" if row[name] is None else rounding.number(row[name], step) for name in ("observed", "estimate"))
    has_ends = row["low"] is not None and row["high"] is not None
    ends = rounding.between(*(rounding.number(row[end], step) for end in ("low", "high"))) if has_ends else "–"
    apart = "–" if row["heterogeneity_p"] is None else p_value(row["heterogeneity_p"])
    used = rounding.of(row["strata_used"], row["strata"]), rounding.of(row["deals_used"], row["deals"])
    return (_MEASURES[row["measure"]], *values, ends, apart, *used)


def turned_round(simpson: pl.DataFrame) -> pl.DataFrame:
    """Return metrics.simpson as a table to read."""
    columns = ("Dimension", "As observed", "Within its values", "Values against", "Turns round")
    told = [
        (
            _DIMENSIONS.get(row["dimension"], row["dimension"].replace("_", " ").capitalize()),
            *("–" if row[name] is None else rounding.points(row[name], 0.1, signed=True) for name in ("observed", "within")),
            rounding.of(row["values_against"], row["values_told"]),
            "yes" if row["is_warning"] else "no",
        )
        for row in simpson.iter_rows(named=True)
    ]
    return pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String), orient="row")


def statistics(robust: Mapping[str, Any], pooled: pl.DataFrame) -> list[str]:
    """Return how the intervals are made, and the figures that only a statistician asks for."""
    told = [
        "Like for like: Mantel–Haenszel risk difference over strata, with a delete-one-rep jackknife (CV3) and t at reps less one.",
        "The pooled measures below take deals as independent, so their intervals are too narrow where reps differ.",
    ]
    if robust["standard_error"] is not None:
        told.append(f"Standard error of the gap: {rounding.points(robust['standard_error'], 0.1)}.")
    if robust["risk_ratio"] is not None:
        ends = "" if robust["ratio_low"] is None or robust["ratio_high"] is None else f" (95% interval {_ratio_ends(robust)})"
        told.append(
            f"The gap as a ratio of win rates: {rounding.number(robust['risk_ratio'], 0.01)}{ends}; the E-value is that of this ratio."
        )
    if robust["equivalence_p"] is not None:
        margin = rounding.points(robust["margin"], 0.1 if round(1000 * robust["margin"]) % 10 else 1.0)
        told.append(f"Being further apart than ±{margin}: {p_value(robust['equivalence_p'])} (two one-sided tests).")
    first = pooled.row(0, named=True) if pooled.height else {}
    if first and first["association_p"] is not None:
        chance = p_value(first["association_p"])
        told.append(f"Cochran–Mantel–Haenszel across segments: χ² = {rounding.number(first['association'], 0.1)}, {chance}.")
    return told


def _ratio_ends(robust: Mapping[str, Any]) -> str:
    return rounding.between(*(rounding.number(robust[name], 0.01) for name in ("ratio_low", "ratio_high")))
