"""What stands beside the answer on buyer questions: all at once, the neutral fields, time, and what was not held equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import rounding
from dashboard.terms import Alike
from dashboard.wording.beside import Fact
from dashboard.wording.common import factors, listed, signed
from dashboard.wording.questions import CLEAR, NAMED, Studied, is_clear, is_finding, why_none


def facts(all_studied: Sequence[Studied], alike: Alike) -> list[Fact]:
    """Return what there is to know beside the answer; nothing that too few deals would tell."""
    asked, controls = ([each for each in all_studied if each.is_control == is_control] for is_control in (False, True))
    if not any(each.won and not why_none(each.won) for each in asked):
        return []
    told = {
        "All questions at once": _at_once(asked),
        "Fields that say nothing about the buyer": _neutral(controls),
        "Time": _time(asked, controls),
        "Do the questions differ?": _differ(asked),
        "Not held equal": _let_go(alike),
    }
    return [Fact(label, text) for label, text in told.items() if text]


def _at_once(asked: Sequence[Studied]) -> str:
    rows = [each.jointly for each in asked if each.jointly]
    if len(rows) < 2:  # noqa: PLR2004 - one question has no others
        return ""
    if rows[0]["difference"] is None:
        return "They cannot be told apart: some are always answered together."
    if rows[0]["low"] is None:
        return ""
    clear = [each for each in asked if is_clear(each.jointly)]
    if not clear:
        return "None stays clear once the others are held equal: deals with one answer tend to have more of them."
    names = listed([f"“{each.label}” {signed(each.jointly or {})}" for each in clear[:NAMED]])
    stay = f"{rounding.whole(len(clear))} of {rounding.whole(len(rows))} {'stays' if len(clear) == 1 else 'stay'} clear"
    return f"{stay} once the others are held equal: {names}."


def _neutral(controls: Sequence[Studied]) -> str:
    if not controls:
        return "The export holds none. Name some under [neutral] in sameside.toml, and what tidy record-keeping goes with can be told."
    shown = [each for each in controls if each.won and not why_none(each.won) and each.won["low"] is not None]
    if not shown:
        return "Too few deals to tell what they go with."
    clear = [each for each in shown if is_clear(each.won)]
    if not clear:
        largest = max(shown, key=lambda each: abs((each.won or {})["difference"]))
        return f"None of {rounding.whole(len(shown))} goes with a clear difference in wins; the largest is {signed(largest.won or {})}."
    names = listed([f"“{each.label}” {signed(each.won or {})}" for each in clear[:NAMED]])
    return (
        f"{names}, though what stands in {'it' if len(clear) == 1 else 'them'} says nothing about the buyer: that is tidy record-keeping."
    )


def _time(asked: Sequence[Studied], controls: Sequence[Studied]) -> str:
    found = [each.days for each in asked if each.days and is_finding(each.days)]
    if not found:
        return "None goes with a clear difference in how long alike deals stay open." if any(each.days for each in asked) else ""
    is_less = found[0]["difference"] < 0
    alike = [row for row in found if (row["difference"] < 0) == is_less]
    how = f"{rounding.whole(len(alike))} of {rounding.whole(len(asked))} known, alike deals stay open {_days(alike)}"
    told = f"With {how} {'less' if is_less else 'longer'}, won or lost"
    tidy = [each for each in controls if each.days and not why_none(each.days) and is_clear(each.days)]
    tidy = [each for each in tidy if each.days and (each.days["difference"] < 0) == is_less]
    if not tidy:
        return f"{told}."
    return f"{told}. So they do with {rounding.count(len(tidy), 'neutral field')} filled, which may be no more than tidy record-keeping."


def _days(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the sizes of differences in days as a range, or as one where they read alike."""
    sizes = sorted(abs(row["difference"]) for row in rows)
    least, most = rounding.number(sizes[0]), rounding.days(sizes[-1])
    return most if most.startswith(f"{least}\N{NO-BREAK SPACE}") else f"{least} to {most}"


def _differ(asked: Sequence[Studied]) -> str:
    p = next((each.won["heterogeneity_p"] for each in asked if each.won), None)
    if p is None:
        return ""
    if p < CLEAR:
        return f"More than chance has it (p {rounding.number(p, 0.001)}): which one is asked matters."
    return f"No more than chance has it (p {rounding.number(p, 0.01)}), so their order here says little."


def _let_go(alike: Alike) -> str:
    names = factors(alike.let_go)
    return f"{names[:1].upper()}{names[1:]}: too few deals would have had a partner." if names else ""
