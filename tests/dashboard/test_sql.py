"""The SQL page: what a visitor asks is answered through the guard, and the operator can switch it off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from etl import describe
from etl.analysis import worked_questions
from etl.queries import Database, Scope

Show = Callable[..., AppTest]

PAGE = "app_pages/sql.py"


def read(app: AppTest) -> str:
    """Return all the text of the page as it is read."""
    kinds = ("title", "subheader", "markdown", "caption", "text")
    text = "\n".join(str(getattr(each, "value", "")) for kind in kinds for each in app.get(kind))
    return text.replace("\\", "").replace("\u2060", "").replace("\N{NO-BREAK SPACE}", " ")


def rows(app: AppTest) -> Any:
    """Return the first table of the page: the result of a query, where it has rows."""
    return app.dataframe[0].value


def ask(app: AppTest, text: str) -> AppTest:
    """Write a query and run it."""
    app.text_area(key="sql-text").set_value(text)
    app.button(key="sql-run").click().run()
    assert not app.exception
    return app


def test_a_metric_gives_the_dashboards_numbers(show: Show, sample: Database) -> None:
    """Cell for cell, all of them, as a table and as CSV."""
    app = ask(show(sample.path.parent, PAGE), "from metrics.win_rate(dimension := 'segment')")
    told = sample.win_rate(Scope(), by="segment")
    shown = rows(app)
    assert shown["win_rate"].to_list() == told["win_rate"].to_list()
    assert shown["focus"].to_list() == told["focus"].to_list()
    assert f"{told.height} rows in all." in read(app)
    assert app.download_button(key="csv-query").label == "Download CSV"


REASONS = {
    "from read_text('/etc/passwd')": "This function is shut off",
    "drop table marts.deals": "Only one statement that reads",
    "select nothing from marts.deals": "nothing",
    "selct 1": "syntax error",
}


@pytest.mark.thorough
def test_what_is_wrong_is_told_as_text(show: Show, few_deals: Callable[..., Path]) -> None:
    """And the next query is answered."""
    app = show(few_deals(20, 10), PAGE)
    for query, reason in REASONS.items():
        told = read(ask(app, query))
        assert reason in told
        assert "What to do:" in told
    ask(app, "select count(*) as n from marts.deals")
    assert rows(app)["n"].to_list() == [21]
    assert "What to do:" not in read(app)


def test_rows_beyond_the_limit_are_said_plainly(show: Show, few_deals: Callable[..., Path]) -> None:
    """The limit is the settings' own; what is shown is called the first rows only."""
    folder = few_deals(20, 10)
    (folder / "sameside.toml").write_text("[sql]\nmax_rows = 7\n")
    app = ask(show(folder, PAGE), "from range(100)")
    assert rows(app)["range"].to_list() == list(range(7))
    assert "The first 7 rows only" in read(app)
    assert "At most 7 rows" in read(app)


def test_no_rows_are_no_table(show: Show, few_deals: Callable[..., Path]) -> None:
    """It says so."""
    app = ask(show(few_deals(20, 10), PAGE), "from marts.deals where deal_id = 'none'")
    assert "No rows are like what you asked for." in read(app)
    assert not app.dataframe


def test_a_saved_question_is_put_where_a_query_is_written(show: Show, sample: Database) -> None:
    """All worked questions are there, and one that is chosen runs."""
    app = show(sample.path.parent, PAGE)
    asked = next(each for each in worked_questions() if each.name == "adoption_by_rep")
    assert app.selectbox(key="sql-saved").options == [each.question for each in worked_questions()]
    app.selectbox(key="sql-saved").set_value(asked.question).run()
    assert app.text_area(key="sql-text").value == asked.sql
    app.button(key="sql-run").click().run()
    assert rows(app)["rep"].to_list()


@pytest.mark.thorough
def test_every_relation_can_be_looked_at(show: Show, few_deals: Callable[..., Path]) -> None:
    """A table with its columns and their comments, a metric with its parameters; how each is asked is a query that runs."""
    folder = few_deals(20, 10)
    database = Database.of_folder(folder)
    app = show(folder, PAGE, relation="marts.deals")
    columns = describe.columns(database).filter(schema_name="marts", name="deals")
    assert rows(app)["Meaning"].to_list() == columns["comment"].to_list()
    app.selectbox(key="relation").set_value("metrics.headline").run()
    assert "Parameters with their defaults: landmark_day := " in read(app)
    assert len(rows(ask(app, app.code[0].value))) == database.headline(Scope()).height


def test_wrong_settings_are_told(show: Show, few_deals: Callable[..., Path]) -> None:
    """Nothing can be asked, and the page says why."""
    folder = few_deals(20, 10)
    (folder / "sameside.toml").write_text("[sql]\nmax_row = 7\n")
    app = show(folder, PAGE)
    assert "max_row" in read(app)
    assert not app.text_area


@pytest.mark.thorough
@pytest.mark.parametrize("word", ["off", " No "])
def test_switched_off_there_is_no_page(show: Show, few_deals: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """Neither in the list of pages nor by its address."""
    monkeypatch.setenv("SAMESIDE_SQL", word)
    app = show(few_deals(40, 20))
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page(PAGE)
