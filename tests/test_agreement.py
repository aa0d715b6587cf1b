"""One number, four readers: what a page shows, what its CSV holds, what a query prints and what a snapshot holds are the same to the digit."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.wording.team import people
from etl.answers import Answers, Question
from etl.csvtext import to_csv
from etl.describe import columns, relations
from etl.export import FIGURES, MARTS, export
from etl.queries import Database, Scope
from tests.dashboard.figures import Figures, figures
from tests.dashboard.pages import PAGES, everything, script, shown

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]
COUNTED_IN_PYTHON = {"sensitivity", "other_methods", "questions_jointly"}
"""Figures that no query alone can give."""
BY = [
    *(("group_rates", by) for by in ("all", "team", "owner")),
    *(("adoption", by) for by in ("all", "team")),
    *(("late_answers", by) for by in ("all", "team", "owner")),
    *((name, by) for name in ("win_rate", "sales_cycle") for by in ("all", "segment", "created_quarter")),
    ("effects", "question"),
    ("mantel_haenszel", "segment"),
]
"""Metrics and the dimensions that pages ask them by."""
DEAL = "deal"
SCOPES = {
    "default": ({}, Scope()),
    "filtered": ({"segment": "SMB", "landmark": "60"}, Scope(segment=("SMB",), landmark_day=60)),
}
"""What the URL asks for, and the scope that it stands for."""
FIXED = (0.1, 1, 4, 5, 7, 10, 20, 30, 50, 80, 100)
"""Numbers that words bear in any state: deals for a rate, reps for a range, shares of a hundred, days before a close."""

Rows = Callable[[Database, Scope], pl.DataFrame]


def _of(name: str, *arguments: Any) -> Rows:
    return lambda database, scope: getattr(database, name)(scope, *arguments)


def _whole(name: str) -> Rows:
    return lambda database, _: getattr(database, name)()


def _reps(database: Database, scope: Scope) -> pl.DataFrame:
    return people(database.owner_rates(scope), database.group_rates(scope, "owner"), database.late_answers(scope, "owner"))


FILES: dict[str, dict[str, Rows]] = {
    "overview": {"evidence_ladder": _of("evidence_ladder"), "win_rate_trend": _of("win_rate", "created_quarter")},
    "win_rate": {
        "win_rate_by_team": _of("win_rate", "team"),
        "win_rate_by_answers": _of("win_rate_by_answers"),
        "fit_by_focus": _of("fit_by_focus"),
    },
    "sales_cycle": {
        "curves": _of("curves"),
        "median_days": _of("cycle_quantiles"),
        "cycle_spread": _of("cycle_spread"),
        "stage_times": _of("stage_times"),
        "friction": _of("friction"),
    },
    "questions": {
        "question_rates": _of("question_rates"),
        "questions_win_rate": _of("effects", "question"),
        "questions_days_open": _of("effects", "question"),
        "questions_jointly": _of("questions_jointly"),
    },
    "is_it_real": {
        "checks": _of("like_for_like"),
        "balance": _of("balance"),
        "sensitivity": _of("sensitivity"),
        "other_methods": _of("other_methods"),
    },
    "team": {
        "reps_funnel": _of("owner_rates"),
        "reps": _reps,
        "adoption": _of("adoption", "all"),
        "adoption_by_team": _of("adoption", "team"),
        "teams": _of("group_rates", "team"),
        "late_answers": _of("late_answers", "team"),
    },
    "coaching": {"coaching": _of("coaching")},
    "data_health": {
        "left_out": _of("left_out"),
        "data_problems": _of("data_problems"),
        "loads": _whole("loads"),
        "rejects": _whole("rejects_by_reason"),
        "load_amounts": _whole("load_amounts"),
        "amounts_by_currency": _of("amounts_by_currency"),
        "bad_dates": _of("bad_dates"),
        "field_coverage": _whole("field_coverage"),
        "junk_answers": _of("junk_answers"),
        "settings_log": _whole("settings_log"),
    },
    "definitions": {"relations": lambda database, _: relations(database), "columns": lambda database, _: columns(database)},
    "deal": {"deal_timeline": lambda database, scope: database.deal_questions(scope, _a_deal(database))},
}
"""What each file that a page hands over holds, by the file's name without its day."""


