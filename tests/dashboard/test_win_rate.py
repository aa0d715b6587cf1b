"""The win rate page in each of its states, and that its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.dashboard.pages import dots, plain, read

Show = Callable[..., AppTest]
Load = Callable[..., Path]
PAGE = "app_pages/win_rate.py"


@pytest.mark.parametrize(
    ("parameters", "scope", "by"),
    [({}, Scope(), "team"), ({"by": "Segment", "icp_fit": "fits"}, Scope(icp_fit=("fits",)), "segment")],
    ids=["default", "by segment, filtered"],
)
def test_the_numbers_are_the_databases(show: Show, sample: Database, parameters: dict[str, str], scope: Scope, by: str) -> None:
    """Sentence, dots and grid show what the metrics say for the scope and the dimension that the URL names."""
    app = show(sample.path.parent, PAGE, **parameters)
    text = read(app)
    for row in sample.win_rate(scope).iter_rows(named=True):
        assert plain(f"{rounding.percent(row['win_rate'])} ({rounding.of(row['won'], row['deals'])})") in text
    rows, answers = dots(app)[0], dots(app, "y")[1]
    assert sorted(rows) == pytest.approx(sorted(sample.win_rate(scope, by)["win_rate"]))
    assert answers == pytest.approx(sample.win_rate_by_answers(scope)["win_rate"].drop_nulls().to_list())
    for row in sample.fit_by_focus(scope).filter(deals=0).iter_rows(named=True):
        assert row["win_rate"] is None
    for row in sample.fit_by_focus(scope).iter_rows(named=True):
        if row["deals"] >= 30:
            assert plain(rounding.of(row["won"], row["deals"])) in text


def test_the_deals_behind_a_dot_are_listed(show: Show, sample: Database) -> None:
    """The list holds as many deals as the dot counts, and says so."""
    app = show(sample.path.parent, PAGE, by="Segment")
    row = sample.win_rate(Scope(), "segment").row(0, named=True)
    app.main.selectbox[1].select(f"{row['focus']}:{row['by_value']}").run()
    assert not app.exception
    listed = sample.deal_list(Scope(), "segment", row["by_value"], row["focus"])
    assert listed["deals"][0] == row["deals"]
    assert f"{row['deals']} {row['focus']} deals of {row['by_value']}" in read(app)
    assert listed.height in [each.value.shape[0] for each in app.main.dataframe]


def test_a_total_that_turns_round_in_its_segments_is_warned_of(show: Show, loaded: Callable[..., Path]) -> None:
    """Customer-focused deals sit where deals are lost; in both segments they win more often, in total less."""
    rows = ["Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,Opportunity Owner,CreatedDate,Pain__c,Segment__c"]
    changes = ["OpportunityId,Field,CreatedDate,OldValue,NewValue"]
    number = 0
    for segment, answered, deals, won in (("A", 1, 80, 24), ("A", 0, 20, 4), ("B", 1, 20, 18), ("B", 0, 80, 64)):
        for each in range(deals):
            number += 1
            is_won, pain = int(each < won), f"They lose {number} orders a week" if answered else ""
            stage = "Closed Won" if is_won else "Closed Lost"
            rows.append(f"{number},D{number},{stage},9,2024-03-05,1,{is_won},{'UVWXYZ'[number % 6]},2024-01-01 08:00:00,{pain},{segment}")
            if pain:
                changes.append(f"{number},Pain__c,2024-01-06 {number // 60:02}:{number % 60:02}:00,,{pain}")
    rows.append("Z,Last,Proposal,1,2026-01-01,0,0,U,2026-01-01 08:00:00,,A")
    question = '[questions.pain]\nlabel = "What hurts"\nfields.salesforce = ["Pain__c"]\n'
    files = {"Opportunity.csv": "\n".join(rows), "OpportunityFieldHistory.csv": "\n".join(changes)}
    app = show(loaded(files, question), PAGE)
    warnings = plain("\n".join(each.value for each in app.warning))
    assert "customer-focused deals won 26 points less often, but in 2 of 2 segments they won more often" in warnings


def test_the_sample_has_no_warning(show: Show, sample: Database) -> None:
    """Where no dimension turns the total round, nothing is said of it."""
    assert not sample.simpson(Scope())["is_warning"].any()
    assert not show(sample.path.parent, PAGE).warning
