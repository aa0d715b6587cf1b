"""The contract: what is public, that it is recorded under a version, and that each of it explains itself in any client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from etl import contract
from etl.analysis import worked_questions
from etl.build import models
from etl.contract import Change, Public, Surface, Version

REFERENCE = re.compile(r"\b(?:raw|macros|staging|intermediate|marts|metrics|prepared)\.\w+")


@pytest.fixture(scope="module")
def con(sample_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the sample as an analyst opens it: read-only, with DuckDB alone."""
    with duckdb.connect(str(sample_file), read_only=True) as opened:
        yield opened


def test_what_is_public_is_as_recorded(con: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> None:
    """A relation, column, type, parameter or default that changed must be recorded under a version that says so."""
    surface = contract.surface_of(con)
    if request.config.getoption("renew"):
        contract.record(surface)
    version, recorded = contract.recorded()
    assert surface == recorded, "raise the version in sql/contract.toml, say what changed, and run this test with --renew"
    assert version == contract.versions()[0].version


def test_each_version_follows_the_one_before_and_says_what_changed() -> None:
    """Newest first, of three numbers."""
    versions = contract.versions()
    assert all(len(version.numbers) == 3 and version.changes for version in versions)
    assert [version.numbers for version in versions] == sorted({version.numbers for version in versions}, reverse=True)


def test_every_mart_and_metric_is_either_public_or_not() -> None:
    """A new one needs the decision, and no name stands twice or for nothing."""
    decided = [*contract.names("public"), *contract.names("inner")]
    assert len(decided) == len(set(decided))
    assert {name for name in decided if name.startswith(("marts.", "metrics."))} == {
        model.full_name for model in models() if model.schema in ("marts", "metrics")
    }
    assert set(decided) <= {model.full_name for model in models()}


def test_worked_questions_keep_to_what_is_public() -> None:
    """They are examples of how to build on it."""
    for asked in worked_questions():
        assert set(REFERENCE.findall(asked.sql)) <= set(contract.names()), asked.name


def test_the_file_holds_its_contract(con: duckdb.DuckDBPyConnection) -> None:
    """As raw.contract: one version, and a row for each column and parameter."""
    held = con.execute("select distinct contract_version from raw.contract").fetchall()
    assert held == [(contract.versions()[0].version,)]
    told = con.execute("select name, item, detail from raw.contract where part = 'column' and name = 'marts.loads'").fetchall()
    assert ("marts.loads", "load_id", "VARCHAR") in told
    assert con.execute("select count(distinct name) from raw.contract").fetchall() == [(len(contract.names()),)]
    assert con.execute("select part, item from raw.contract where name = 'macros.z'").fetchall() == [(None, None)]


WAS: Surface = {"metrics.f": Public("metric", {"day": "null", "by": "'all'"}, {"a": "BIGINT", "b": "DATE"})}


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (WAS, "none"),
        ({}, "major"),
        ({"metrics.f": replace(WAS["metrics.f"], columns={"a": "BIGINT"})}, "major"),
        ({"metrics.f": replace(WAS["metrics.f"], columns={"a": "DOUBLE", "b": "DATE"})}, "major"),
        ({"metrics.f": replace(WAS["metrics.f"], parameters={"by": "'all'"})}, "major"),
        ({"metrics.f": replace(WAS["metrics.f"], parameters={"day": "30", "by": "'all'"})}, "major"),
        ({"metrics.f": replace(WAS["metrics.f"], parameters={"day": "null", "by": "'all'", "must": None})}, "major"),
        ({"metrics.f": replace(WAS["metrics.f"], parameters={"day": "null", "by": "'all'", "may": "1"})}, "minor"),
        ({"metrics.f": replace(WAS["metrics.f"], columns={"a": "BIGINT", "b": "DATE", "c": "DATE"})}, "minor"),
        ({**WAS, "marts.new": Public("table", {}, {"a": "DATE"})}, "minor"),
    ],
)
def test_what_breaks_and_what_adds(now: Surface, change: Change) -> None:
    """Whatever a query may have relied on and finds no more is major; what it cannot have known of is minor."""
    assert contract.change_between(WAS, now) == change


@pytest.mark.parametrize(
    ("old", "new", "change", "is_enough"),
    [
        ("1.2.3", "1.2.3", "none", True),
        ("1.2.3", "1.2.4", "none", True),
        ("1.2.3", "1.2.3", "minor", False),
        ("1.2.3", "1.2.4", "minor", False),
        ("1.2.3", "1.3.0", "minor", True),
        ("1.2.3", "1.3.0", "major", False),
        ("1.2.3", "2.0.0", "major", True),
        ("1.10.0", "1.9.0", "minor", False),
    ],
)
def test_the_version_rises_as_the_change_asks(old: str, new: str, change: Change, is_enough: bool) -> None:  # noqa: FBT001 - a parameter of the table above
    """The first number for what breaks, the second for what adds."""
    assert contract.rises_enough(Version(old, ()), Version(new, ()), change) is is_enough


def test_a_change_is_not_recorded_without_its_version() -> None:
    """The record stays as it was, and the error says what to do."""
    before = contract.RECORD.read_bytes()
    _, surface = contract.recorded()
    with pytest.raises(ValueError, match=r"a major change needs a new version at the top of sql/contract\.toml"):
        contract.record({name: public for name, public in surface.items() if name != "marts.deals"})
    assert contract.RECORD.read_bytes() == before


def test_whatever_is_public_has_a_comment_in_any_client(con: duckdb.DuckDBPyConnection) -> None:
    """Every name, and every column of a table, as DuckDB's own catalogue shows them."""
    told = dict(
        con.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() "
            "union all select schema_name || '.' || function_name, comment from duckdb_functions() where not internal"
        ).fetchall()
    )
    assert [name for name in contract.names() if not told.get(name)] == []
    columns = con.execute(
        "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() where not internal"
    ).fetchall()
    assert [(table, column) for table, column, comment in columns if table in contract.names() and not comment] == []


def test_a_metric_says_what_each_of_its_columns_and_parameters_is(con: duckdb.DuckDBPyConnection) -> None:
    """In its own comment, or in that of a relation that it points to: a table macro has no comments for its columns.

    What settings the parameters stand for, raw.settings tells; what a scope is, metrics.scoped_deals.
    """
    told = {model.full_name: f"{model.comment}\n{' '.join(model.column_comments)}" for model in models()}
    for name, public in contract.recorded()[1].items():
        if public.kind != "metric":
            continue
        words = set(re.findall(r"\w+", " ".join(_with_references([name, "raw.settings", "metrics.scoped_deals"], told))))
        assert [column for column in public.columns if column not in words] == [], name
        assert [parameter for parameter in public.parameters if parameter not in words] == [], name


def _with_references(wanted: list[str], told: dict[str, str]) -> list[str]:
    """Return the comments of relations and of those that they point to, and so on."""
    seen: list[str] = []
    while wanted:
        if (each := wanted.pop()) in told and each not in seen:
            seen.append(each)
            wanted += REFERENCE.findall(told[each])
    return [told[each] for each in seen]
