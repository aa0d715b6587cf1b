"""Buyer questions: which of them, when known by the landmark, go with more wins and fewer days open among alike deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, FEW_OWNERS, Alike, Terms
from dashboard.wording.common import TOO_FEW, Answer, factors, interval, listed, signed, size
from dashboard.wording.verdict import CAVEAT

TITLE = "Which questions go with winning?"

_FINDING = 0.05  # the false discovery rate up to which a difference is called a finding
CLEAR = 0.05  # the p value below which reps, segments or questions differ more than chance has it
_FEW_WON = 5  # of each group, and as many not won
_FEWEST_COMPARED = 0.5  # share of deals with a partner, below which no difference is told
_FEW_REPS = 10  # below, a difference is told as a tendency
NAMED = 3  # findings that a sentence names


@dataclass(frozen=True, slots=True)
class Studied:
    """A question or neutral field: how people call it, what to ask, how often it is known, and what it goes with.

    known and missing are its rows of metrics.question_rates; won and days its rows of metrics.effects, None where no deal tells;
    jointly its row of the model of all questions, None for neutral fields and where there is none.
    """

    label: str
    ask: str
    is_control: bool
    known: Mapping[str, Any]
    missing: Mapping[str, Any]
    won: Mapping[str, Any] | None
    days: Mapping[str, Any] | None
    jointly: Mapping[str, Any] | None

    @property
    def deals(self) -> int:
        """Return the deals of which it is told whether it was known."""
        return int(self.known["deals"] + self.missing["deals"])


def studied(questions: pl.DataFrame, rates: pl.DataFrame, effects: pl.DataFrame, jointly: pl.DataFrame) -> list[Studied]:
    """Return all mapped questions, those that go with the most wins first, after pulling toward their mean; then the neutral fields."""
    made = [_one(row, rates, effects, jointly) for row in questions.filter("is_mapped").iter_rows(named=True)]
    return sorted(made, key=lambda each: (each.is_control, -_pulled(each)))


def _one(question: Mapping[str, Any], rates: pl.DataFrame, effects: pl.DataFrame, jointly: pl.DataFrame) -> Studied:
    topic = question["topic"]
    known, missing = (
        rates.row(by_predicate=(pl.col("question") == topic) & (pl.col("is_answered") == answered), named=True)
        for answered in (True, False)
    )
    won, days = (_first(effects.filter(by_value=topic, measure=measure)) for measure in ("win_rate", "days_open"))
    label = spelt_out(question["label"]) if question["is_neutral"] else question["label"]
    joint = _first(jointly.filter(question=topic))
    return Studied(label, question["ask"], question["is_neutral"], known, missing, won, days, joint)


def _first(frame: pl.DataFrame) -> dict[str, Any] | None:
    return frame.row(0, named=True) if frame.height else None


def _pulled(each: Studied) -> float:
    """Return the difference that a question is ranked by: pulled toward the mean of all where it has a standard error."""
    values = (each.won[name] for name in ("shrunken", "difference")) if each.won and not why_none(each.won) else ()
    return next((float(value) for value in values if value is not None), -1.0)


def spelt_out(field: str) -> str:
    """Return a CRM's name of a field without its suffix and underscores: Lead_Source_Detail__c reads Lead Source Detail."""
    return field.removesuffix("__c").replace("_", " ").strip() or field


def word_for(*, is_control: bool) -> str:
    """Return what a field is that holds something: a buyer question is known, a neutral field filled."""
    return "filled" if is_control else "known"


def why_none(row: Mapping[str, Any] | None) -> str:
    """Return why a row of metrics.effects tells no difference, or nothing where it does."""
    if row is None:
        return "nobody can tell when it was filled"
    word = word_for(is_control=row["is_control"])
    groups = [(row[f"{group}_deals"], row[f"{group}_won"]) for group in ("customer", "seller")]
    if min(deals for deals, _ in groups) < FEW_DEALS:
        return f"{TOO_FEW}: {word} in {rounding.count(groups[0][0], 'deal')}, not in {rounding.whole(groups[1][0])}"
    if min(min(won, deals - won) for deals, won in groups) < _FEW_WON:
        return f"{TOO_FEW}: {rounding.whole(groups[0][1])} won where {word}, {rounding.whole(groups[1][1])} where not"
    if row["difference"] is None or row["share_compared"] < _FEWEST_COMPARED:
        return f"not comparable: {rounding.of(row['deals_compared'] or 0, row['deals'])} deals have a partner"
    return ""


def is_finding(row: Mapping[str, Any] | None) -> bool:
    """Return whether a row of metrics.effects is a finding after the correction for looking at many questions."""
    return row is not None and not why_none(row) and row["q"] is not None and row["q"] <= _FINDING


def is_clear(row: Mapping[str, Any] | None) -> bool:
    """Return whether the interval of a difference that is told lies on one side of 0."""
    return row is not None and row["low"] is not None and (row["low"] > 0 or row["high"] < 0)


def answer(all_studied: Sequence[Studied], alike: Alike, terms: Terms) -> Answer:
    """Return which questions go with more wins, or that none stands out, or why nobody can tell."""
    asked = [each for each in all_studied if not each.is_control]
    told = [each for each in asked if each.won and not why_none(each.won)]
    if not told:
        return _nothing(asked, terms)
    if all(each.won and each.won["low"] is None for each in told):
        return _no_ranges(told, terms)
    found = [each for each in told if is_finding(each.won)]
    return _findings(found, asked, alike, terms) if found else _none_stands_out(told, asked, alike, terms)


