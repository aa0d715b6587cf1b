"""Clients that analysts use: each opens a published file with nothing of ours, and gets the dashboard's numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl import contract
from etl.analysis import worked_questions
from etl.queries import Database, Scope

pytestmark = pytest.mark.thorough

HEADLINE = "select figure, customer_value, seller_value, difference, low, high from metrics.headline()"
VERDICT = "select measure, state, difference, low, high from metrics.verdict()"
BY_SEGMENT = "select by_value, focus, won, deals, win_rate, low, high from metrics.win_rate(dimension := 'segment')"
QUERIES = (HEADLINE, VERDICT, BY_SEGMENT)


@pytest.fixture(scope="module")
def shown(sample_file: Path) -> list[list[tuple[Any, ...]]]:
    """Return what the dashboard shows, by the methods that its pages call: headline, verdict, win rate by segment."""
    database, scope = Database(sample_file), Scope()
    frames = (database.headline(scope), database.verdict(scope), database.win_rate(scope, by="segment"))
    wanted = (["figure", "customer_value", "seller_value", "difference", "low", "high"], ["measure", "state", "difference", "low", "high"])
    by_segment = ["by_value", "focus", "won", "deals", "win_rate", "low", "high"]
    return [frame.select(names).rows() for frame, names in zip(frames, (*wanted, by_segment), strict=True)]


@pytest.fixture(scope="module")
def command() -> str:
    """Return DuckDB's own command line, of the version before the library's."""
    found = shutil.which("duckdb", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("duckdb-cli 1.5 is not installed beside this Python")
    return found


def asked(command: str, path: Path, sql: str) -> list[tuple[Any, ...]]:
    done = subprocess.run([command, "-readonly", "-json", str(path), "-c", sql], capture_output=True, text=True, check=True)
    return [tuple(row.values()) for row in json.loads(done.stdout)]


def test_the_command_line(command: str, sample_file: Path, shown: list[list[tuple[Any, ...]]]) -> None:
    """DuckDB 1.5's, through the link that every load moves on."""
    link = sample_file.parent / "deals.duckdb"
    for sql, expected in zip(QUERIES, shown, strict=True):
        told = asked(command, link, sql)
        assert [row[:2] for row in told] == [row[:2] for row in expected]
        assert [pytest.approx(row[2:], rel=1e-9) for row in told] == [row[2:] for row in expected]


def test_all_that_is_public_runs_on_the_command_line(command: str, sample_file: Path) -> None:
    """Every public table and metric can be planned and every worked question answered: a query that 1.5 refuses ends the session."""
    names = [name + "()" if name.startswith("metrics.") else name for name in contract.names() if not name.startswith("macros.")]
    script = [
        *(f"select count(*) as columns_told from (describe from {name});" for name in names),
        *(each.sql for each in worked_questions()),
    ]
    done = subprocess.run(
        [command, "-readonly", "-bail", "-csv", str(sample_file)], input="\n".join(script), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("columns_told") == len(names)


def test_python_with_polars(sample_file: Path, shown: list[list[tuple[Any, ...]]]) -> None:
    """The frame that DuckDB hands over."""
    with duckdb.connect(str(sample_file), read_only=True) as con:
        assert [con.sql(sql).pl().rows() for sql in QUERIES] == shown


def test_python_with_pandas(sample_file: Path, shown: list[list[tuple[Any, ...]]]) -> None:
    """The same through pandas."""
    with duckdb.connect(str(sample_file), read_only=True) as con:
        told = [[tuple(row) for row in con.sql(sql).df().itertuples(index=False)] for sql in QUERIES]
    assert told == shown


def test_attached_under_another_name_it_answers_after_use(sample_file: Path, shown: list[list[tuple[Any, ...]]]) -> None:
    """Tables answer at once; metrics, which name schemas and no file, once the file is the one in use."""
    with duckdb.connect() as con:
        con.execute(f"attach '{sample_file}' as pipeline (read_only)")
        assert con.sql("select count(*) from pipeline.marts.deals").fetchall() == [(3994,)]
        with pytest.raises(duckdb.CatalogException):
            con.sql("from pipeline.metrics.headline()")
        con.execute("use pipeline")
        assert [con.sql(sql).fetchall() for sql in QUERIES] == shown
        con.execute("use memory")
        con.execute("create table kept as select 1 as number")
        assert con.sql("from kept").fetchall() == [(1,)]


def test_nothing_can_be_written(sample_file: Path) -> None:
    """Opened read-only, as every example opens it."""
    with duckdb.connect(str(sample_file), read_only=True) as con, pytest.raises(duckdb.Error, match="read-only"):
        con.execute("delete from raw.deals")


def test_texts_are_texts(sample_file: Path) -> None:
    """What a metric shows as a name is no enumeration of all names in the file, which some clients print above each column.

    Only the rows of deals themselves are, which metrics work on.
    """
    with duckdb.connect(str(sample_file), read_only=True) as con:
        enumerated = {
            name
            for name, public in contract.recorded()[1].items()
            if public.kind == "metric" and any("ENUM" in row[1] for row in con.sql(f"describe from {name}()").fetchall())
        }
    assert enumerated == {"metrics.tagged_deals", "metrics.compared_deals"}
