"""The pictures of the buyer questions: what each is asked with, and a row each for wins, for days open, and for all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.beside import Fact
from dashboard.wording.common import TOO_FEW, Picture
from dashboard.wording.questions import Studied, gap, is_finding, known_note, known_share, why_none, word_for
from dashboard.wording.rows import Axis, Dot, Row, alt

Measure = Literal["win_rate", "days_open"]
MEASURES: tuple[Measure, ...] = ("win_rate", "days_open")

ASKED_TITLE = "What to ask, and how often it is known"
STANDS_OUT, NOT_CLEAR, NO_RANGE = "stands out", "not clear", "no range"
CONTROLS = Row("Fields that say nothing about the buyer", note="What shows up below is tidy record-keeping.")

_NONE = "–"
_TITLES = {"win_rate": "Wins, known against not known", "days_open": "Days open, known against not known"}
_INTROS = {
    "win_rate": "Difference in win rate between alike deals in which the answer was known by day {day} and those in which it was not.",
    "days_open": "Difference in days open, won or lost, over the {horizon} days after day {day}. Fewer days lie to the left.",
}
_AXES = {"win_rate": "Difference in win rate, in points", "days_open": "Difference in days open"}


def asked_intro(terms: Terms) -> str:
    """Return the line below the heading of the questions."""
    return f"The question behind each field, and in how many of the deals compared the answer was known by day {terms.landmark_day}."


def asked(all_studied: Sequence[Studied]) -> list[Fact]:
    """Return each buyer question with what to ask and how often the answer is known."""
    return [_asked(each) for each in all_studied if not each.is_control]


def _asked(each: Studied) -> Fact:
    known = known_note(each) or "nobody can tell when it was filled"
    text = f"{known[:1].upper()}{known[1:]}."
    return Fact(each.label, f"“{each.ask}” {text}" if each.ask else text)


def asked_table(all_studied: Sequence[Studied], terms: Terms) -> pl.DataFrame:
    """Return how deals went with each answer known and not known, as observed, as a table to read."""
    day = terms.landmark_day
    rows = [
        {
            "Question": each.label,
            "Kind": _kind(each),
            f"Known by day {day}": known_share(each) or _NONE,
            "95% interval": _ends(each.known, "share"),
            "Win rate if known": _rate(each.known),
            "Win rate if not": _rate(each.missing),
            "Median days to win if known": _median(each.known),
            "Median days if not": _median(each.missing),
            "Timing unknown": rounding.count(each.known["deals_unknown"], "deal"),
        }
        for each in all_studied
    ]
    return pl.DataFrame(rows)


def _kind(each: Studied) -> str:
    return "neutral field" if each.is_control else "buyer question"


def asked_sentences() -> tuple[str, ...]:
    """Return what to know of the table of how deals went."""
    return ("As observed: these deals are not made alike, and answers come in where deals go well. The rows below compare alike deals.",)


def _ends(row: Mapping[str, Any], name: str) -> str:
    if row[f"{name}_low"] is None:
        return _NONE
    return rounding.between(*(rounding.percent(row[f"{name}_{end}"]) for end in ("low", "high")))


def _rate(row: Mapping[str, Any]) -> str:
    """Return a win rate with counts and interval, or the counts of too few deals."""
    counts = rounding.of(row["won"], row["deals"])
    if row["deals"] < FEW_DEALS:
        return f"{TOO_FEW} ({counts})"
    ends = rounding.between(*(rounding.percent(row[end]) for end in ("low", "high")))
    return f"{rounding.percent(row['win_rate'])} ({counts}), {ends}"


def _median(row: Mapping[str, Any]) -> str:
    if row["median_low"] is None:
        return f"{TOO_FEW} ({rounding.whole(row['won'])} won)"
    ends = rounding.between(*(rounding.number(row[f"median_{end}"]) for end in ("low", "high")))
    return f"{rounding.number(row['median_days'], _half(row['median_days']))}, {ends}"


def _half(days: float) -> float:
    return 1.0 if float(days).is_integer() else 0.1


def rows(all_studied: Sequence[Studied], measure: Measure) -> list[Row]:
    """Return a row for each question, and below a heading one for each neutral field."""
    asked_rows, controls = ([_row(each, measure) for each in all_studied if each.is_control == is_control] for is_control in (False, True))
    return [*asked_rows, *([CONTROLS, *controls] if controls else [])]


def _row(each: Studied, measure: Measure) -> Row:
    effect = _effect(each, measure)
    why = why_none(effect)
    if effect is None or why:
        return Row(each.label, note=why)
    return Row(each.label, (_dot(each, effect, measure),), note=known_note(each), key=each.label)


def _effect(each: Studied, measure: Measure) -> Mapping[str, Any] | None:
    return each.won if measure == "win_rate" else each.days


def _dot(each: Studied, effect: Mapping[str, Any], measure: Measure) -> Dot:
    scale = 100 if measure == "win_rate" else 1
    value, low, high = (None if effect[name] is None else scale * effect[name] for name in ("difference", "low", "high"))
    found = is_finding(effect)
    return Dot(
        value or 0.0,
        "strong" if found else "quiet",
        text=gap(effect, measure),
        behind=_behind(each, effect),
        low=low,
        high=high,
        hover=_hover(each, effect, measure),
    )


def _behind(each: Studied, effect: Mapping[str, Any]) -> str:
    if effect["low"] is None:
        return NO_RANGE
    return "" if each.is_control else STANDS_OUT if is_finding(effect) else NOT_CLEAR


def _hover(each: Studied, effect: Mapping[str, Any], measure: Measure) -> tuple[str, ...]:
    unit = (
        rounding.points(effect["difference"], 0.1, signed=True)
        if measure == "win_rate"
        else rounding.days(effect["difference"], 0.1, signed=True)
    )
    lines = [
        each.label,
        known_note(each).capitalize(),
        f"Won if {word_for(is_control=each.is_control)}: {_counted(effect, 'customer')}",
        f"Won if not: {_counted(effect, 'seller')}",
        f"Among alike deals: {unit}",
        f"95% interval: {_exact(effect, measure)}" if effect["low"] is not None else "No interval: fewer than 5 reps",
        f"q {rounding.number(effect['q'], 0.001)}, after correction" if effect["q"] is not None else "",
        f"With a partner: {rounding.of(effect['deals_compared'], effect['deals'])} deals",
    ]
    return tuple(line for line in lines if line)


def _counted(effect: Mapping[str, Any], group: str) -> str:
    return f"{rounding.percent(effect[f'{group}_rate'], 0.1)} ({rounding.of(effect[f'{group}_won'], effect[f'{group}_deals'])})"


def _exact(effect: Mapping[str, Any], measure: Measure) -> str:
    scale = 100 if measure == "win_rate" else 1
    return rounding.between(*(rounding.number(scale * effect[end], 0.1) for end in ("low", "high")))


def axis(measure: Measure) -> Axis:
    """Return the axis of a measure; what is known and what is not go alike at 0."""
    return Axis(
        _AXES[measure], lambda value: rounding.number(value, signed=True), reference=0.0, reference_text="no difference", holds=(-1.0, 1.0)
    )


def picture(all_studied: Sequence[Studied], measure: Measure, terms: Terms) -> Picture:
    """Return the words of the rows of a measure."""
    made = rows(all_studied, measure)
    intro = _INTROS[measure].format(day=terms.landmark_day, horizon=terms.horizon_days)
    sentences = tuple(_sentence(row, measure) for row in made if row is not CONTROLS)
    return Picture(f"questions_{measure}", _TITLES[measure], intro, alt(_TITLES[measure], made), sentences, _table(all_studied, measure))


def _sentence(row: Row, measure: Measure) -> str:
    if not row.dots:
        return f"{row.title}: {row.note}."
    [dot] = row.dots
    unit = "points" if measure == "win_rate" else "days"
    return f"{row.title}: {dot.text} {unit}, {dot.behind or 'a neutral field'}; {row.note}."


def _table(all_studied: Sequence[Studied], measure: Measure) -> pl.DataFrame:
    """Return what a measure's rows show, with the values behind the correction, as a table to read."""
    return pl.DataFrame([_table_row(each, _effect(each, measure), measure) for each in all_studied])


def _table_row(each: Studied, effect: Mapping[str, Any] | None, measure: Measure) -> dict[str, str]:
    shown = effect if effect is not None and not why_none(effect) else None
    scale = 100 if measure == "win_rate" else 1

    def told(name: str, step: float, *, by: float = 1.0, is_signed: bool = False) -> str:
        return _NONE if shown is None or shown[name] is None else rounding.number(by * shown[name], step, signed=is_signed)

    return {
        "Question": each.label,
        "Kind": _kind(each),
        "Observed": told("observed", 0.1, by=scale, is_signed=True),
        "Like for like": told("difference", 0.1, by=scale, is_signed=True),
        "95% interval": _NONE if shown is None or shown["low"] is None else _exact(shown, measure),
        "p": told("p", 0.001),
        "q, corrected": told("q", 0.001),
        "Pulled to the mean": told("shrunken", 0.1, by=scale, is_signed=True),
        "With a partner": _NONE if shown is None else rounding.of(shown["deals_compared"], shown["deals"]),
        "Why not told": why_none(effect),
    }
