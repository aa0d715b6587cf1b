"""Builds on a cluster: a standalone master and two workers on loopback, each with a core; the same rows as with DuckDB, or a clear failure."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from etl.config import load_config
from etl.engines.job import Job, run
from etl.engines.lake import MANIFEST, Place
from etl.errors import CheckFailed, RowsLost, SameSideError
from etl.load import Request, load
from etl.publish import LINK, current
from etl.queries import Database, Scope
from tests.etl.engines.cluster import Cluster, end, running
from tests.etl.engines.compared import differences
from tests.etl.engines.test_job import with_a_row_too_few, with_rows_unaccounted_for, written_as_csv

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not find_spec("pyspark"), reason="pyspark is not installed: pip install '.[spark]'"),
    pytest.mark.skipif(not (os.environ.get("JAVA_HOME") or which("java")), reason="there is no Java runtime"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets of py4j
]

# For small data: few partitions, and no time spent on compiling what runs once.
CONF = {
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.codegen.wholeStage": "false",
    "spark.executor.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return the cluster that all builds of this file run on."""
    with running(tmp_path_factory.mktemp("cluster"), "1g") as started:
        yield started


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[Any]:
    """Open the session that all builds of this file use, as a managed service would have one."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 – optional

    builder = SparkSession.builder.master(cluster.master).appName("tests")
    for name, value in CONF.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    yield spark
    spark.stop()


@pytest.fixture
def on_spark(job: Job, session: Any) -> Job:
    """Return the build of a few deals, on the cluster."""
    return replace(job, engine="spark")


def test_the_sample_is_the_same_row_by_row(on_spark: Job, sample_file: Path, raw_of: Callable[[Path], Place]) -> None:
    """Every value of every mart, decimals to the last digit, and with them the figures; as many rows as Spark says."""
    built = run(replace(on_spark, source=raw_of(sample_file)))
    made = current(Path(on_spark.target))
    assert differences(sample_file, made) == {}
    assert Database(made).headline(Scope()).equals(Database(sample_file).headline(Scope()))
    assert on_spark.output.manifest()["rows"] == built.rows
    assert built.rows["deals"] == Database(sample_file).load_counts()["deals_new"]


EXPORTS = ["maven_crm_iso", "sf_weekly_export_devorg", "sf_dataloader_pain_text", "sf_dev_org_powerbi", "hubspot_dummy_labels"]


@pytest.mark.parametrize("name", EXPORTS)
def test_real_exports_are_the_same_row_by_row(
    name: str, on_spark: Job, shared: Path, tmp_path: Path, raw_of: Callable[[Path], Place]
) -> None:
    """Real files bring real oddities: cycles below zero, no dates, text that is pasted on most deals."""
    loaded = load(Request((shared / "crm" / name,), tmp_path / "loaded", load_config())).database
    run(replace(on_spark, source=raw_of(loaded)))
    assert differences(loaded, current(Path(on_spark.target))) == {}


def test_csv_is_read_as_duckdb_reads_it(on_spark: Job, small_file: Path, tmp_path: Path) -> None:
    """Quotes, breaks of line, empty texts beside nulls, and lists as JSON."""
    written_as_csv(small_file, tmp_path / "csv", on_spark.source.manifest())
    run(replace(on_spark, source=Place(str(tmp_path / "csv"))))
    assert differences(small_file, current(Path(on_spark.target))) == {}


@pytest.mark.parametrize(
    ("spoil", "error", "text"),
    [(with_a_row_too_few, RowsLost, "raw.stage_changes"), (with_rows_unaccounted_for, CheckFailed, "rows_add_up")],
)
def test_the_cluster_publishes_nothing_that_does_not_add_up(
    on_spark: Job, spoil: Callable[[Path], None], error: type[SameSideError], text: str
) -> None:
    """Read = loaded + rejected is asked of Spark's own rows, before DuckDB sees any."""
    spoil(Path(on_spark.source.address))
    with pytest.raises(error, match=text):
        run(on_spark)
    assert not (Path(on_spark.target) / LINK).exists()
    assert not (Path(on_spark.output.address) / MANIFEST).exists()


def test_a_worker_that_is_killed_leaves_all_or_nothing(sample_file: Path, raw_of: Callable[[Path], Place], tmp_path: Path) -> None:
    """Once the first marts are written a worker dies with its executor. The other does the rest, or the build says that it failed."""
    source, output, data = raw_of(sample_file), tmp_path / "marts", tmp_path / "data"
    conf = [word for name, value in CONF.items() for word in ("--conf", f"{name}={value}")]
    pause = threading.Event()
    with running(tmp_path, "1g") as cluster:
        command = [sys.executable, "-m", "etl", "build", "--engine", "spark", "--master", cluster.master, "--input", source.address]
        build = subprocess.Popen([*command, "--output", output, "--data", data, *conf], stderr=subprocess.PIPE, text=True)
        while build.poll() is None and not list(output.glob("amount_spells/_SUCCESS")):
            pause.wait(0.1)
        assert build.poll() is None, "the build ended before anything could be killed"
        end(cluster.workers[0])
        _, told = build.communicate()
    if build.returncode == 0:
        assert differences(sample_file, current(data)) == {}
    else:
        assert "sameside: Spark could not finish" in told
        assert not (data / LINK).exists()
        assert not (output / MANIFEST).exists()
