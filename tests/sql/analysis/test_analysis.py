"""The worked questions: each runs as pasted, on what is public, and answers as kept in `expected/` (renewed with `pytest --renew`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.analysis import WorkedQuestion, worked_questions
from etl.queries import Database

EXPECTED = Path(__file__).parent / "expected"
ONE_DEAL = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate\n1,A,Won,1,2024-03-01,1,1,2024-01-01 08:00:00\n"

every_question = pytest.mark.parametrize("asked", worked_questions(), ids=lambda asked: asked.name)


@pytest.fixture(scope="module")
def con(sample_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the sample as an analyst opens it: read-only, with DuckDB alone."""
    with duckdb.connect(str(sample_file), read_only=True) as opened:
        yield opened


def answer(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Return the rows of a query as CSV, numbers to nine figures so that machines agree."""
    con.execute(sql)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([column[0] for column in con.description or []])
    writer.writerows([[cell(value) for value in row] for row in con.fetchall()])
    return written.getvalue()


def cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value + 0.0:.9g}"  # no minus before a zero
        case list():
            return "; ".join(cell(each) for each in value)
        case _:
            return str(value)


@every_question
def test_the_answer_is_as_expected(con: duckdb.DuckDBPyConnection, asked: WorkedQuestion, request: pytest.FixtureRequest) -> None:
    """Cell for cell."""
    kept = EXPECTED / f"{asked.name}.csv"
    told = answer(con, asked.sql)
    if request.config.getoption("renew"):
        kept.write_text(told, encoding="utf-8")
    assert told == kept.read_text(encoding="utf-8")
    assert told.count("\n") > 1, "an answer without rows teaches nothing"


@every_question
def test_the_file_opens_with_its_question(asked: WorkedQuestion) -> None:
    """Then come a line or two on how to read the answer, then one statement that reads."""
    assert asked.sql.startswith(f"-- {asked.question}\n-- ")
    assert asked.question.endswith("?")
    assert asked.reading.endswith(".")
    statements = duckdb.extract_statements(asked.sql)
    assert [statement.type for statement in statements] == [duckdb.StatementType.SELECT]


def test_there_are_many_and_no_answer_is_left_over() -> None:
    """At least 25, each with an expected answer, and no answer without its question."""
    names = {asked.name for asked in worked_questions()}
    assert len(names) >= 25
    assert len({asked.question for asked in worked_questions()}) == len(names)
    assert {path.stem for path in EXPECTED.glob("*.csv")} == names


@pytest.mark.thorough
def test_they_run_on_an_export_that_tells_next_to_nothing(load_files: Callable[..., Database]) -> None:
    """One deal without history, owner or answers: every query still answers, if with no rows."""
    path = load_files({"Opportunity.csv": ONE_DEAL}).path
    with duckdb.connect(str(path), read_only=True) as con:
        for asked in worked_questions():
            assert answer(con, asked.sql)
