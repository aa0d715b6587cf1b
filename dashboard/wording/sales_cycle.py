"""Do customer-focused deals close sooner? Days open among alike deals, days to the win as observed, and the pace of closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Alike, Terms
from dashboard.wording.beside import Fact
from dashboard.wording.common import CUSTOMER, SELLER, TOO_FEW, Answer, Picture, factors, is_few
from dashboard.wording.rows import Axis, Dot, Role, Row, alt
from dashboard.wording.verdict import CAVEAT, like_for_like, tendency, untold

QUESTION = "Do customer-focused deals close sooner?"

_WINS, _CLOSES = "won by the horizon", "any close"
_FEW_WINS = 6
_NARROW = 2.0  # days; below, tenths are shown
_GROUPS: tuple[tuple[str, Role, str], ...] = (("customer-focused", "customer", CUSTOMER), ("seller-focused", "seller", SELLER))
_NONE = "–"


def answer(verdicts: pl.DataFrame, quantiles: pl.DataFrame, alike: Alike, terms: Terms, deals: int) -> Answer:
    """Return the answer: days open of alike deals, from metrics.verdict, and days to the win, from metrics.cycle_quantiles."""
    row = verdicts.row(by_predicate=pl.col("measure") == "days_open", named=True)
    if said := untold(row, alike, terms, deals):
        return said
    in_a_word, open_ = _days_open(row, terms)
    sentence = f"{like_for_like(alike, terms)} {open_}"
    won = _half_of_wins(quantiles, terms)
    return Answer(in_a_word, " ".join(filter(None, (sentence, won))), tendency(row, terms), CAVEAT)


def _days_open(row: Mapping[str, Any], terms: Terms) -> tuple[str, str]:
    over = f"over the {terms.horizon_days} days after day {terms.landmark_day}"
    if row["low"] is None:
        return "A difference without a range", f"customer-focused deals stay open {_less(row, 1.0)} {over}; too few reps for a range."
    step = _step(row)
    if row["state"] in {"more", "less"}:
        stay = "tend to stay open" if row["is_toned_down"] else "stay open"
        ends = rounding.between(*(rounding.number(end, step) for end in sorted((abs(row["low"]), abs(row["high"])))))
        word = "sooner" if row["difference"] < 0 else "later"
        in_a_word = f"A tendency to close {word}" if row["is_toned_down"] else f"Closed {word}"
        return in_a_word, f"customer-focused deals {stay} {_less(row, step)} {over} (95% interval {ends})."
    days = rounding.days(row["difference"], step, signed=True)
    return "No clear difference in time", f"there is no clear difference in days open {over}: {days} (95% interval {_ends(row, step)})."


def _step(row: Mapping[str, Any]) -> float:
    return 0.1 if row["high"] - row["low"] < _NARROW else 1.0


def _ends(row: Mapping[str, Any], step: float = 1.0) -> str:
    return rounding.between(*(rounding.number(row[end], step) for end in ("low", "high")))


def _less(row: Mapping[str, Any], step: float) -> str:
    return f"{rounding.days(abs(row['difference']), step)} {'less' if row['difference'] < 0 else 'longer'}"


def _of(quantiles: pl.DataFrame, measure: str, quantile: float = 0.5) -> dict[str, dict[str, Any]]:
    rows = quantiles.filter(pl.col("measure") == measure, pl.col("quantile") == quantile).iter_rows(named=True)
    return {row["focus"]: row for row in rows if row["days"] is not None}


def _half_of_wins(quantiles: pl.DataFrame, terms: Terms) -> str:
    """Return how much sooner half of the wins are in, or nothing where a group has too few wins to tell."""
    won = _of(quantiles, _WINS)
    if len(won) <= len(_GROUPS) or won["difference"]["low"] is None:
        return ""
    gap, (customer, seller) = won["difference"], (_day(won[focus]["days"], terms) for focus, _, _ in _GROUPS)
    when = f"half of their wins are in by {customer}, half of the others’ by {seller}"
    if gap["low"] <= 0 <= gap["high"]:
        clear = f"no clear difference: {rounding.days(gap['days'], _half(gap['days']), signed=True)}, 95% interval {_ends(gap)}"
        return f"As observed, {when} ({clear})."
    size = rounding.days(abs(gap["days"]), _half(gap["days"]))
    ends = rounding.between(*(rounding.number(end) for end in sorted((abs(gap["low"]), abs(gap["high"])))))
    word = "sooner" if gap["days"] < 0 else "later"
    return f"As observed, {when}: {size} {word} (95% interval {ends})."


def _half(days: float) -> float:
    """Return what days are rounded to: half days are shown."""
    return 1.0 if float(days).is_integer() else 0.1


def _day(days: float, terms: Terms) -> str:
    return f"day\N{NO-BREAK SPACE}{rounding.number(terms.landmark_day + days, _half(days))}"


def facts(verdicts: pl.DataFrame, log_rank: pl.DataFrame, cycle: pl.DataFrame, alike: Alike, terms: Terms) -> list[Fact]:
    """Return the pace of closing from metrics.log_rank, and the median over deals old enough alone, from metrics.sales_cycle.

    Where metrics.verdict has too few deals of a group, no pace is told.
    """
    row = verdicts.row(by_predicate=pl.col("measure") == "days_open", named=True)
    told = {"Pace of closing": "" if is_few(row) else _pace(log_rank, alike), "On the Overview": _old_enough(cycle, terms)}
    return [Fact(label, text) for label, text in told.items() if text]


def _pace(log_rank: pl.DataFrame, alike: Alike) -> str:
    if log_rank.is_empty():
        return ""
    row = log_rank.row(0, named=True)
    p, how = row["clustered_p_value"], "reps allowed for"
    if p is None:
        p, how = row["p_value"], "as if deals were independent"
    if p is None:
        return ""
    among = f"Among deals alike in {factors(alike.held)}" if alike.held else "Among all deals"
    return (
        f"{among}, {rounding.whole(row['observed'])} customer-focused ones were closed, won or lost; at one pace it would be "
        f"{rounding.number(row['expected'])} (log-rank, {how}: {p_value(p)})."
    )


def p_value(p: float) -> str:
    """Return a chance as statisticians read it."""
    return "p < 0.001" if p < 0.001 else f"p = {rounding.number(p, 0.001)}"  # noqa: PLR2004 - below, digits say nothing


def _old_enough(cycle: pl.DataFrame, terms: Terms) -> str:
    rows = {row["focus"]: row for row in cycle.iter_rows(named=True)}
    if len(rows) < len(_GROUPS) or min(row["won"] for row in rows.values()) < _FEW_WINS:
        return ""
    customer, seller = (f"{rounding.number(row['median_days'], _half(row['median_days']))} ({rounding.whole(row['won'])} won)" for row in
                        (rows[focus] for focus, _, _ in _GROUPS))  # fmt: skip
    old = terms.landmark_day + terms.horizon_days
    return f"Median days to the win of deals at least {old} days old: {customer} against {seller}. Here younger deals count too."


# Medians: a row for wins and one for any close.


def medians(quantiles: pl.DataFrame, spread: pl.DataFrame, terms: Terms) -> list[Row]:
    """Return the median days to the win and to any close, by group; a group of too few wins has none."""
    deals = {row["focus"]: row for row in spread.filter(pl.col("outcome") == "won").iter_rows(named=True)}
    rows = []
    for measure, title in ((_WINS, "Days to the win"), (_CLOSES, "Days to any close")):
        found = _of(quantiles, measure)
        dots = tuple(
            _median_dot(found[focus], role, name, terms)
            for focus, role, name in _GROUPS
            if focus in found and deals[focus]["closed" if measure == _WINS else "deals"] >= FEW_DEALS
        )
        rows.append(Row(title, dots, _difference(found.get("difference")) if len(dots) == len(_GROUPS) else TOO_FEW))
    return rows


def _median_dot(row: Mapping[str, Any], role: Role, name: str, terms: Terms) -> Dot:
    low, high = (None if row[end] is None or row["high"] is None else terms.landmark_day + row[end] for end in ("low", "high"))
    value, text = terms.landmark_day + row["days"], rounding.number(terms.landmark_day + row["days"], _half(row["days"]))
    ends = () if low is None or high is None else (f"95% interval: {rounding.between(rounding.number(low), rounding.number(high))}",)
    return Dot(value, role, text, low=low, high=high, hover=(f"{name}: {rounding.days(value, _half(value))}", *ends))


def _difference(row: Mapping[str, Any] | None) -> str:
    if row is None or row["days"] is None:
        return ""
    gap = rounding.days(row["days"], _half(row["days"]), signed=True)
    return gap if row["low"] is None or row["high"] is None else f"{gap} (95% interval {_ends(row)})"


MEDIANS_AXIS = Axis("Days since creation", rounding.number, holds=(0.0,))


def medians_picture(rows: Sequence[Row], terms: Terms) -> Picture:
    """Return the words of the medians."""
    last = terms.landmark_day + terms.horizon_days
    intro = (
        f"By when half are closed, counted from creation: of the deals won by day {last}, and of all deals, won, lost or open. "
        f"All were open on day {terms.landmark_day}; young deals count for as long as they were seen."
    )
    return Picture("median_days", "Median days", intro, alt("Median days since creation", rows), sentences(rows), table(rows, "Median"))


def sentences(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return rows of two groups in words, a sentence a row."""
    return tuple(_sentence(row) for row in rows)


def _sentence(row: Row) -> str:
    names = {"customer": CUSTOMER.lower(), "seller": SELLER.lower()}
    told = " against ".join(f"{names[dot.role]} {dot.text}{f' ({dot.behind})' if dot.behind else ''}" for dot in row.dots)
    return f"{row.title}: {'; '.join(part for part in (told, row.note) if part)}."


def table(rows: Sequence[Row], what: str) -> pl.DataFrame:
    """Return rows of two groups as a table to read: value, interval and count of each, and the note."""
    columns = [what, *(f"{name}{more}" for _, _, name in _GROUPS for more in ("", " in full")), "Difference"]
    told = [_table_row(row) for row in rows]
    return pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String), orient="row")


def _table_row(row: Row) -> tuple[str, ...]:
    dots = {dot.role: dot for dot in row.dots}
    cells = []
    for _, role, _ in _GROUPS:
        dot = dots.get(role)
        cells += [_NONE, _NONE] if dot is None else [dot.text, "; ".join(dot.hover)]
    return (row.title, *cells, row.note or _NONE)
