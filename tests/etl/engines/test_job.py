"""Builds from raw relations in a folder: the same file as a load makes, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from etl import cli
from etl.engines import spark
from etl.engines.job import Job, run, steps_of
from etl.engines.lake import MANIFEST, MARTS, RAW, Place
from etl.errors import CheckFailed, DataError, RowsLost, SameSideError, UsageError
from etl.publish import LINK, current
from etl.queries import Database, Scope
from tests.etl.engines.compared import differences
from tests.etl.engines.conftest import FILES

pytestmark = pytest.mark.thorough


def test_the_file_is_the_one_that_a_load_makes(job: Job, small_file: Path) -> None:
    """Row by row, in every relation; and so are the figures. The marts lie in folders beside a manifest, and nothing of old among them."""
    stale = Path(job.output.address) / "deals" / "of_old.parquet"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"")
    seen: list[str] = []
    built = run(job, seen.append)
    made = current(Path(job.target))
    assert differences(small_file, made) == {}
    assert Database(made).headline(Scope()).equals(Database(small_file).headline(Scope()))
    assert tuple(seen) == steps_of("duckdb")
    told = job.output.manifest()
    assert (told["load_id"], told["engine"], told["rows"]) == (built.load_id, "duckdb", built.rows)
    for mart in MARTS:
        files = f"{job.output.address}/{mart.name}/*.parquet"
        assert duckdb.execute(f"select count(*) from '{files}'").fetchall() == [(built.rows[mart.name],)]


def written_as_csv(file: Path, folder: Path, manifest: dict[str, Any]) -> None:
    """Write the raw relations of a file as CSV: with a header, nothing for null, quotes doubled, and lists as JSON."""
    with duckdb.connect(str(file), read_only=True) as con:
        for relation in RAW:
            (folder / relation.name).mkdir(parents=True)
            lists = [row[0] for row in con.execute(f"describe {relation.full_name}").fetchall() if row[1].endswith("[]")]
            replaced = f"replace ({', '.join(f'to_json({name}) as {name}' for name in lists)})" if lists else ""
            con.execute(f"copy (select * {replaced} from {relation.full_name}) to '{folder}/{relation.name}/part.csv' (header)")
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_csv_in_object_storage_makes_the_same_file(job: Job, small_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raw relations may be CSV, they may come from a bucket and marts go to one, under the address that Spark has for it too."""
    written_as_csv(small_file, tmp_path / "csv", job.source.manifest())
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        settings = {"ENDPOINT_URL": f"http://{host}:{port}", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "DEFAULT_REGION": "us-east-1"}
        for name, value in settings.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        boto3.client("s3").create_bucket(Bucket="lake")
        source, output = Place("s3a://lake/raw"), Place("s3a://lake/marts/")
        source.put(tmp_path / "csv")
        run(replace(job, source=source, output=output))
        assert output.manifest()["rows"]["deals"] == 3
        assert output.file_kind(MARTS[0]) == "parquet"
    finally:
        server.stop()
    assert differences(small_file, current(Path(job.target))) == {}


def _without_a_manifest(raw: Path) -> None:
    (raw / MANIFEST).unlink()


def _without_a_relation(raw: Path) -> None:
    told = json.loads((raw / MANIFEST).read_text())
    del told["rows"]["stages"]
    (raw / MANIFEST).write_text(json.dumps(told))


def _without_files(raw: Path) -> None:
    for path in (raw / "stages").iterdir():
        path.unlink()


def with_a_row_too_few(raw: Path) -> None:
    told = json.loads((raw / MANIFEST).read_text())
    told["rows"]["stage_changes"] += 1
    (raw / MANIFEST).write_text(json.dumps(told))


def _rewritten(raw: Path, name: str, select: str) -> None:
    files = f"{raw}/{name}/*.parquet"
    duckdb.sql(f"create or replace temp table t as select {select} from '{files}'")
    for path in (raw / name).iterdir():
        path.unlink()
    duckdb.sql(f"copy t to '{raw}/{name}/part.parquet'")


def _without_a_column(raw: Path) -> None:
    _rewritten(raw, "deals", "* exclude (deal_name)")