def _since_creation(database: Database, scope: Scope) -> pl.DataFrame:
    """Return the days of metrics.cycle_quantiles since creation, and how many deals the curves have seen, the young ones too."""
    day = scope.landmark_day or database.settings()["landmark_day"]
    seen = database.curves(scope).group_by("focus").agg(pl.col("at_risk").max())["at_risk"].sum()
    return database.cycle_quantiles(scope).select(pl.lit(seen).alias("seen"), pl.col("days", "low", "high") + day)


def _faults(database: Database, scope: Scope) -> pl.DataFrame:
    """Return how many deals the faults of the data keep out of the comparison, and their share of those in scope."""
    fault = ~pl.col("part").is_in(["compared", "too young", "decided by the landmark"])
    kept_out = pl.col("deals").filter(fault).sum()
    return database.left_out(scope).select(kept_out.alias("deals"), (kept_out / pl.col("deals").sum()).alias("share"))


WORKED_OUT: dict[str, Rows] = {
    "sales_cycle": _since_creation,
    "data_health": _faults,
    "deal": lambda database, _: database.deal_stages(_a_deal(database)),
}
"""What pages work out from metrics, or ask for without a scope."""


def _a_deal(database: Database) -> str:
    return str(database.deal_list(Scope(), focus="customer-focused")["deal_id"][0])


@dataclass
class Seen:
    """A page as it was shown, the metrics that it asked for, with their arguments, and the files that it hands over."""

    app: AppTest
    asked: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch, sample: Database) -> Callable[..., Seen]:
    """Return a function that shows a page of the sample, and keeps what it asked for."""

    def open_page(page: str, **parameters: str) -> Seen:
        asked: list[tuple[str, tuple[Any, ...]]] = []
        files: dict[str, bytes] = {}
        ask, fact, button = Answers.ask, data._fact, st.download_button

        def of_scope(answers: Answers, scope: Scope, question: Question) -> pl.DataFrame:
            asked.append((question[0], (scope, *question[1:])))
            return ask(answers, scope, question)

        def of_file(version: str, name: str) -> Any:
            asked.append((name, ()))
            return fact(version, name)

        def handed_over(label: str, content: Any, name: str, *arguments: Any, **more: Any) -> bool:
            if name.endswith(".csv"):
                files[name.rpartition("_")[0]] = content()
            return button(label, content, name, *arguments, **more)

        monkeypatch.setattr(Answers, "ask", of_scope)
        monkeypatch.setattr(data, "_fact", of_file)
        monkeypatch.setattr(st, "download_button", handed_over)
        if page == DEAL:
            parameters[DEAL] = _a_deal(sample)
        return Seen(shown(monkeypatch, sample.path.parent, script(page), **parameters), list(dict.fromkeys(asked)), files)

    return open_page


