"""The words of the work list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from dashboard.wording import coaching

Make = Callable[..., Any]

TOPICS = pl.DataFrame(
    [
        ("pain", "What hurts", "What happens if you change nothing?", False, True),
        ("champion", "Who champions it", "", False, True),
    ],
    schema=["topic", "label", "ask", "is_neutral", "is_mapped"],
    orient="row",
)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def summary(*rows: tuple[Any, ...]) -> pl.DataFrame:
    columns = ["by_value", "deals", "deals_with_amount", "amount", "answers_missing", "junk_answers", "deals_overdue"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def deals(**given: Any) -> pl.DataFrame:
    usual = {
        "deals_in_all": 1,
        "deal_id": "006/1",
        "deal_name": "Acme [Route](x)",
        "owner": "Ann",
        "stage": "Proposal",
        "amount": Decimal("12345.60"),
        "age_days": 90,
        "answers_today": 0,
        "missing_questions": ["pain", "champion"],
        "junk_questions": ["champion"],
        "junk_texts": ["tbd"],
        "next_question": "pain",
        "days_overdue": 1,
        "close_date_pushes": 2,
    }
    return pl.DataFrame([usual | given], schema_overrides={"junk_questions": pl.List(pl.String), "junk_texts": pl.List(pl.String)})


def test_the_sentence_says_how_much_there_is_to_ask(terms: Make) -> None:
    """Deals, money, answers, and the question that is missing most."""
    total = summary(("all", 208, 186, Decimal(18436200), 771, 73, 23))
    questions = summary(("champion", 136, 125, Decimal(13342300), 136, 14, 15), ("pain", 129, 118, Decimal(1), 129, 17, 15))
    said = coaching.answer(total, questions, TOPICS, terms(), 3994)
    assert plain(said.sentence) == (
        "208 open deals past day 30 have answers missing: €18m at stake, 771 answers to get. "
        "Missing most often: “Who champions it”, in 136 of 208."
    )
    assert "22 deals without an amount in EUR stand last." in said.note
    assert "73 of the missing answers are filled with a text that says nothing." in said.note
    assert "23 deals should have closed before the day of the export." in said.note


def test_one_deal_without_amount_reads_well(terms: Make) -> None:
    """Singular, no money, and nothing noted of what is not there."""
    total = summary(("all", 1, 0, None, 1, 0, 0))
    said = coaching.answer(total, summary(("pain", 1, 0, None, 1, 0, 0)), TOPICS, terms(), 5)
    assert plain(said.sentence).startswith("1 open deal past day 30 has answers missing: 1 answer to get.")
    assert said.note == "1 deal without an amount in EUR stands last."


@pytest.mark.parametrize(
    ("in_scope", "questions", "sentence"),
    [
        (0, 6, "No deal matches these filters."),
        (9, 0, "None of the buyer questions is found in the export, so no deal can be called customer-focused."),
        (9, 6, "No open deal past day 30 has an answer missing."),
    ],
)
def test_nothing_to_ask_says_why(terms: Make, in_scope: int, questions: int, sentence: str) -> None:
    """An empty scope, no questions, or all of them answered."""
    said = coaching.answer(summary(), summary(), TOPICS, terms(questions=questions), in_scope)
    assert said.sentence == sentence


def test_each_question_says_where_it_is_missing(terms: Make) -> None:
    """With the money of those deals, where there is any."""
    total = summary(("all", 10, 4, Decimal(900), 12, 0, 0))
    questions = summary(("pain", 7, 4, Decimal(900), 7, 0, 0), ("champion", 5, 0, None, 5, 0, 0))
    told = coaching.missing_by_question(total, questions, TOPICS, terms())
    assert [(fact.label, plain(fact.text)) for fact in told] == [
        ("What hurts", "missing in 7 of 10, €900 at stake"),
        ("Who champions it", "missing in 5 of 10"),
    ]


def test_a_card_holds_what_a_rep_needs(terms: Make) -> None:
    """Rep, amount, stage, age; the missing questions with their junk; the next one to ask; what stalls."""
    (item,) = coaching.items(deals(), TOPICS, terms())
    assert item.deal == "Acme [Route](x)"
    assert plain(item.about) == "Ann · €12,346 · Proposal · 90 days old"
    assert item.missing == "Missing: What hurts · Who champions it (“tbd”)"
    assert item.ask == "Ask next: What happens if you change nothing?"
    assert plain(item.friction) == "Close date 1 day overdue, put off twice."


def test_a_card_of_gaps_still_reads(terms: Make) -> None:
    """No name, rep, amount, stage; a question without a text to ask shows its label."""
    rows = deals(deal_name=None, owner=None, amount=None, stage=None, days_overdue=None, close_date_pushes=None, next_question="champion")
    (item,) = coaching.items(rows, TOPICS, terms())
    assert (item.deal, plain(item.about), item.ask, item.friction) == (
        "(no name)",
        "no rep · no amount · 90 days old",
        "Ask next: Who champions it",
        "",
    )


@pytest.mark.parametrize(("pushes", "said"), [(1, "Close date put off once."), (5, "Close date put off 5 times."), (0, "")])
def test_pushes_alone_are_said(terms: Make, pushes: int, said: str) -> None:
    """A close date that was put off and lies ahead."""
    (item,) = coaching.items(deals(days_overdue=None, close_date_pushes=pushes), TOPICS, terms())
    assert item.friction == said


def test_the_table_has_a_link_only_where_a_pattern_is_configured(terms: Make) -> None:
    """The id is quoted on its way into the address."""
    assert "CRM" not in coaching.table(deals(), TOPICS, terms(), None).frame.columns
    table = coaching.table(deals(), TOPICS, terms(), "https://crm.example/o/{deal_id}/view")
    assert table.frame["CRM"].to_list() == ["https://crm.example/o/006%2F1/view"]
    assert table.kinds["CRM"] == "link"
    assert table.frame["Missing"].to_list() == [["What hurts", "Who champions it (“tbd”)"]]


def test_a_shortened_list_says_so() -> None:
    """How many are shown of how many, and of whom."""
    assert plain(coaching.how_many(deals(deals_in_all=40), ["Ann"])).startswith("The first 1 of 40 deals of Ann,")
    assert coaching.how_many(deals(), []).startswith("1 deal, the largest amount first")


def test_the_definition_says_what_is_on_the_list(terms: Make) -> None:
    """With the day of the export and the landmark in force."""
    text = " ".join(coaching.definition(terms(landmark_day=60, as_of=date(2026, 6, 30))))
    assert "deals open on 30 June 2026 that were created 60 days or more before" in text
