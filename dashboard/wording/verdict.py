"""The answer to "does customer focus pay?", as far as the evidence goes: a description, and told as one.

The groups are compared at equal deal age and not yet made alike, so no sentence here may claim an effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, FEW_OWNERS, Terms
from dashboard.wording.common import interval, is_few, needed, rate, step_of

QUESTION = "Does customer focus pay?"

State = Literal["more", "less", "unclear", "no interval", "too few", "one group", "no history", "no questions", "no deals"]

_IN_A_WORD: dict[State, str] = {
    "more": "Won more often",
    "less": "Won less often",
    "unclear": "No clear difference",
    "no interval": "A gap without a range",
    "too few": "Too few to say",
    "one group": "Nothing to compare with",
    "no history": "An association, no more",
    "no questions": "Nothing to go by yet",
    "no deals": "No deals in scope",
}
_NOT_ALIKE = (
    "The groups are not yet made alike – stage, segment, rep and fit are not taken out – so read this as a description, not an effect."
)
_FILLED_LATER = "Fields may have been filled after the deal closed, so this cannot tell cause from effect."
_MORE_DEALS = "More deals come in with fewer filters, another landmark day, or time."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said: the sentence, and beside it what the sentence does not show or what to do."""

    state: State
    sentence: str
    beside: str

    @property
    def in_a_word(self) -> str:
        """Return the verdict in a few words."""
        return _IN_A_WORD[self.state]

    @property
    def compares_ages(self) -> bool:
        """Return whether deals can be told apart at equal age, so that there are figures of both groups."""
        return self.state not in {"no history", "no questions", "no deals"}

    @property
    def has_gap(self) -> bool:
        """Return whether any step of the evidence ladder can have a gap."""
        return self.state not in {"no questions", "no deals"}


def verdict(ladder: pl.DataFrame, terms: Terms, deals: int) -> Verdict:
    """Return what the steps of the evidence ladder allow to say; `deals` is how many are in scope."""
    if not deals:
        return Verdict("no deals", "No deal matches these filters.", "Take one out in the sidebar, or reset them.")
    if not terms.questions:
        return Verdict(
            "no questions",
            "None of the buyer questions is found in the export, so no deal can be called customer-focused.",
            "Name the fields that hold the answers under [questions] in sameside.toml, then load the export again.",
        )
    if not terms.has_field_history:
        return _without_history(step_of(ladder, 2), terms)
    row = step_of(ladder, 4)
    if bool(row["customer_deals"]) != bool(row["seller_deals"]):
        return _one_group(row, terms)
    if is_few(row):
        return Verdict("too few", _too_few(row), _MORE_DEALS)
    return _compared(row, step_of(ladder, 1), terms)


def _without_history(row: Mapping[str, Any], terms: Terms) -> Verdict:
    if is_few(row):
        return Verdict("no history", _too_few(row), f"{_FILLED_LATER} {_MORE_DEALS}")
    gap = rounding.points(row["difference"], signed=True)
    rates = f"{rate(row, 'customer')}, the others {rate(row, 'seller')}"
    sentence = f"Deals whose fields are filled today, for {needed(terms)}, won {rates}: a gap of {gap}."
    return Verdict("no history", sentence, _FILLED_LATER)


def _too_few(row: Mapping[str, Any]) -> str:
    groups = (("customer_deals", "customer-focused deal"), ("seller_deals", "seller-focused deal"))
    counted = " and ".join(rounding.count(row[name], noun) for name, noun in groups)
    return f"Too few to say: {counted} decided; {FEW_DEALS} of each are needed for a first reading."


def _one_group(row: Mapping[str, Any], terms: Terms) -> Verdict:
    deals, name, change = (
        (row["customer_deals"], "customer-focused", "more answers")
        if row["customer_deals"]
        else (row["seller_deals"], "seller-focused", "fewer answers")
    )
    subject = "The one deal that can be compared is" if deals == 1 else f"All {deals:,} deals that can be compared are"
    mark = f"customer-focused takes {needed(terms)} answered by day {terms.landmark_day}"
    return Verdict(
        "one group",
        f"{subject} {name}, so there is nothing to compare with; {mark}.",
        f"Asking for {change}, or another landmark day, moves the line between the groups.",
    )


def _compared(row: Mapping[str, Any], crm: Mapping[str, Any], terms: Terms) -> Verdict:
    beside = f"{_crm_would_report(crm)}{_NOT_ALIKE}"
    if row["low"] is None or row["high"] is None:
        gap = rounding.points(row["difference"], signed=row["difference"] < 0)
        return Verdict("no interval", f"{_rates(row, terms)}: a gap of {gap}. {_why_no_interval(row, terms)}", beside)
    step = rounding.points_step(row["low"], row["high"])
    rates, ends = _rates(row, terms, step), interval(row, step)
    if row["low"] > 0:
        gap = rounding.points(row["difference"], step)
        return Verdict("more", f"{rates}: a gap of {gap} (95% interval {ends}).", beside)
    gap = rounding.points(row["difference"], step, signed=True)
    if row["high"] < 0:
        return Verdict("less", f"{rates}: they won less often, by a gap of {gap} (95% interval {ends}).", beside)
    return Verdict("unclear", f"No clear difference. {rates}: a gap of {gap} (95% interval {ends}).", beside)


def _rates(row: Mapping[str, Any], terms: Terms, step: float = 1.0) -> str:
    rates = f"{rate(row, 'customer', step)}, the others {rate(row, 'seller', step)}"
    return f"At day {terms.landmark_day}, deals with {needed(terms)} answered went on to win {rates}"


def _crm_would_report(row: Mapping[str, Any]) -> str:
    if row["difference"] is None or is_few(row):
        return ""
    return f"The CRM as it stands would report {rounding.number(100 * row['difference'])}. "


def _why_no_interval(row: Mapping[str, Any], terms: Terms) -> str:
    if not terms.has_owners:
        return "There is no range for it: the export does not say whose deals they are."
    if row["owners"] < FEW_OWNERS:
        reps = rounding.count(row["owners"], "rep")
        return f"There is no range for it: the deals are those of {reps}, and a range takes {FEW_OWNERS}."
    return "There is no range for it: one group's deals are those of too few reps."
