"""A deal's own page: how it went, day by day, and why it is tagged as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording import junk
from dashboard.wording.common import CUSTOMER, SELLER, Answer, listed

OPEN_IN_CRM = "Open in the CRM"
FRICTION = "Friction"
FRICTION_INTRO = "Signs of a deal that does not move, from its history."

_FOREVER = 1_000_000
_PLACE = "{deal_id}"
_OUTCOMES = {"won": "Won", "lost": "Lost", "open": "Open"}
_NOT_COMPARED = {
    "too young": "It is too young to be compared: its horizon is not over.",
    "decided by the landmark": "It was decided by then, too early to be compared.",
    "timing unknown": "When its fields were filled is not known well enough to tag it.",
    "no questions mapped": "No buyer question is found in the export, so it cannot be tagged.",
    "no creation date": "It has no creation date, so it has no age.",
    "closed without a date": "It is closed, but on no day that the export tells.",
    "cycle below zero": "It was closed before it was created, as the CRM has it.",
}


def unknown(deal_id: str) -> Answer:
    """Return what to say where no deal has the id, or none was asked for."""
    if not deal_id:
        return Answer("No deal chosen", "Open a deal from any table of deals.")
    return Answer(
        "Not found", f"No deal of this export has the id {deal_id}.", "It may have been deleted in the CRM, or belong to another export."
    )


def title(facts: Mapping[str, Any]) -> str:
    """Return the name of the deal, or its id where it has none."""
    return str(facts["deal_name"] or facts["deal_id"])


def subtitle(facts: Mapping[str, Any]) -> str:
    """Return whose deal it is."""
    return " · ".join(str(facts[name]) for name in ("account_name", "owner", "deal_id") if facts[name])


def answer(facts: Mapping[str, Any], questions: pl.DataFrame, terms: Terms) -> Answer:
    """Return the tag of the deal with its reasons: how many answers by the landmark, and what of the others."""
    part = _NOT_COMPARED.get(facts["part"], "")
    asked = questions.filter(~pl.col("is_neutral"))
    if asked.is_empty() or not terms.has_field_history:
        said = part or _NOT_COMPARED["timing unknown"]
        return Answer("Not tagged", said, " ".join(reasons(questions, facts)))
    day = rounding.on_day(facts["day_l"]) if facts["day_l"] is not None else "the landmark"
    questions_asked = "buyer question" if asked.height == 1 else "buyer questions"
    known = f"{rounding.of(facts['answers_known'], asked.height)} {questions_asked} stood answered on {day}"
    needed = f"{terms.answers_needed} {'makes' if terms.answers_needed == 1 else 'make'} a deal customer-focused"
    if facts["focus"] == "unclassified":
        missing = rounding.of(facts["answers_unknown"], asked.height)
        return Answer(
            "Not tagged",
            f"What stood answered on {day} is not known for {missing} {questions_asked}; {needed}.",
            " ".join(reasons(questions, facts)),
            part,
        )
    name = CUSTOMER if facts["focus"] == "customer-focused" else SELLER
    return Answer(name, f"{known}; {needed}.", " ".join(reasons(questions, facts)), part)


def reasons(questions: pl.DataFrame, facts: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each question that did not stand answered at the landmark."""
    asked = questions.filter(~pl.col("is_neutral") & ~pl.col("is_known_at_landmark").fill_null(value=False))
    return [_reason(row, facts["day_l"]) for row in asked.iter_rows(named=True)]


def _reason(row: Mapping[str, Any], landmark: int | None) -> str:
    label = f"“{row['label']}”"
    later = [day for day in row["start_days"] if landmark is not None and day > landmark]
    cleared = [day for day in row["end_days"] if landmark is None or day <= landmark]
    if row["is_known_at_landmark"] is None:
        until = row["unknown_until_day"]
        return f"{label}: not known when." if until >= _FOREVER else f"{label}: its history begins on {rounding.on_day(until)}."
    if later:
        said = f"{label} was answered on {rounding.on_day(later[0])}, after the landmark."
    elif cleared:
        said = f"{label} was cleared on {rounding.on_day(cleared[-1])}."
    elif row["state_today"] == "junk":
        said = f"{label} {junk.said(row)}."
    else:
        said = f"{label} was never answered."
    return said


def _amount(facts: Mapping[str, Any], terms: Terms) -> str:
    """Return an amount in the deal's currency, and in the organisation's where that is another and there is a rate."""
    currency = facts["currency"] or terms.currency
    written = rounding.amount(float(facts["amount"]), currency)
    if currency == terms.currency or facts["own_amount"] is None:
        return written
    return f"{written} ({rounding.amount(float(facts['own_amount']), terms.currency)})"


def facts_of(facts: Mapping[str, Any], terms: Terms) -> list[tuple[str, str]]:
    """Return the facts of a deal by their names; those that the export does not tell are left out."""
    amount = None if facts["amount"] is None else _amount(facts, terms)
    days = {name: facts[name] and rounding.day(facts[name]) for name in ("created_date", "closed_date", "close_date")}
    age = None if facts["age_days"] is None else rounding.days(facts["age_days"])
    is_open = facts["outcome"] == "open"
    named = [
        ("Outcome", _outcome(facts)),
        ("Amount", amount),
        ("Stage", facts["stage"]),
        ("Age" if is_open else "Sales cycle", age),
        ("Created", days["created_date"]),
        ("Expected to close" if is_open else "Closed", days["close_date"] if is_open else days["closed_date"]),
        ("Rep", facts["owner"]),
        ("Team", facts["team"]),
        ("Segment", facts["segment"]),
        ("Deal type", facts["deal_type"]),
        ("Lead source", facts["lead_source"]),
        ("Pipeline", facts["pipeline"]),
        ("ICP fit", facts["icp_fit"]),
    ]
    return [(name, str(text)) for name, text in named if text is not None]


def _outcome(facts: Mapping[str, Any]) -> str:
    reason = f": {facts['loss_reason']}" if facts["loss_reason"] else ""
    return f"{_OUTCOMES[facts['outcome']]}{reason}"


def friction(facts: Mapping[str, Any]) -> list[str]:
    """Return how often the deal was put off, went back, and stood still."""
    return [
        _times("The expected close date was put off", facts["close_date_pushes"], facts["push_days"]),
        _times("It went back to an earlier stage", facts["steps_back"], facts["step_back_days"]),
        "How long it stood in a stage is not known."
        if facts["longest_stay_days"] is None
        else f"The longest time without a change of stage: {rounding.days(facts['longest_stay_days'])}.",
    ]


def _times(what: str, times: int | None, days: Sequence[int] | None) -> str:
    if times is None:
        return f"{what}: not known, for want of history."
    if not times:
        return f"{what}: never."
    return f"{what}: {rounding.count(times, 'time')}, on {listed([rounding.on_day(day) for day in days or ()])}."


def link(pattern: str | None, deal_id: str) -> str | None:
    """Return the address of the deal in the CRM, or None where no pattern is configured."""
    return None if pattern is None else pattern.replace(_PLACE, quote(deal_id, safe=""))
