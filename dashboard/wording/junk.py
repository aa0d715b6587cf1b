"""Why a text in the field of a buyer question is no answer, in plain words; the one place that names the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.wording.beside import Fact


@dataclass(frozen=True, slots=True)
class Reason:
    """What a reason is called beside a text, and what it means, with examples."""

    name: str
    meaning: str


REASONS: Final[Mapping[str, Reason]] = {
    "empty sentinel": Reason(
        "stands for empty",
        "What a system writes where nothing was entered: null, --None--, “Please select”, 00/00/0000, 31.12.3999, a score of 0.",
    ),
    "placeholder": Reason(
        "placeholder",
        "A word that keeps the place of an answer, whatever stands round it: “TBD – ask in next call”, n/a, k.A., à compléter, ??, -.",
    ),
    "not yet": Reason(
        "not yet", "A value of a pick-list that means that nobody knows yet: Not started, Unknown, To be identified, Noch nicht."
    ),
    "keyboard noise": Reason("keyboard noise", "What hands leave on a keyboard: asdfghjkl, qwertz, sdfsdf, aaaa, lorem ipsum."),
    "too short": Reason("too short", "Fewer letters than min_letters: “A.”, 50%, ok."),
    "copied": Reason("copied from the deal", "The deal's own name, its account or its stage once more, perhaps with a full stop."),
    "pasted": Reason("pasted on many deals", "The same text, word for word, on more deals of one rep than max_repeats."),
    "imported": Reason(
        "imported",
        "It came by an import, by automation, or by a bulk edit: one field of many deals changed by one user within a minute, or at one "
        "moment where nobody knows by whom. "
        "It may well be true, as after a move to a new CRM, but it does not show that a rep asked. "
        "It counts from the day on which a person edits it; count_imported = true counts it at once.",
    ),
    "not a choice": Reason("not among the answers", "A value of a pick-list that the settings do not list as an answer."),
    "not recorded": Reason("not recorded", "The CRM tells that the text was edited, and not what it said."),
}
TITLE: Final = (
    "What is no answer",
    "Every text that does not count has one of these reasons. The rules are under [answers] in sameside.toml.",
)


def name(reason: str) -> str:
    """Return what a reason is called."""
    return REASONS[reason].name if reason in REASONS else reason


def reasons() -> list[Fact]:
    """Return each reason with what it means."""
    return [Fact(each.name[0].upper() + each.name[1:], each.meaning) for each in REASONS.values()]


def said(row: Mapping[str, Any]) -> str:
    """Return why the text in the field of a question is no answer, with the text where it is kept; `row` is of metrics.deal_questions."""
    text = f": “{row['junk_text']}”" if row["junk_text"] else ""
    return f"is no answer ({name(row['junk_reason'])}){text}"


def today(row: Mapping[str, Any]) -> str:
    """Return what stands in the field of a question today in place of an answer."""
    if row["junk_reason"] == "imported":
        return "imported, not edited since"
    return f"junk today: “{row['junk_text']}”" if row["junk_text"] else "junk today"
