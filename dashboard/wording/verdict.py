"""The answer to "does customer focus pay?": every state, and every reason to tone it down, of metrics.verdict in words.

Which state it is, the metric decides. It compares deals that are alike in what is recorded, so a sentence may tell a difference and how
sure it is; what is not recorded may still explain it, so no sentence tells what brought it about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, FEW_OWNERS, Alike, Terms
from dashboard.wording.common import Answer, factors, is_few, needed, rate, signed, size, step_of

QUESTION = "Does customer focus pay?"
CAVEAT = "A comparison, not proof: something that is not recorded may explain it."
COMPARED = frozenset({"more", "less", "no meaningful difference", "cannot tell", "fewer than 5 owners"})
"""The states in which alike deals were compared, so that there is a difference to speak of."""

_DASH = "\N{NO-BREAK SPACE}–"  # stays on the line of the word before it
_FEW_WON = 5  # of each group, and as many not won
_FILLED_LATER = "Fields may have been filled after the deal closed, so this cannot tell cause from effect."
_MORE_DEALS = "More deals come in with fewer filters, another landmark day, or time."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said: the state in the metric's word, in a person's, in a sentence, and what to know or to do beside it."""

    state: str
    in_a_word: str
    sentence: str
    note: str

    @property
    def compares_ages(self) -> bool:
        """Return whether deals are told apart at equal age, so that there are figures of a group."""
        return self.state not in {"no field history", "no questions mapped", "no deals"}

    @property
    def caveat(self) -> str:
        """Return what a comparison of alike deals does not show."""
        return CAVEAT if self.state in COMPARED else ""


@dataclass(frozen=True, slots=True)
class _Case:
    """What a sentence is made of: the row of metrics.verdict, and what it was computed on."""

    row: Mapping[str, Any]
    ladder: pl.DataFrame
    alike: Alike
    terms: Terms
    deals: int


_Said = tuple[str, str]


def verdict(verdicts: pl.DataFrame, ladder: pl.DataFrame, alike: Alike, terms: Terms, deals: int) -> Verdict:
    """Return what metrics.verdict says of the win rate; `deals` is how many are in scope."""
    row = verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)
    in_a_word, say = _told(row["state"], deals)
    sentence, note = say(_Case(row, ladder, alike, terms, deals))
    return Verdict(row["state"], _TENDENCIES[row["state"]] if row["is_toned_down"] else in_a_word, sentence, note)


def is_compared(verdicts: pl.DataFrame) -> bool:
    """Return whether alike deals were compared by win rate, so that figures of the comparison may be told."""
    return verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)["state"] in COMPARED


def tendency(row: Mapping[str, Any], terms: Terms) -> str:
    """Return why a difference is told as a tendency, or nothing where it is not; `row` is one of metrics.verdict."""
    reasons = "; ".join(_reason(reason, row, terms) for reason in row["reasons"])
    return f"Only a tendency: {reasons}." if reasons else ""


def _reason(reason: str, row: Mapping[str, Any], terms: Terms) -> str:
    partners = f"{rounding.percent(row['share_compared'] or 0)} of the deals ({rounding.of(row['deals_compared'], row['deals'])})"
    reasons = {
        "neutral fields explain it": "it may be no more than tidy record-keeping",
        "few partners": f"only {partners} have one of the other group that is alike",
        "few owners": f"the deals are those of only {rounding.count(row['owners'], 'rep')}",
        "owners not held equal": "the rep could not be held equal, so it may be the reps that differ",
        "groups still differ": "what could not be held equal still sets the two groups apart",
        "stage unknown": f"the export holds no stage history, so nobody knows which stage a deal was in on day {terms.landmark_day}",
    }
    return reasons.get(reason, reason)


def like_for_like(alike: Alike, terms: Terms) -> str:
    """Return how a sentence about alike deals begins: what they share."""
    if not alike.held:
        return f"Compared like for like{_DASH} though the export tells nothing that alike deals could share{_DASH}"
    return f"Compared like for like{_DASH} same {factors(alike.held)} on {rounding.on_day(terms.landmark_day)}{_DASH}"


def untold(row: Mapping[str, Any], alike: Alike, terms: Terms, deals: int) -> Answer | None:
    """Return why alike deals are not compared, or None where they are; `row` is one of metrics.verdict, of a file with field history."""
    if row["state"] in COMPARED:
        return None
    in_a_word, say = _told(row["state"], deals)
    return Answer(in_a_word, *say(_Case(row, pl.DataFrame(), alike, terms, deals)))


def _like_for_like(case: _Case) -> str:
    return like_for_like(case.alike, case.terms)


def _different(case: _Case) -> _Said:
    gap, ends = size(case.row)
    how = f"{case.row['state']} often"
    won = f"tend to win {how}: by {gap}" if case.row["is_toned_down"] else f"won {gap} {how}"
    return f"{_like_for_like(case)} customer-focused deals {won} (95% interval {ends}).", tendency(case.row, case.terms)


def _no_meaningful_difference(case: _Case) -> _Said:
    within = f"which lies within ±{_margin(case.row)}, set beforehand as too little to matter"
    return f"{_like_for_like(case)} there is no meaningful difference: {signed(case.row)}, {within}.", ""


