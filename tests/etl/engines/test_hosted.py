"""Publishing to hosted databases, tried on a local one: neither a service nor its extension can be had here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from etl.engines.hosted import is_hosted, replace_all
from etl.engines.job import Job, run
from etl.errors import DatabaseError

FIGURES = "from metrics.headline()"


def test_a_database_is_replaced_whole(small_file: Path, tmp_path: Path) -> None:
    """Tables, views, metrics and comments stand there, and what stood there before is gone; twice gives the same."""
    with duckdb.connect(str(small_file), read_only=True) as con:
        wanted = con.execute(FIGURES).fetchall()
    target = str(tmp_path / "hosted.duckdb")
    with duckdb.connect() as con:
        con.execute(f"attach '{target}' as target")
        con.execute("create schema target.marts")
        con.execute("create table target.marts.of_old as select 1")
        replace_all(con, small_file, with_metrics=True)
        con.execute("detach built")
        replace_all(con, small_file, with_metrics=True)
    with duckdb.connect(target, read_only=True) as con:
        assert con.execute(FIGURES).fetchall() == wanted
        assert con.execute("select count(*) from staging.deals").fetchall() == [(3,)]
        assert con.execute("select comment from duckdb_tables() where table_name = 'deals' and schema_name = 'marts'").fetchall()[0][0]
        assert con.execute("select count(*) from duckdb_tables() where table_name = 'of_old'").fetchall() == [(0,)]
        assert con.execute("select count(*) from duckdb_columns() where data_type like 'ENUM%'").fetchall() == [(0,)]


def test_a_replacement_that_fails_changes_nothing(small_file: Path, tmp_path: Path) -> None:
    """What stood there before still stands: all is one transaction."""
    spoilt = tmp_path / "spoilt.duckdb"
    with duckdb.connect(str(spoilt)) as con:
        con.execute("create schema raw; create table raw.loads as select 1 as load_no")
    with duckdb.connect() as con:
        con.execute(f"attach '{tmp_path}/hosted.duckdb' as target")
        replace_all(con, small_file, with_metrics=True)
        con.execute("detach built")
        with pytest.raises(duckdb.Error):
            replace_all(con, spoilt, with_metrics=True)
        assert con.execute("select count(*) from target.marts.deals").fetchall() == [(3,)]


@pytest.mark.parametrize(("target", "extension"), [("md:deals", "motherduck"), ("ducklake:catalogue.ducklake", "ducklake")])
def test_a_place_out_of_reach_is_told(target: str, extension: str, job: Job) -> None:
    """Before anything is built; what is missing is said, and how to get it."""
    assert is_hosted(target)
    assert not is_hosted(job.target)
    with pytest.raises(DatabaseError) as raised:
        run(replace(job, target=target))
    assert f"install {extension}" in str(raised.value)
    assert not Path(job.output.address).exists()
