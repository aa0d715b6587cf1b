"""The build: what is kept as a table, what as a view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl import build
from etl.build import models
from etl.config import load_config
from etl.load import Request, load
from etl.queries import Database
from etl.sample import SAMPLE
from tests.etl.engines.compared import differences

OPPORTUNITIES = "Id,Name,StageName,CreatedDate,CloseDate,IsClosed,IsWon\nA,Deal A,Closed Won,2025-01-01,2025-02-01,1,1\n"


def test_steps_worked_out_once_are_views_in_the_end(load_files: Callable[..., Database]) -> None:
    """Staging and intermediate models are views in the finished file, marts and prepared ones tables; none is missing."""
    database = load_files({"Opportunity.csv": OPPORTUNITIES})
    kinds = {
        f"{schema}.{name}": kind
        for schema, name, kind in database.sql(
            "select schema_name, table_name, 'table' from duckdb_tables() where database_name = 'deals' "
            "union all select schema_name, view_name, 'view' from duckdb_views() where database_name = 'deals' and not internal"
        ).rows()
    }
    wanted = {"raw": "table", "staging": "view", "intermediate": "view", "marts": "table", "prepared": "table"}
    assert kinds == {model.full_name: wanted[model.schema] for model in models() if model.schema in wanted}


def test_some_deals_after_the_other_give_what_all_at_once_do(sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are worked out in slices of their deals, none twice and none left out; only the moment of the load differs."""
    monkeypatch.setattr(build, "_ROOM", 4_000_000)
    sliced = load(Request((SAMPLE,), tmp_path, load_config())).database
    with duckdb.connect(str(sliced), config={"memory_limit": "4GB"}) as con:
        assert len(build._slices(con)) > 1
    assert set(differences(sliced, sample_file)) <= {"raw.loads", "raw.settings_log", "marts.loads"}


def test_slices_hold_each_deal_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keys that begin anywhere and have gaps, and without any deal."""
    monkeypatch.setattr(build, "_ROOM", 100_000_000)
    with duckdb.connect(config={"memory_limit": "1000MiB"}) as con:
        con.execute("create schema raw; create table raw.deals as select 7 + 3 * range as deal_key from range(95)")
        slices = build._slices(con)
        assert len(slices) == 10
        counts = [con.execute(f"select count(*) from raw.deals where {each}").fetchall()[0][0] for each in slices]
        assert sum(counts) == 95
        assert max(counts) <= 10
        con.execute("delete from raw.deals")
        assert build._slices(con) == ["true"]