def _cannot_tell(case: _Case) -> _Said:
    seen = f"With these deals, a gap of {rounding.points(case.row['detectable_difference'])} would have been seen four times in five"
    sentence = f"{_like_for_like(case)} there is no clear difference: {signed(case.row)}."
    if not case.row["deals_needed"]:
        return sentence, f"{seen}."
    more = rounding.number(case.row["deals_needed"], max(1.0, rounding.step_of(None, None, case.row["deals_needed"])))
    return sentence, f"{seen}; to see one of {_margin(case.row)} as surely takes about {more} deals more."


def _margin(row: Mapping[str, Any]) -> str:
    """Return the margin as it was set, which is in tenths at the finest."""
    points = round(100 * row["margin"], 1)
    return rounding.points(row["margin"], 1.0 if points.is_integer() else 0.1)


def _no_interval(case: _Case) -> _Said:
    whose = f"the deals are those of {rounding.count(case.row['owners'], 'rep')}, and a range takes {FEW_OWNERS}"
    why = whose if case.terms.has_owners else "the export does not say whose deals they are"
    gap = rounding.points(case.row["difference"], signed=True)
    return f"{_like_for_like(case)} the gap is {gap}, but nobody can say how sure that is: {why}.", ""


def _not_comparable(case: _Case) -> _Said:
    shared = f" in {factors(case.alike.held)}" if case.alike.held else ""
    partners = (
        f"only {rounding.of(case.row['deals_compared'], case.row['deals'])} deals have" if case.row["deals_compared"] else "no deal has"
    )
    alike = f"one of the other group that is alike{shared} on day {case.terms.landmark_day}"
    return (
        f"The groups are not comparable: {partners} {alike}, so no gap is told.",
        "Fewer filters or another landmark day may give more deals a partner.",
    )


def _too_few(case: _Case) -> _Said:
    groups = (("customer", "customer-focused deal"), ("seller", "seller-focused deal"))
    counted = " and ".join(
        f"{rounding.count(case.row[f'{group}_deals'], noun)} ({rounding.whole(case.row[f'{group}_won'])} won)" for group, noun in groups
    )
    least = f"a first reading takes {FEW_DEALS} of each, with {_FEW_WON} won and {_FEW_WON} not"
    return f"Too few to say: {counted} can be compared at day {case.terms.landmark_day}; {least}.", _MORE_DEALS


def _one_group(case: _Case) -> _Said:
    deals, name, change = (
        (case.row["customer_deals"], "customer-focused", "more answers")
        if case.row["customer_deals"]
        else (case.row["seller_deals"], "seller-focused", "fewer answers")
    )
    subjects = {1: "The one deal that can be compared is", 2: "Both deals that can be compared are"}
    subject = subjects.get(deals, f"All {rounding.whole(deals)} deals that can be compared are")
    mark = f"customer-focused takes {needed(case.terms)} answered by day {case.terms.landmark_day}"
    return (
        f"{subject} {name}, so there is nothing to compare with; {mark}.",
        f"Asking for {change}, or another landmark day, moves the line between the groups.",
    )


def _no_history(case: _Case) -> _Said:
    row = step_of(case.ladder, 2)
    if is_few(row):
        counted = " and ".join(rounding.count(row[f"{group}_deals"], f"{group}-focused deal") for group in ("customer", "seller"))
        few = f"Too few to say: {counted} closed; {FEW_DEALS} of each are needed for a first reading."
        return few, f"{_FILLED_LATER} {_MORE_DEALS}"
    rates = f"{rate(row, 'customer')}, the others {rate(row, 'seller')}"
    gap = rounding.points(row["difference"], signed=True)
    return f"Deals whose fields are filled today, for {needed(case.terms)}, won {rates}: a gap of {gap}.", _FILLED_LATER


def _no_questions(_: _Case) -> _Said:
    return (
        "None of the buyer questions is found in the export, so no deal can be called customer-focused.",
        "Name the fields that hold the answers under [questions] in sameside.toml, then load the export again.",
    )


def _no_deals(case: _Case) -> _Said:
    if not case.deals:
        return "No deal matches these filters.", "Take one out in the sidebar, or reset them."
    subject = "The one deal in scope cannot" if case.deals == 1 else f"None of the {rounding.whole(case.deals)} deals in scope can"
    return f"{subject} be compared at day {case.terms.landmark_day} yet.", "See “left out: why?” above for what becomes of them."


_STATES: dict[str, tuple[str, Callable[[_Case], _Said]]] = {
    "more": ("Won more often", _different),
    "less": ("Won less often", _different),
    "no meaningful difference": ("No meaningful difference", _no_meaningful_difference),
    "cannot tell": ("Cannot tell yet", _cannot_tell),
    "fewer than 5 owners": ("A gap without a range", _no_interval),
    "not comparable": ("Not comparable", _not_comparable),
    "too few": ("Too few to say", _too_few),
    "one group only": ("Nothing to compare with", _one_group),
    "no deals": ("Nothing to compare yet", _no_deals),
    "no field history": ("An association, no more", _no_history),
    "no questions mapped": ("Nothing to go by yet", _no_questions),
}
_TENDENCIES = {"more": "A tendency to win more often", "less": "A tendency to win less often"}


def _told(state: str, deals: int) -> tuple[str, Callable[[_Case], _Said]]:
    """Return a state in a word and what says it; without any deal in scope the page says what every other page says."""
    in_a_word, say = _STATES[state]
    return (in_a_word if deals else "Nothing in scope"), say
