"""Results that are kept in memory stand in for metrics, and change no number."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from etl import workings
from etl.config import load_config
from etl.load import Request, load
from etl.queries import KEPT_DAYS, Database, Scope
from etl.sample import SAMPLE

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Database(load(Request((SAMPLE,), tmp_path_factory.mktemp("sample"), load_config(None))).database)


SCOPES = {
    "all": (Scope(), "landmark_day := 30"),
    "a segment": (Scope(segment=("SMB",)), "scope := map {'segment': ['SMB']}"),
    "a kept day": (Scope(landmark_day=60), "landmark_day := 60"),
    "a day that is not kept": (Scope(landmark_day=37), "landmark_day := 37"),
    "by value": (Scope(count_by="value"), "scope := map {'count_by': ['value']}"),
}


@pytest.mark.parametrize("case", SCOPES)
def test_kept_results_give_what_the_metrics_give(database: Database, case: str) -> None:
    """Each metric, asked through what is kept and asked of the file alone, has the same rows to the last bit."""
    scope, arguments = SCOPES[case]
    for name in ("headline", "verdict", "robustness", "evidence_ladder"):
        assert getattr(database, name)(scope).equals(database.sql(f"from metrics.{name}({arguments})")), name


def test_a_dimension_is_not_answered_from_what_is_kept_for_all(database: Database) -> None:
    """What the whole was asked first, a dimension is worked out of its own."""
    whole = database.win_rate(Scope())
    assert database.win_rate(Scope(), by="segment").equals(database.sql("from metrics.win_rate(dimension := 'segment')"))
    assert database.win_rate(Scope(), by="segment")["deals"].sum() == whole["deals"].sum()


def test_names_are_texts_for_those_who_ask(database: Database) -> None:
    """The enumerated type stays inside the file."""
    assert database.like_for_like(Scope()).schema["by_value"] == database.owner_rates(Scope()).schema["owner"] == pl.String


def test_the_oldest_results_are_let_go_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many scopes are asked for, only so many results are kept, and all answers stay right."""
    monkeypatch.setattr(workings, "_MOST_KEPT", 4)
    told = database.verdict(Scope(answers_needed=1))
    for needed in (2, 3, 4):
        database.verdict(Scope(answers_needed=needed))
    kept = database.sql("select count(*) as n from duckdb_databases() where database_name like 'kept_%'")["n"][0]
    assert kept <= 4 + 2  # beside them what stands for a kept landmark, and for deals that are counted
    assert database.verdict(Scope(answers_needed=1)).equals(told)


def test_each_day_of_the_sensitivity_is_kept_in_the_file(database: Database) -> None:
    """Days that people choose from are those of macros.kept_days."""
    assert tuple(database.sql("select macros.kept_days() as days")["days"][0].to_list()) == KEPT_DAYS


def test_a_file_is_where_it_was_opened_from(database: Database) -> None:
    """Nothing is kept in the data folder."""
    assert {path.suffix for path in Path(database.path).parent.iterdir()} <= {".duckdb", ".lock"}


@pytest.mark.parametrize("case", ["all", "a kept day", "a day that is not kept"])
def test_questions_at_a_landmark_are_those_of_the_answers(database: Database, case: str) -> None:
    """The bits of each deal say what its rows of marts.deal_answers say, whether they are kept or worked out."""
    scope, _ = SCOPES[case]
    day = scope.landmark_day or 30
    told = database.sql(f"""
        select deal_key, topics.topic, macros.has_bit(told, question_no) as is_told, macros.has_bit(answered, question_no) as is_answered
        from metrics.landmark_answers(landmark_day := {day})
        cross join raw.questions as topics
        order by all
    """)
    rows = database.sql(f"""
        select answers.deal_key, question as topic, coalesce(unknown_until_day <= {day}, true) as is_told,
            macros.answers_at(coalesce(start_days, []), coalesce(end_days, []), {day}) > 0 as is_answered
        from marts.deal_answers as answers
        join metrics.landmark_deals(landmark_day := {day}) as deals on deals.deal_key = answers.deal_key
        where deals.part_by_age = 'compared'
        order by all
    """)
    assert rows.height > 1000
    assert told.equals(rows)


def test_what_starts_from_deals_that_are_compared_is_told(database: Database) -> None:
    """The metrics that do not are listed, and no other is."""
    calls = {
        name.removeprefix("metrics."): set(re.findall(r"metrics\.(\w+)", text))
        for name, text in database.sql("select formula as name, sql as formula from raw.formulas where formula like 'metrics.%'").rows()
    }

    def reaches(name: str) -> bool:
        return workings.BASE in calls[name] or any(reaches(other) for other in calls[name] - {name})

    assert {name for name in workings.OF_ALL_DEALS if reaches(name)} == set()
    assert calls.keys() >= workings.OF_ALL_DEALS
