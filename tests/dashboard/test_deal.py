"""A deal's own page: its tag and reasons, its facts, and the way back to the CRM."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.dashboard.pages import plain, read

Show = Callable[..., AppTest]
Load = Callable[..., Path]
PAGE = "app_pages/deal.py"


def test_the_page_shows_the_deal_of_the_url(show: Show, sample: Database) -> None:
    """Name, tag, counts and facts are those of the metrics."""
    deal_id = sample.deal_list(Scope(), focus="customer-focused")["deal_id"][0]
    facts = sample.deal_facts(Scope(), deal_id).row(0, named=True)
    app = show(sample.path.parent, PAGE, deal=deal_id)
    text = read(app)
    assert facts["deal_name"] in text
    assert "Customer-focused" in text
    assert plain(f"{rounding.of(facts['answers_known'], 6)} buyer questions stood answered on day 30") in text
    assert plain(rounding.amount(float(facts["amount"]), "EUR")) in text
    assert facts["stage"] in text
    assert len(app.get("plotly_chart")) == 1


def test_the_tag_follows_the_landmark_of_the_url(show: Show, sample: Database) -> None:
    """A deal is looked at on the day that is asked for."""
    deal_id = sample.deal_list(Scope())["deal_id"][0]
    known = sample.deal_facts(Scope(landmark_day=14), deal_id)["answers_known"][0]
    text = read(show(sample.path.parent, PAGE, deal=deal_id, landmark="14"))
    assert plain(f"{rounding.of(known, 6)} buyer questions stood answered on day 14") in text


def test_an_unknown_deal_is_a_sentence(show: Show, sample: Database) -> None:
    """No error, and hostile text is shown as it is."""
    app = show(sample.path.parent, PAGE, deal="<b>' or 1=1")
    assert "No deal of this export has the id <b>' or 1=1." in read(app)
    assert not app.get("plotly_chart")


def test_without_an_id_the_page_says_how_deals_are_opened(show: Show, sample: Database) -> None:
    """The page stands in no menu, but its address can be typed."""
    assert "Open a deal from any table of deals." in read(show(sample.path.parent, PAGE))


def test_a_deal_without_history_has_no_tag(show: Show, few_deals: Load) -> None:
    """It says that the timing is not known."""
    text = read(show(few_deals(3, 2, has_history=False), PAGE, deal="1"))
    assert "Not tagged" in text
    assert "not known when" in text
