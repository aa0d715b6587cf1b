"""The work list: what is still to be asked in open deals, how much hangs on it, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import polars as pl

from dashboard import rounding
from dashboard.escape import shortened
from dashboard.terms import Terms
from dashboard.wording import guard
from dashboard.wording.beside import Fact
from dashboard.wording.common import Answer, listed
from dashboard.wording.table import Kind, Table, made

QUESTION = "What should we ask next?"
REPS = "Reps"
NEXT, WHOLE = "Ask these first", "The whole list"
NAME = "coaching"
ROWS = 1000
"""Deals that are shown and handed over as CSV at most."""

ITEMS = 10
"""Deals that get a card of their own."""

_NO_NAME = "(no name)"
_NOBODY = "no rep"
_JUNK_LETTERS = 40
_TIMES = {1: "once", 2: "twice"}
_CAVEAT = "A work list, not a forecast: it says what nobody has written down yet, not which deals will be won."


@dataclass(frozen=True, slots=True)
class Item:
    """A deal of the work list as a card: its name, what it is, what is missing, what to ask next, and what stalls it."""

    deal: str
    deal_id: str
    about: str
    missing: str
    ask: str
    friction: str = ""


def answer(total: pl.DataFrame, questions: pl.DataFrame, topics: pl.DataFrame, terms: Terms, deals: int) -> Answer:
    """Return how much there is to ask; `total` and `questions` are metrics.coaching_summary over all and by question.

    `topics` are the configured questions, `deals` those in scope.
    """
    if not deals or not terms.questions:
        return _nothing_to_go_by(deals, terms)
    if total.is_empty():
        return Answer("Nothing to ask", f"No open deal past day {terms.landmark_day} has an answer missing.")
    row, most = total.row(0, named=True), questions.row(0, named=True)
    label = labels(topics)[most["by_value"]]
    have = "has" if row["deals"] == 1 else "have"
    sentence = (
        f"{rounding.count(row['deals'], 'open deal')} past day {terms.landmark_day} {have} answers missing: "
        f"{_stake(row, terms)}{rounding.count(row['answers_missing'], 'answer')} to get. "
        f"Missing most often: “{label}”, in {rounding.of(most['deals'], row['deals'])}."
    )
    return Answer("What is still to be asked", sentence, _notes(row, terms), _CAVEAT)


def _nothing_to_go_by(deals: int, terms: Terms) -> Answer:
    said = guard.nothing_to_compare(pl.DataFrame({"part": ["no questions mapped"], "deals": [deals]}), terms)
    return said or Answer("", "")


def _stake(row: Mapping[str, Any], terms: Terms) -> str:
    if row["amount"] is None:
        return ""
    amount = float(row["amount"])
    return f"{rounding.money(amount, terms.currency, rounding.step_of(None, None, amount))} at stake, "


def _notes(row: Mapping[str, Any], terms: Terms) -> str:
    """Return what to know about the amounts and the answers, where there is anything to know."""
    notes = []
    if row["deals_with_amount"] < row["deals"]:
        without = row["deals"] - row["deals_with_amount"]
        notes.append(
            f"{rounding.count(without, 'deal')} without an amount in {terms.currency} {'stands' if without == 1 else 'stand'} last."
        )
    if row["junk_answers"]:
        filled = rounding.count(row["junk_answers"], "of the missing answers is", "of the missing answers are")
        notes.append(f"{filled} filled with a text that says nothing.")
    if row["deals_overdue"]:
        notes.append(f"{rounding.count(row['deals_overdue'], 'deal')} should have closed before the day of the export.")
    return " ".join(notes)


def labels(topics: pl.DataFrame) -> dict[str, str]:
    """Return the labels of the questions by topic."""
    return dict(topics.select("topic", "label").iter_rows())


def asks(topics: pl.DataFrame) -> dict[str, str]:
    """Return what to ask the buyer by topic; the label where the configuration names no question to ask."""
    return {row["topic"]: row["ask"] or row["label"] for row in topics.iter_rows(named=True)}


def missing_by_question(total: pl.DataFrame, questions: pl.DataFrame, topics: pl.DataFrame, terms: Terms) -> list[Fact]:
    """Return in how many deals each question is missing, the most frequent first."""
    if total.is_empty():
        return []
    deals, named = total["deals"][0], labels(topics)
    return [Fact(named[row["by_value"]], _missing_in(row, deals, terms)) for row in questions.iter_rows(named=True)]


def _missing_in(row: Mapping[str, Any], deals: int, terms: Terms) -> str:
    amount = f", {_stake(row, terms).removesuffix(', ')}" if row["amount"] is not None else ""
    return f"missing in {rounding.of(row['deals'], deals)}{amount}"


def items(rows: pl.DataFrame, topics: pl.DataFrame, terms: Terms) -> list[Item]:
    """Return a card for each deal of metrics.coaching."""
    named, asked = labels(topics), asks(topics)
    return [
        Item(
            row["deal_name"] or _NO_NAME,
            row["deal_id"],
            _about(row, terms),
            f"Missing: {' · '.join(_missing(row, named))}",
            f"Ask next: {asked[row['next_question']]}",
            _friction(row),
        )
        for row in rows.iter_rows(named=True)
    ]


def _about(row: Mapping[str, Any], terms: Terms) -> str:
    amount = "no amount" if row["amount"] is None else rounding.amount(float(row["amount"]), terms.currency)
    age = f"{rounding.days(row['age_days'])} old"
    return " · ".join(part for part in (row["owner"] or _NOBODY, amount, row["stage"], age) if part)


def _missing(row: Mapping[str, Any], named: Mapping[str, str]) -> list[str]:
    """Return the labels of the missing questions, with the text that stands there where it is no answer."""
    junk = dict(zip(row["junk_questions"], row["junk_texts"], strict=True))
    return [
        named[topic] + (f" (“{shortened(junk[topic], _JUNK_LETTERS)}”)" if junk.get(topic) else "") for topic in row["missing_questions"]
    ]


def _friction(row: Mapping[str, Any]) -> str:
    """Return what says that a deal stalls, or nothing."""
    overdue = f"close date {rounding.days(row['days_overdue'])} overdue" if row["days_overdue"] else ""
    times = row["close_date_pushes"]
    pushes = f"put off {_TIMES.get(times, f'{times} times')}" if times else ""
    told = ", ".join(part for part in (overdue, pushes if overdue else f"close date {pushes}" if pushes else "") if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def table(rows: pl.DataFrame, topics: pl.DataFrame, terms: Terms, deal_url: str | None) -> Table:
    """Return the list as a table to read; with a pattern for addresses in the CRM, each deal has its link."""
    named, asked = labels(topics), asks(topics)
    told = list(rows.iter_rows(named=True))
    link: dict[str, tuple[Kind, pl.Series]] = (
        {"CRM": ("link", _texts(crm_link(deal_url, row["deal_id"]) for row in told))} if deal_url else {}
    )
    missing = pl.Series([_missing(row, named) for row in told], dtype=pl.List(pl.String))
    return made(
        {
            "Deal": ("text", _texts(row["deal_name"] or _NO_NAME for row in told)),
            "Rep": ("text", rows["owner"]),
            f"Amount, {terms.currency}": ("count", rows["amount"].cast(pl.Float64)),
            "Stage": ("text", rows["stage"]),
            "Age, days": ("count", rows["age_days"]),
            "Answers": ("text", _texts(rounding.of(row["answers_today"], terms.questions) for row in told)),
            "Ask next": ("wide", _texts(asked[row["next_question"]] for row in told)),
            "Missing": ("list", missing),
            "Days overdue": ("count", rows["days_overdue"]),
            "Put off, times": ("count", rows["close_date_pushes"]),
            **link,
        }
    )


def _texts(values: Iterable[str]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def crm_link(pattern: str, deal_id: str) -> str:
    """Return the address of a deal in the CRM: the configured pattern with its id in place of {deal_id}."""
    return pattern.replace("{deal_id}", quote(deal_id, safe=""))


def how_many(rows: pl.DataFrame, reps: Sequence[str]) -> str:
    """Return the line above the table: how many deals it holds, of how many, and how they are sorted."""
    all_deals = rows["deals_in_all"][0]
    whose = f" of {listed(reps)}" if reps else ""
    if rows.height < all_deals:
        return f"The first {rounding.of(rows.height, all_deals)} deals{whose}, the largest amounts first. Choose a rep to see the rest."
    return f"{rounding.count(all_deals, 'deal')}{whose}, the largest amount first, then the oldest. A click on a column's name sorts."


def definition(terms: Terms) -> list[str]:
    """Return what is on the list, and what its words mean."""
    return [
        _scope(terms),
        "Missing: empty on that day, or filled with a text that is no answer; questions stand in the order of the configuration.",
        f"At stake: the amount as the CRM has it, in {terms.currency} and at full value.",
    ]


def _scope(terms: Terms) -> str:
    return f"On the list: deals open on {rounding.day(terms.as_of)} that were created {terms.landmark_day} days or more before."
