"""The Definitions page: that it shows what the file holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl import describe
from etl.queries import Database
from tests.dashboard.pages import read

Show = Callable[..., AppTest]

PAGE = "app_pages/definitions.py"


@pytest.mark.parametrize("name", ["metrics.win_rate", "metrics.verdict", "macros.wilson_low"])
def test_a_formula_is_shown_in_words_and_as_it_runs(show: Show, sample: Database, name: str) -> None:
    """The URL names it; words and SQL are those of the file."""
    app = show(sample.path.parent, PAGE, formula=name)
    row = describe.formulas(sample).filter(name=name).row(0, named=True)
    assert app.selectbox(key="formula").value == name
    assert app.code[0].value == row["sql"]
    assert " ".join(row["comment"].split())[:60] in " ".join(read(app).split())


def test_the_dictionary_is_the_files(show: Show, sample: Database) -> None:
    """Every relation, metric and column that the file documents."""
    app = show(sample.path.parent, PAGE)
    relations, columns = (table.value for table in app.dataframe)
    assert len(relations) == describe.relations(sample).height
    assert columns["Meaning"].to_list() == describe.columns(sample)["comment"].to_list()


def test_the_questions_and_settings_in_force_are_told(show: Show, sample: Database) -> None:
    """With the fields that the export holds, and the landmark that the URL asks for."""
    text = read(show(sample.path.parent, PAGE, landmark="60"))
    for row in sample.questions().filter(is_neutral=False).iter_rows(named=True):
        assert row["label"] in text
        assert row["ask"] in text
    assert "Answered in Identified_Pain__c." in text
    assert "stood answered at the end of day 60" in text


@pytest.mark.parametrize("field", ["Pain__c", "Other__c"])
def test_it_works_without_history_and_without_questions(show: Show, few_deals: Callable[..., Path], field: str) -> None:
    """Nothing of it needs a comparison."""
    app = show(few_deals(20, 10, has_history=False, field=field), PAGE)
    assert len(app.dataframe) == 2
    assert "at the end of day 30" not in read(app).split("What customer-focused means here")[0]