@pytest.mark.parametrize("state", SCOPES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_and_hands_over_what_the_metrics_say(see: Callable[..., Seen], sample: Database, page: str, state: str) -> None:
    """Each number in words, tables and charts is a figure of a metric in the scope of the URL, and each file holds a metric's rows."""
    parameters, scope = SCOPES[state]
    seen = see(page, **parameters)
    assert {argument for _, arguments in seen.asked for argument in arguments if isinstance(argument, Scope)} == {scope}
    for name, content in seen.files.items():
        assert read_back(content, FILES[page][name](sample, scope)) == [], name
    assert state == "filtered" or set(seen.files) == set(FILES[page])
    if page != "definitions":
        assert figures_behind(page, sample, seen, scope).unexplained(everything(seen.app)) == []


def read_back(content: bytes, rows: pl.DataFrame) -> list[str]:
    """Return what of a file is not in the rows: its cells, a difference for each; the definition in force stands beside them."""
    read = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(read) == rows.height
    assert [*(read[0] if read else rows.columns)][: rows.width] == rows.columns
    pairs = zip(read, rows.iter_rows(named=True), strict=True)
    return [f"{name}: {cells[name]} for {value}" for cells, row in pairs for name, value in row.items() if not is_same(cells[name], value)]


def is_same(cell: str, value: Any) -> bool:
    """Return whether a cell of a file reads back as a value."""
    if value is None or isinstance(value, bool):
        return cell == {None: "", True: "true", False: "false"}[value]
    if isinstance(value, int | float | Decimal):
        return float(cell) == float(value)
    if isinstance(value, list):
        return bare(cell) == ";".join(map(str, value))
    if isinstance(value, datetime):
        return datetime.fromisoformat(cell) == value.replace(tzinfo=None)
    return bare(cell) == str(value)


def bare(cell: str) -> str:
    """Return a text without the guard against formulas, as the manifest of a snapshot says."""
    return re.sub("^'", "", re.sub("([;\\t\\r\\n])'", r"\1", cell))


def figures_behind(page: str, database: Database, seen: Seen, scope: Scope) -> Figures:
    """Return all figures that a page may speak of: those that it asked for, as the database gives them, and the definition in force."""
    given = [getattr(database, name)(*arguments) for name, arguments in seen.asked]
    frames = [each if isinstance(each, pl.DataFrame) else pl.DataFrame([each]) for each in given if isinstance(each, pl.DataFrame | dict)]
    if page in WORKED_OUT:
        frames.append(WORKED_OUT[page](database, scope))
    settings = database.settings()
    day, needed = scope.landmark_day or settings["landmark_day"], scope.answers_needed or settings["answers_needed"]
    questions = database.questions().filter(is_mapped=True, is_neutral=False).height
    return figures(frames, [*FIXED, day, settings["horizon_days"], day + settings["horizon_days"], needed, questions])


def test_a_query_and_a_snapshot_tell_one_number(sample: Database, tmp_path: Path) -> None:
    """Each figure of a snapshot is what a query of the metric prints, as anybody may write it."""
    snapshot = export(sample, tmp_path, Scope())
    for name in set(FIGURES) - COUNTED_IN_PYTHON:
        assert read_back((snapshot / f"{name}.csv").read_bytes(), sample.sql(f"from metrics.{name}()")) == [], name


def test_marts_and_dimensions_of_a_snapshot_are_what_queries_print(sample: Database, tmp_path: Path) -> None:
    """Cell for cell, each mart, and each figure by a dimension that a snapshot holds."""
    snapshot = export(sample, tmp_path, Scope())
    queries = {name: f"from marts.{name} order by all" for name in MARTS}
    for path in snapshot.glob("*_by_*.csv"):
        name, _, by = path.stem.partition("_by_")
        if path.stem not in {*MARTS, *FIGURES}:
            name = "coaching_summary" if name == "coaching" else name
            queries[path.stem] = f"from metrics.{name}(dimension := '{by}')"
    assert len(queries) > 3 * len(MARTS)
    for name, query in queries.items():
        assert read_back((snapshot / f"{name}.csv").read_bytes(), sample.sql(query)) == [], name


@pytest.mark.parametrize(("name", "by"), BY)
def test_a_query_of_a_dimension_tells_the_same(sample: Database, name: str, by: str) -> None:
    """Also of all deals together, where that is not what the metric gives unasked."""
    assert read_back(to_csv(getattr(sample, name)(Scope(), by)), sample.sql(f"from metrics.{name}(dimension := '{by}')")) == []


def test_what_was_planted_is_found(sample: Database) -> None:
    """Every defect that the generator planted is counted with its reason, and rows add up to those written."""
    truth = json.loads((ROOT / "sample_data" / "truth.json").read_text())
    reasons = {
        (row["file"].rpartition(": ")[2], row["reason"]): row["occurrences"] for row in sample.rejects_by_reason().iter_rows(named=True)
    }
    defects = truth["defects"]
    assert reasons["Opportunity.csv", "was deleted in the CRM"] == defects["deleted_deals"]
    assert reasons["Opportunity.csv", "a later row has the same id"] == defects["duplicated_ids"]
    assert reasons["Opportunity.csv", "is not an amount of at most 16 digits and two decimals"] == defects["unreadable_amounts"]
    assert reasons["Opportunity.csv", "is not a date and time"] == defects["unreadable_created_dates"]
    assert sample.crm_figures(Scope())["negative_cycles"][0] == defects["closed_before_created"]
    assert {row["file"].rpartition(": ")[2]: row["rows_read"] for row in sample.loads().iter_rows(named=True)} == truth["rows"]
    naive = sample.evidence_ladder(Scope())["difference"][0] * 100
    assert naive > truth["effect_points"] + 20