def _nothing(asked: Sequence[Studied], terms: Terms) -> Answer:
    whys = {why_none(each.won).partition(":")[0] for each in asked}
    if whys == {"not comparable"}:
        return Answer(
            "Not comparable", f"No question can be told by: too few deals have a partner that is alike on day {terms.landmark_day}."
        )
    return Answer(
        "Too few to say",
        f"Too few to say: no question was known by day {terms.landmark_day} in {FEW_DEALS} deals and unknown in {FEW_DEALS} others, "
        f"with {_FEW_WON} won and {_FEW_WON} not in each.",
        "More deals come in with fewer filters, another landmark day, or time.",
    )


def _no_ranges(told: Sequence[Studied], terms: Terms) -> Answer:
    owners = max(each.won["owners"] for each in told if each.won)
    whose = f"the deals are those of {rounding.count(owners, 'rep')}, and a range takes {FEW_OWNERS}"
    why = whose if terms.has_owners else "the export does not say whose deals they are"
    gaps = listed([f"“{each.label}” {signed(each.won)}" for each in told[:NAMED] if each.won])
    return Answer(
        "Gaps without a range", f"Nobody can say which questions stand out: {why}. Known against not, alike deals differ by {gaps}."
    )


def _findings(found: Sequence[Studied], asked: Sequence[Studied], alike: Alike, terms: Terms) -> Answer:
    better = [each for each in found if each.won and each.won["difference"] > 0]
    worse = [each for each in found if each not in better]
    tend = any(each.won and each.won["owners"] < _FEW_REPS for each in found)
    told = " ".join(
        f"{_how_many(len(group), len(asked))}: alike deals in which {_it(group)} known by day {terms.landmark_day} "
        f"{f'tend to win {how}' if tend else f'won {how}'} often, {_by(group)}."
        for group, how in ((better, "more"), (worse, "less"))
        if group
    )
    word = "A tendency" if tend else f"{rounding.whole(len(found))} of {rounding.whole(len(asked))} stand out"
    return Answer(word, told, f"{_corrected(asked)} {_held(alike, terms)}", CAVEAT)


def _how_many(found: int, asked: int) -> str:
    if asked == 1:
        return "The one question stands out"
    return f"{rounding.whole(found)} of {rounding.whole(asked)} questions {'stands' if found == 1 else 'stand'} out"


def _it(group: Sequence[Studied]) -> str:
    return "it was" if len(group) == 1 else "they were"


def _by(group: Sequence[Studied]) -> str:
    """Return the first few findings, each with its size; the first interval says that it is one."""
    told = []
    for number, each in enumerate(group[:NAMED]):
        gap, ends = size(each.won or {})
        told.append(f"“{each.label}” by {gap} ({'95% interval ' if number == 0 else ''}{ends})")
    more = len(group) - NAMED
    return listed([*told, *([f"{rounding.whole(more)} more"] if more > 0 else [])])


def _corrected(asked: Sequence[Studied]) -> str:
    if len(asked) == 1:
        return "One question was looked at, so there is nothing to correct for."
    looked = f"Corrected for looking at {rounding.whole(len(asked))} questions at once"
    return f"{looked}: of what is called a finding, 1 in 20 is expected to be chance."


def _held(alike: Alike, terms: Terms) -> str:
    if not alike.held:
        return "The export tells nothing that alike deals could share."
    return f"Alike: same {factors(alike.held)} on {rounding.on_day(terms.landmark_day)}."


def _none_stands_out(told: Sequence[Studied], asked: Sequence[Studied], alike: Alike, terms: Terms) -> Answer:
    largest = max(told, key=lambda each: abs(each.won["difference"]) if each.won else 0)
    subject = "The one question does not stand out" if len(asked) == 1 else f"None of the {rounding.whole(len(asked))} questions stands out"
    sentence = (
        f"{subject}: whether it was known by day {terms.landmark_day} or not, alike deals show no clear difference in wins. "
        f"The largest is that of “{largest.label}”: {signed(largest.won or {})}."
    )
    return Answer("None stands out", sentence, f"{_corrected(asked)} {_held(alike, terms)}", CAVEAT)


def known_note(each: Studied) -> str:
    """Return how often a question is known, or a neutral field filled, with its counts."""
    return f"{word_for(is_control=each.is_control)} in {known_share(each)}" if each.deals else ""


def known_share(each: Studied) -> str:
    """Return the share of deals in which it is known, with its counts; nothing where no deal tells."""
    return f"{rounding.percent(each.known['share'])} ({rounding.of(each.known['deals'], each.deals)})" if each.deals else ""


def gap(row: Mapping[str, Any], measure: str) -> str:
    """Return a difference with its interval and without its unit, for a label."""
    if measure == "win_rate":
        step = rounding.points_step(row["low"], row["high"])
        text = rounding.number(100 * row["difference"], step, signed=True)
        return text if row["low"] is None else f"{text} ({interval(row, step)})"
    step = days_step(row)
    text = rounding.number(row["difference"], step, signed=True)
    return text if row["low"] is None else f"{text} ({rounding.between(*(rounding.number(row[end], step) for end in ('low', 'high')))})"


def days_step(row: Mapping[str, Any]) -> float:
    """Return the step for a difference in days: whole ones, or tenths where its interval is narrower than two days."""
    return 0.1 if row["low"] is not None and row["high"] - row["low"] < 2 else 1.0  # noqa: PLR2004 - said above