def _with_an_unknown_state(raw: Path) -> None:
    _rewritten(raw, "field_values", "* replace ('perhaps' as state)")


def _with_a_null(raw: Path) -> None:
    _rewritten(raw, "deals", "* replace (null::varchar as outcome)")


def with_rows_unaccounted_for(raw: Path) -> None:
    _rewritten(raw, "load_files", "* replace (rows_read + 1 as rows_read)")


FAULTS: list[tuple[Callable[[Path], None], type[SameSideError], str]] = [
    (_without_a_manifest, DataError, "no manifest"),
    (_without_a_relation, DataError, "missing: stages"),
    (_without_files, DataError, "raw.stages cannot be read: it has no file"),
    (with_a_row_too_few, RowsLost, "raw.stage_changes: 6 rows were written, and 5 are read"),
    (_without_a_column, DataError, "raw.deals cannot be read"),
    (_with_an_unknown_state, DataError, "raw.field_values cannot be read"),
    (_with_a_null, DataError, "raw.deals cannot be read"),
    (with_rows_unaccounted_for, CheckFailed, "rows_add_up"),
]


@pytest.mark.parametrize(("spoil", "error", "text"), FAULTS, ids=[spoil.__name__.strip("_") for spoil, *_ in FAULTS])
def test_what_is_not_whole_is_never_published(job: Job, spoil: Callable[[Path], None], error: type[SameSideError], text: str) -> None:
    """It is told what is wrong; there is no file, and no manifest among the marts."""
    spoil(Path(job.source.address))
    with pytest.raises(error) as raised:
        run(job)
    assert text in str(raised.value)
    assert not (Path(job.target) / LINK).exists()
    assert not (Path(job.output.address) / MANIFEST).exists()


def test_a_failed_build_leaves_what_was_published(job: Job, small_file: Path) -> None:
    """The file of the build before stays, and with DuckDB its marts do, as none is written before all are checked."""
    run(job)
    with_a_row_too_few(Path(job.source.address))
    with pytest.raises(RowsLost):
        run(job)
    assert differences(small_file, current(Path(job.target))) == {}
    assert job.output.manifest()["rows"]["deals"] == 3


def test_marts_are_not_written_over_the_raw_relations(job: Job) -> None:
    """Both have a relation named deals."""
    with pytest.raises(UsageError, match="cannot be written where"):
        run(replace(job, output=Place(job.source.address + "/")))
    assert job.source.manifest()["rows"]["deals"] == 3


def test_a_place_that_nobody_knows_is_told(job: Job) -> None:
    """An address of another kind says which ones there are."""
    with pytest.raises(UsageError, match="cannot be reached"):
        run(replace(job, source=Place("gopher://lake/raw")))


def test_the_command_lands_and_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the README shows it: land, build, and look."""
    monkeypatch.chdir(tmp_path)
    Path("exports").mkdir()
    for name, text in FILES.items():
        (tmp_path / "exports" / name).write_text(text)
    runner = CliRunner()
    landed = runner.invoke(cli.cli, ["load", "exports", "--raw-to", "raw"])
    assert "  deals                           3 rows" in landed.stdout, landed.output
    assert not Path("sameside-data", LINK).exists()
    built = runner.invoke(cli.cli, ["build", "--input", "raw", "--output", "marts"])
    assert built.exit_code == 0, built.output
    assert "database: sameside-data" in built.stdout
    assert Database.of_folder(Path("sameside-data")).headline(Scope()).height > 0
    wrong = runner.invoke(cli.cli, ["build", "--input", "raw", "--output", "marts", "--conf", "memory"]).exception
    assert isinstance(wrong, UsageError)


@pytest.mark.parametrize(("lacks", "todo"), [("pyspark", "pip install '.[spark]'"), ("java", "JAVA_HOME")])
def test_spark_is_asked_for_where_it_is_not_installed(lacks: str, todo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said; it is wrong usage, not bad data."""
    monkeypatch.setattr(spark, "find_spec", lambda name: None if name == lacks else object())
    monkeypatch.setattr(spark, "which", lambda name: None if name == lacks else name)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError) as raised:
        spark.require_spark()
    assert todo in str(raised.value)
