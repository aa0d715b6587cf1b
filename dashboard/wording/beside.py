"""What stands beside the verdict: the claim it started from, what explains part of it, and the time that deals take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Alike, Terms
from dashboard.wording.common import factors, is_few, rate, signed, step_of, whole_points
from dashboard.wording.verdict import COMPARED, tendency


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing to know beside the verdict: what it is about, and what was seen."""

    label: str
    text: str


def facts(verdicts: pl.DataFrame, ladder: pl.DataFrame, alike: Alike, terms: Terms) -> list[Fact]:
    """Return what there is to know, in the order in which the claim shrinks; nothing that too few deals would tell."""
    won, open_ = (verdicts.row(by_predicate=pl.col("measure") == measure, named=True) for measure in ("win_rate", "days_open"))
    if won["state"] in {"no field history", "no questions mapped", "no deals"}:
        return []
    told = {"The CRM would report": _as_reported(ladder), "At equal age": _at_equal_age(ladder, terms)}
    if won["state"] in COMPARED:
        told |= {
            "Explained by the mix": _mix(won, step_of(ladder, 4), alike),
            "Beyond tidy record-keeping": _beyond(won, step_of(ladder, 6)),
            "Time": _time(open_, terms),
            "Not held equal": _let_go(alike),
        }
    return [Fact(label, text) for label, text in told.items() if text]


def _as_reported(ladder: pl.DataFrame) -> str:
    row = step_of(ladder, 1)
    return "" if is_few(row) else f"{_gap(row)}: {rate(row, 'customer')} against {rate(row, 'seller')} of closed deals."


def _at_equal_age(ladder: pl.DataFrame, terms: Terms) -> str:
    row = step_of(ladder, 4)
    if is_few(row):
        return ""
    last = terms.landmark_day + terms.horizon_days
    return f"{_gap(row)}: {rate(row, 'customer')} won by day {last}, of the others {rate(row, 'seller')}."


def _gap(row: Mapping[str, Any]) -> str:
    return rounding.points(row["difference"], signed=True)


def _mix(won: Mapping[str, Any], observed: Mapping[str, Any], alike: Alike) -> str:
    """Return how much of the observed gap goes away among alike deals, between the gaps as they are shown."""
    before, after = (whole_points(row["difference"]) for row in (observed, won))
    differ = f"the groups differ in {factors(alike.held)}" if alike.held else "the groups are different deals"
    if before * after >= 0 and abs(after) < abs(before):
        return f"{abs(before - after)} of these {abs(before)} points: {differ}."
    return f"None of it. Among alike deals the gap of {_gap(observed)} becomes {_gap(won)}."


def _beyond(won: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    if step["reason"] == "no neutral fields":
        return "Cannot be told: the export holds no neutral fields. Name some under [neutral] in sameside.toml."
    if won["beyond_tidiness"] is None:
        return ""
    beyond = {name: won[f"beyond_{end}"] for name, end in (("difference", "tidiness"), ("low", "low"), ("high", "high"))}
    return f"{signed(beyond)}, once what filled neutral fields go with is taken off."


def _time(row: Mapping[str, Any], terms: Terms) -> str:
    if row["state"] not in COMPARED:
        return ""
    over = f"won or lost, over the {terms.horizon_days} days after day {terms.landmark_day}"
    if row["low"] is None:
        return f"Alike customer-focused deals stay open {_days(row, 1.0)}, {over}; no range."
    step = 0.1 if row["high"] - row["low"] < 2 else 1.0  # noqa: PLR2004 - two days, as with points
    if row["state"] not in {"more", "less"}:
        ends = rounding.between(*(rounding.number(row[end], step) for end in ("low", "high")))
        days = rounding.days(row["difference"], step, signed=True)
        return f"No clear difference in how long alike deals stay open: {days} (95% interval {ends}), {over}."
    ends = rounding.between(*(rounding.number(end, step) for end in sorted((abs(row["low"]), abs(row["high"])))))
    stay = "tend to stay" if row["is_toned_down"] else "stay"
    return f"Alike customer-focused deals {stay} open {_days(row, step)} (95% interval {ends}), {over}. {tendency(row, terms)}".rstrip()


def _days(row: Mapping[str, Any], step: float) -> str:
    return f"{rounding.days(abs(row['difference']), step)} {'less' if row['difference'] < 0 else 'longer'}"


def _let_go(alike: Alike) -> str:
    names = factors(alike.let_go)
    return f"{names[:1].upper()}{names[1:]}: too few deals would have had a partner." if names else ""
