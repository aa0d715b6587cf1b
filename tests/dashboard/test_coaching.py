"""The Coaching page in each of its states, and that its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.dashboard.pages import read

Show = Callable[..., AppTest]
Load = Callable[..., Any]

PAGE = "app_pages/coaching.py"
QUESTIONS = """
[questions.pain]
label = "What hurts"
ask = "Why *now*?"
fields.salesforce = ["Pain__c"]
[questions.champion]
label = "Who champions it"
fields.salesforce = ["Champion__c"]
"""
DEALS = """Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,Opportunity Owner,CreatedDate,Pain__c,Champion__c
1,Acme,Proposal,500,2024-05-01,0,0,Ann,2024-01-01 08:00:00,,tbd
2,"![x](http://evil) <b>Bolt</b>",Proposal,900,2024-09-01,0,0,Ben,2024-01-02 08:00:00,They lose orders,
3,Young,Proposal,100,2024-09-01,0,0,Ben,2024-06-25 08:00:00,,
4,Won,Closed Won,100,2024-06-01,1,1,Ann,2024-01-01 08:00:00,,
"""


def test_the_numbers_are_the_databases(show: Show, sample: Database) -> None:
    """Sentence, questions, cards and table show what the metrics say for the scope and the reps that the URL names."""
    scope, reps = Scope(segment=("SMB",)), sample.coaching_summary(Scope(segment=("SMB",)), "owner")["by_value"].to_list()[:2]
    app = show(sample.path.parent, PAGE, segment="SMB", reps=reps)
    text = read(app)
    total = sample.coaching_summary(scope, reps=reps).row(0, named=True)
    assert f"{total['deals']} open deals past day 30 have answers missing" in text
    assert f"{total['answers_missing']} answers to get" in text
    for row in sample.coaching_summary(scope, "question", reps).iter_rows(named=True):
        assert f"missing in {row['deals']} of {total['deals']}" in text
    rows = sample.coaching(scope, reps)
    assert app.dataframe[0].value["Deal"].to_list() == rows["deal_name"].to_list()
    assert app.dataframe[0].value["Age, days"].to_list() == rows["age_days"].to_list()
    first = rows.row(0, named=True)
    assert f"{first['owner']} · {rounding.amount(float(first['amount']), 'EUR')}" in text


def test_missing_answers_need_no_history(show: Show, loaded: Callable[..., Path]) -> None:
    """It looks at today's fields; the young, and the closed, are not on it."""
    folder = loaded({"Opportunity.csv": DEALS}, QUESTIONS)
    app = show(folder, PAGE)
    text = read(app)
    assert "2 open deals past day 30 have answers missing" in text
    assert "Ask next: Why *now*?" in text
    assert "Missing: What hurts · Who champions it (“tbd”)" in text
    assert app.dataframe[0].value["Rep"].to_list() == ["Ben", "Ann"]


def test_names_are_shown_as_they_are(show: Show, loaded: Callable[..., Path]) -> None:
    """A deal's name out of a CRM does nothing."""
    folder = loaded({"Opportunity.csv": DEALS}, QUESTIONS)
    app = show(folder, PAGE)
    links = [link.proto.label for link in app.get("page_link") if "Bolt" in link.proto.label]
    assert links
    assert all("![x](" not in label and "<b>" not in label for label in links)


def test_a_rep_narrows_the_list(show: Show, loaded: Callable[..., Path]) -> None:
    """The filter of the page, beside the sidebar's."""
    folder = loaded({"Opportunity.csv": DEALS}, QUESTIONS)
    app = show(folder, PAGE)
    app.multiselect(key="reps").set_value(["Ann"]).run()
    assert app.dataframe[0].value["Deal"].to_list() == ["Acme"]
    assert "1 open deal past day 30 has answers missing" in read(app)


def test_without_questions_nobody_can_tell(show: Show, few_deals: Callable[..., Path]) -> None:
    """What to name in the settings is said."""
    app = show(few_deals(40, 20, field="Other__c", has_history=False), PAGE)
    assert "None of the buyer questions is found in the export" in read(app)
    assert not app.dataframe
