"""The evidence ladder: the gap in win rate as a claim, and what is left of it step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_OWNERS, Terms
from dashboard.wording.common import CUSTOMER, SELLER, TOO_FEW, Picture, counts, interval, is_few, rate, whole_points
from dashboard.wording.verdict import Verdict

_TITLE = "From claim to evidence"
_INTRO = (
    "The gap in win rate between the two groups. Each step takes out one reason for it that has nothing to do with how the deal was sold."
)
AXIS = "Gap in win rate, in points"

_LAST_WITH_RATES = 4  # from step 5 on the groups are weighted, so that each has no rate of its own
_NONE = "–"
_NO_INTERVAL = "no interval"
_STEPS = {
    1: ("As the CRM reports it", "any text in the field today counts"),
    2: ("Junk answers out", "placeholders, noise, copied, pasted and imported texts do not count"),
    3: ("Late answers out", "answers written before the close only"),
    4: ("At equal deal age", "answers written by day {day} only"),
    5: ("Like for like", "only deals that are alike on day {day}"),
    6: ("Beyond tidy record-keeping", "less what filled neutral fields go with"),
}
_NO_GAP = {
    "no questions mapped": "needs buyer questions",
    "no field history": "needs field history",
    "one group only": "needs deals of both groups",
    "not comparable": "not comparable: too few deals have a partner",
    "no neutral fields": "needs neutral fields",
}


@dataclass(frozen=True, slots=True)
class Rung:
    """A row of the picture. Gap, low and high are in points; without a gap the note says why."""

    title: str
    note: str
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    label: str = ""
    deals: str = ""
    hover: tuple[str, ...] = ()
    is_strong: bool = False


def rungs(ladder: pl.DataFrame, said: Verdict, terms: Terms) -> list[Rung]:
    """Return the rows of the picture, one per step. The strong one is the last that has an interval."""
    made: list[Rung] = []
    for row in ladder.iter_rows(named=True):
        before = next((rung.gap for rung in reversed(made) if rung.gap is not None), None)
        why = why_no_gap(row, said)
        made.append(Rung(_STEPS[row["step"]][0], why) if why else _rung(row, before, terms))
    strong = max((number for number, rung in enumerate(made) if rung.low is not None), default=None)
    return [replace(rung, is_strong=number == strong) for number, rung in enumerate(made)]


def why_no_gap(row: Mapping[str, Any], said: Verdict) -> str:
    """Return why a step shows no gap, or nothing where it shows one; alike deals are too few where the verdict says so."""
    if row["difference"] is None:
        return _NO_GAP.get(row["reason"], str(row["reason"]))
    if row["step"] > _LAST_WITH_RATES:
        return TOO_FEW if said.state == "too few" else ""
    groups = f"{rounding.whole(row['customer_deals'])} {CUSTOMER.lower()}, {rounding.whole(row['seller_deals'])} {SELLER.lower()}"
    return f"{TOO_FEW}: {groups}" if is_few(row) else ""


def _rung(row: Mapping[str, Any], before: float | None, terms: Terms) -> Rung:
    title, what = _STEPS[row["step"]]
    gap, low, high = (None if row[name] is None else 100 * row[name] for name in ("difference", "low", "high"))
    change = "" if before is None else f"{_change(before / 100, row['difference'])}: "
    return Rung(
        title,
        f"{change}{what.format(day=terms.landmark_day)}",
        gap,
        low,
        high,
        label=_label(row),
        deals=rounding.count(row["deals_used"], "deal"),
        hover=_hover(title, row),
    )


def _change(before: float, after: float) -> str:
    """Return what a step changed: between the gaps as they are shown, so that the figures on the page add up."""
    change = whole_points(after) - whole_points(before)
    return rounding.points(change / 100, signed=True) if change else "no change"


def _label(row: Mapping[str, Any]) -> str:
    step = rounding.points_step(row["low"], row["high"])
    gap = rounding.number(100 * row["difference"], step, signed=True)
    if row["low"] is None:
        return f"{gap} ({_NO_INTERVAL})" if row["reason"] else gap
    return f"{gap} ({interval(row, step)})"


def _hover(title: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    groups = ((CUSTOMER, "customer"), (SELLER, "seller"))
    rates = [f"{name}: {rate(row, group, 0.1)}" for name, group in groups if row[f"{group}_rate"] is not None]
    ends = [f"No interval: fewer than {FEW_OWNERS} reps"] if row["reason"] else []
    ends = ends if row["low"] is None else [f"95% interval: {interval(row, 0.1)}"]
    return (
        title,
        *rates,
        f"Gap: {rounding.points(row['difference'], 0.1, signed=True)}",
        *ends,
        f"Not used: {rounding.count(row['deals_left_out'], 'deal')} in scope",
    )


def picture(ladder: pl.DataFrame, made: Sequence[Rung], said: Verdict) -> Picture:
    """Return the words of the picture."""
    return Picture("evidence_ladder", _TITLE, _INTRO, alt(made), tuple(sentences(made)), table(ladder, said))


def tick(value: int) -> str:
    """Return a tick of the axis."""
    return rounding.number(value, signed=True)


def sentences(made: Iterable[Rung]) -> list[str]:
    """Return the picture in words, a sentence a row."""
    return [_sentence(rung) for rung in made]


def _sentence(rung: Rung) -> str:
    if rung.gap is None:
        return f"{rung.title}: {rung.note}."
    return f"{rung.title}: a gap of {rung.label} points over {rung.deals}; {rung.note}."


def alt(made: Iterable[Rung]) -> str:
    """Return the picture in a line, for those who cannot see it: the gaps, and why one is missing."""
    told = [f"{rung.title} {rung.note if rung.gap is None else rung.label}" for rung in made]
    return f"Gap in win rate in points, step by step: {'; '.join(told)}."


_COLUMNS = ("Step", CUSTOMER, SELLER, "Gap", "95% interval", "Change", "Deals used", "Not used")


def table(ladder: pl.DataFrame, said: Verdict) -> pl.DataFrame:
    """Return the steps as a table to read, to a tenth of a point; a step without a gap says why."""
    rows = list(ladder.iter_rows(named=True))
    whys = [why_no_gap(row, said) for row in rows]
    told = [_table_row(row, why, has_change=not before) for row, why, before in zip(rows, whys, ["", *whys[:-1]], strict=True)]
    return pl.DataFrame(told, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _table_row(row: Mapping[str, Any], why_not: str, *, has_change: bool) -> tuple[str, ...]:
    """Return a row to read; a change from a gap that is not shown is not shown either."""
    has_change &= not why_not and row["removed"] is not None
    return (
        f"{row['step']} {_STEPS[row['step']][0]}",
        *(_group(row, group, is_quiet=bool(why_not)) for group in ("customer", "seller")),
        why_not or rounding.points(row["difference"], 0.1, signed=True),
        _NONE if why_not or row["low"] is None else interval(row, 0.1),
        rounding.points(-row["removed"], 0.1, signed=True) if has_change else _NONE,
        f"{rounding.whole(row['deals_used'])}",
        f"{rounding.whole(row['deals_left_out'])}",
    )


def _group(row: Mapping[str, Any], group: str, *, is_quiet: bool) -> str:
    """Return a group's rate; its counts where it has too few deals, and nothing where the groups are weighted."""
    if row["step"] > _LAST_WITH_RATES:
        return _NONE
    return counts(row, group) if is_quiet else rate(row, group, 0.1)
