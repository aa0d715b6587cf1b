"""The formulas of a file: in words, and as the SQL that it runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import contract, describe
from etl.analysis import worked_questions
from etl.build import models
from etl.errors import UsageError
from etl.queries import Database

ONE_DEAL = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate\n1,A,Won,1,2024-03-01,1,1,2024-01-01 08:00:00\n"


def test_every_metric_and_macro_has_words_and_sql(load_files: Callable[..., Database]) -> None:
    """Each is the text of sql/ without its opening comment, which is the words."""
    formulas = describe.formulas(load_files({"Opportunity.csv": ONE_DEAL}))
    made = {model.full_name: model for model in models() if model.schema in ("metrics", "macros")}
    assert set(formulas["name"]) == set(made)
    assert formulas["name"].is_unique().all()
    for row in formulas.iter_rows(named=True):
        assert row["comment"] == made[row["name"]].comment
        assert row["sql"].startswith("create or replace macro ")
        assert made[row["name"]].sql.endswith(row["sql"])


def test_metrics_come_before_the_macros_that_they_call(load_files: Callable[..., Database]) -> None:
    """Figures first."""
    names = describe.formulas(load_files({"Opportunity.csv": ONE_DEAL}))["name"].to_list()
    kinds = [name.partition(".")[0] for name in names]
    assert kinds == sorted(kinds, reverse=True)


@pytest.fixture(scope="module")
def sample(sample_file: Path) -> Database:
    return Database(sample_file)


def test_the_dictionary_tells_all_that_is_public(sample: Database) -> None:
    """As JSON: names, columns with their types, and parameters with their defaults are those of the contract."""
    told = json.loads(json.dumps(describe.dictionary(sample)))
    version, surface = contract.recorded()
    assert told["contract"]["version"] == version
    assert told["contract"]["versions"][0]["changes"]
    found = {f"{each['schema_name']}.{each['name']}": each for each in told["relations"] + told["macros"]}
    assert set(found) == set(surface)
    for name, public in surface.items():
        assert [column["column_name"] for column in found[name].get("columns", [])] == list(public.columns)
        assert found[name]["parameters"] == ", ".join(f"{key} := {value}" if value else key for key, value in public.parameters.items())
        assert found[name]["comment"]
    assert [asked["sql"] for asked in told["questions"]] == [asked.sql for asked in worked_questions()]


def test_the_overview_has_a_line_for_each(sample: Database) -> None:
    """Every public name and every worked question, under the load and the contract's version."""
    lines = describe.overview_lines(sample)
    assert sample.load_id in lines[0]
    assert contract.versions()[0].version in lines[0]
    first = [line.split()[0] for line in lines if line.startswith("  ")]
    assert set(first) == set(contract.names()) | {asked.name for asked in worked_questions()}
    assert "marts.stage_spells Time in stage" in [" ".join(line.split()) for line in lines]


def test_one_name_is_told_in_full(sample: Database) -> None:
    """A table with its columns, a metric with its call, a macro, a question with its query."""
    assert "| outcome | varchar | won, lost or open on the export date |" in describe.one(sample, "marts.deals")
    told = describe.one(sample, "metrics.win_rate")
    assert "Call: `from metrics.win_rate(dimension := 'all', landmark_day := null," in told
    assert "Columns: by_value varchar, focus varchar, won bigint" in told
    assert "Call: `macros.wilson_low(x, n, z)`" in describe.one(sample, "macros.wilson_low")
    (asked,) = (each for each in worked_questions() if each.name == "who_is_left_out")
    assert describe.one(sample, "who_is_left_out") == asked.sql.strip()


@pytest.mark.parametrize("name", ["metrics.winrate", "staging.deals", "metrics.kept_deals", ""])
def test_a_name_that_is_not_public_is_refused(sample: Database, name: str) -> None:
    """With the nearest, where there is one."""
    with pytest.raises(UsageError, match="nothing public is called") as refused:
        describe.one(sample, name)
    assert ("metrics.win_rate" in refused.value.expected) is (name == "metrics.winrate")


def test_the_markdown_is_one_page(sample: Database) -> None:
    """Parameters that metrics share, a section for each name, questions, and what changed with each version."""
    page = describe.dictionary_markdown(sample)
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert set(headings) == {*contract.names(), "Worked questions", "Changes of the contract"}
    assert "| landmark_day | days after creation at whose end a deal is tagged; null for the file's own |" in page
    assert "- 1.0.0: The first contract." in page
    assert page.endswith("\n")


@pytest.mark.thorough
def test_calls_run_as_described(sample: Database) -> None:
    """Each metric answers to the call that the dictionary prints, defaults and all."""
    for metric in describe.relations(sample).filter(kind="metric").iter_rows(named=True):
        call = f"from metrics.{metric['name']}({metric['parameters']})"
        assert sample.sql(f"select count(*) as there from (describe {call})")["there"][0] > 0
