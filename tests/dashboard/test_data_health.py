"""The Data health page in each of its states, and that its numbers are the database's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.conftest import load_into
from tests.dashboard.exports import QUESTION, deals_by_rule
from tests.dashboard.pages import NOBODY, read

Show = Callable[..., AppTest]

PAGE = "app_pages/data_health.py"


@pytest.mark.parametrize(
    ("parameters", "scope"),
    [({}, Scope()), ({"segment": "SMB", "landmark": "60"}, Scope(segment=("SMB",), landmark_day=60))],
    ids=["default", "segment and landmark"],
)
def test_the_numbers_are_the_databases(show: Show, sample: Database, parameters: dict[str, str], scope: Scope) -> None:
    """Sentence, faults and tables show what the metrics and marts say; files and fields are those of the whole load."""
    app = show(sample.path.parent, PAGE, **parameters)
    text = read(app)
    left_out = dict(sample.left_out(scope).select("part", "deals").iter_rows())
    assert f"{left_out['compared']:,} of {sum(left_out.values()):,} deals" in text
    for row in sample.data_problems(scope).filter(sample.data_problems(scope)["found"] > 0).iter_rows(named=True):
        assert f"{row['found']:,} of {row['checked']:,} (" in text, row
    loads = sample.loads()
    assert (
        f"{loads['rows_read'].sum():,} read = {loads['rows_loaded'].sum():,} loaded + {loads['rows_rejected'].sum():,} not usable" in text
    )
    columns = {name: table.value[name].to_list() for table in app.dataframe for name in table.value.columns}
    assert columns["Read"] == loads["rows_read"].to_list()
    assert columns["How many"] == sample.rejects_by_reason()["occurrences"].to_list()
    assert columns["Sum read"] == [float(amount) for amount in sample.load_amounts()["amount_read"]]
    assert columns["Won"] == [float(amount) for amount in sample.amounts_by_currency(scope)["won_amount"]]
    assert sorted(columns["Answered, deals"]) == sorted(sample.field_coverage()["deals_answered"])
    assert len(columns["Text"]) == sample.junk_answers(scope, 200).height
    assert columns.get("Id", []) == sample.bad_dates(scope)["deal_id"].to_list()
    assert len(columns["Setting"]) == sample.settings_log().height


def test_currencies_dates_and_stages_say_what_to_do(show: Show, loaded: Callable[..., Path]) -> None:
    """A currency without a rate, a stage that nobody names and a date of another century: each with its deals and the line to write."""
    header = "Id,Name,StageName,Amount,CurrencyIsoCode,CloseDate,CreatedDate,Pain__c\n"
    rows = (
        "1,A,Closed Won,100,EUR,2026-02-01,2026-01-01,They lose orders\n"
        "2,B,Closed Won,100,GBP,2026-02-01,2026-01-01,\n"
        "3,C,Paused,100,USD,2026-04-01,1901-01-01,\n"
    )
    app = show(loaded({"Opportunity.csv": header + rows}, "[currencies]\nrates.USD = 0.9\n"), PAGE)
    text = read(app)
    assert "1 deal with an amount in GBP is in no sum" in text
    assert "rates.GBP = …" in text
    assert "1 fault in 1 deal." in text
    assert [each.value for each in app.code] == ['[stages]\n"Paused" = "open"']


def test_the_win_rate_may_be_looked_at_by_currency(show: Show, loaded: Callable[..., Path]) -> None:
    """Where deals are in several; by value, amounts are those of the currency, which need no rate."""
    files = deals_by_rule(160, 80)
    header, *rows = files["Opportunity.csv"].splitlines()
    lines = [header, *(re.sub(r"(Closed \w+),", r"\1,£", row) if number % 2 else row for number, row in enumerate(rows))]
    app = show(loaded(files | {"Opportunity.csv": "\n".join(lines)}, QUESTION), "app_pages/win_rate.py", by="Currency", count_by="value")
    assert "Currency" in app.selectbox(key="by").options
    (table,) = [each.value for each in app.dataframe if each.value.columns[0] == "Currency"]
    told = {row["Currency"]: row["Customer-focused"] for row in table.to_dict("records")}
    assert told.keys() == {"EUR", "GBP"}
    assert "€" in told["EUR"]
    assert "£" in told["GBP"]


def test_other_settings_are_suggested_where_the_data_say_so(show: Show, sample: Database) -> None:
    """Beside those in force."""
    suggested = sample.suggested_settings().row(0, named=True)
    assert f"landmark day {suggested['landmark_day']} in place of {sample.settings()['landmark_day']}" in read(
        show(sample.path.parent, PAGE)
    )


def test_an_empty_scope_still_tells_of_the_load(show: Show, sample: Database) -> None:
    """No deal matches, and what was read is told all the same."""
    text = read(show(sample.path.parent, PAGE, **NOBODY))
    assert rounding.whole(int(sample.loads()["rows_read"].sum())) in text


@pytest.mark.parametrize(
    ("deals", "given", "said"),
    [
        (40, {"has_history": False}, "Nobody can tell when the fields were filled"),
        (40, {"has_history": False, "field": "Other__c"}, "None of the buyer questions is found in the export"),
        (12, {}, "12 of 13 deals (92%) can be compared at equal age."),
    ],
    ids=["no history", "no questions", "too few"],
)
def test_it_works_in_every_state(show: Show, few_deals: Callable[..., Path], deals: int, given: dict[str, object], said: str) -> None:
    """Without history, without questions and with few deals: a sentence, and what was read."""
    app = show(few_deals(deals, deals // 2, **given), PAGE)
    assert said in read(app)
    assert app.dataframe


@pytest.mark.thorough
def test_what_loads_made_of_one_another_is_told(show: Show, tmp_path: Path) -> None:
    """Deals that are no longer in the export, changes that exports tell, a column that is gone; sources to choose where there are two."""
    header = "Id,Name,StageName,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,{pain}\n"
    row = "{name},{name},Proposal,2026-12-31,0,0,{owner},2026-01-01,They lose orders\n"
    both = "".join(row.format(name=name, owner="005A") for name in "AB")
    load_into(tmp_path, {"Opportunity.csv": header.format(pain="Pain__c") + both}, as_of=date(2026, 2, 1))
    later = {"Opportunity.csv": header.format(pain="Pain_Text__c") + row.format(name="A", owner="005B")}
    load_into(tmp_path, later, as_of=date(2026, 3, 1), anew=False)
    folder = load_into(tmp_path, later, as_of=date(2026, 3, 1), anew=False, source="acme").path.parent
    app = show(folder, PAGE)
    text = read(app)
    assert "The latest load is number 3: 1 new deal, 0 changed, 0 deleted or merged in the CRM." in text
    assert "salesforce: 2 deals, last export of 1 March 2026, 1 of them no longer in it and kept as last seen." in text
    assert "column gone: Pain__c, which answered pain, was last in the deals of salesforce on 2026-02-01" in text
    assert next(each for each in app.multiselect if each.label == "Source").options == ["salesforce", "acme"]
    assert "3 deals in scope" in text
    assert "1 deal in scope" in read(show(folder, PAGE, source="acme"))
