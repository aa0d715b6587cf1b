"""Results that are kept in memory stand in for metrics, and change no number."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from etl import workings
from etl.config import load_config
from etl.jobs import SAMPLE
from etl.load import Request, load
from etl.queries import KEPT_DAYS, Database, Scope


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
