"""The marts, worked out by Apache Spark over the raw relations of a place, and held against the rules of the database there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Final

from etl.build import Model, checks, models, settle_checks, shared
from etl.engines.lake import MARTS, RAW, Place
from etl.engines.relations import hold_against
from etl.errors import SameSideError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # errors, not nulls, as in DuckDB
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # else a product is rounded twice
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 are those of DuckDB
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # Spark takes files for as large as they are compressed, and would send millions of rows to every worker, through the driver's memory.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
_FEW: Final = 10_000
"""Rows of a raw relation up to which all workers get all of it, so that nothing is shuffled to join it."""


def require_spark() -> None:
    """Raise UsageError where Spark, or the Java that it runs on, is not installed."""
    if not (find_spec("pyspark") and find_spec("sqlglot")):
        raise UsageError(
            "building with Spark takes more than is installed",
            where="--engine spark",
            todo="Install Same Side with its extra: pip install '.[spark]', and a Java runtime, version 17 or newer.",
        )
    if not (os.environ.get("JAVA_HOME") or which("java")):
        raise UsageError("Spark needs Java, and none was found", todo="Install a Java runtime, version 17 or newer, or set JAVA_HOME.")


def build_marts(
    source: Place, output: Place, rows: Mapping[str, int], master: str | None, conf: Mapping[str, str], step: Callable[[str], None]
) -> dict[str, int]:
    """Write every mart to a place, check what was written, and return the rows of each; `rows` tells those of the raw relations.

    Raises RowsLost or CheckFailed where rows are missing or break a rule, SameSideError where Spark fails. The manifest is left to who
    knows that all is well.
    """
    require_spark()
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)  # nothing here uses pandas
    output.clear(MARTS)
    with _failures_told(), _session(master, conf) as spark:
        for relation in RAW:
            frame = _raw(spark, source, relation)
            _name(frame.hint("broadcast") if rows[relation.name] <= _FEW else frame, relation)
        _hold_against(spark, RAW, rows, source)
        written, kept = {}, []
        for model in models():
            if model.schema in ("staging", "intermediate"):
                frame = _query(spark, model.sql)
                if model.full_name in shared():
                    kept.append(frame.persist())
                _name(frame, model)
            elif model.schema == "marts":
                step(model.full_name)
                written[model.name] = _write(spark, model, output)
        step("checks on Spark")
        _hold_against(spark, MARTS, written, output)
        _check(spark)
        for frame in kept:
            frame.unpersist()
        return written


@contextmanager
def _session(master: str | None, conf: Mapping[str, str]) -> Iterator[SparkSession]:
    """Yield a session of the cluster that is named, or one beside the session that is there, as notebooks and managed services have it."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 – an optional extra

    if running := SparkSession.getActiveSession():
        beside = running.newSession()
        for name, value in {**_SETTINGS, **conf}.items():
            beside.conf.set(name, value)
        yield beside
        return
    builder = SparkSession.builder.appName("sameside build").config("spark.ui.showConsoleProgress", "false")
    for name, value in {**_SETTINGS, **conf}.items():
        builder = builder.config(name, value)
    spark = (builder.master(master) if master else builder).getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def _failures_told() -> Iterator[None]:
    """Tell what fails within Spark as an error of ours."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 – an optional extra
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (Py4JError, PySparkException, ConnectionError) as error:
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise SameSideError(
            f"Spark could not finish: {first}", todo="Nothing was published. Spark's own log, above, tells more; then build again."
        ) from error


def _raw(spark: SparkSession, source: Place, relation: Model) -> DataFrame:
    """Return a raw relation with the types of its definition; in CSV, lists are JSON."""
    from etl.engines.render import columns_of  # noqa: PLC0415 – an optional extra

    columns, place = columns_of(relation), f"{source.uri}/{relation.name}"
    if source.file_kind(relation) == "parquet":
        return spark.read.parquet(place).selectExpr(*(f"cast({name} as {kind}) as {name}" for name, kind in columns.items()))
    frame = spark.read.csv(place, header=True, escape='"', multiLine=True)
    return frame.selectExpr(
        *(
            f"from_json({name}, '{kind}') as {name}" if kind.startswith("ARRAY") else f"cast({name} as {kind}) as {name}"
            for name, kind in columns.items()
        )
    )


def _query(spark: SparkSession, sql: str) -> DataFrame:
    from etl.engines.render import rendered  # noqa: PLC0415 – an optional extra

    return spark.sql(rendered(sql))


def _name(frame: DataFrame, model: Model) -> None:
    """Give a frame the name under which models read it."""
    from etl.engines.render import view_name  # noqa: PLC0415 – an optional extra

    frame.createOrReplaceTempView(view_name(model.full_name))


def _hold_against(spark: SparkSession, relations: Sequence[Model], told: Mapping[str, int], place: Place) -> None:
    """Raise RowsLost where Spark reads another number of rows of a relation than were written."""
    counts = " union all ".join(f"select '{relation.name}' as name, count(*) as rows from {relation.full_name}" for relation in relations)
    read = {row["name"]: row["rows"] for row in _query(spark, counts).collect()}
    for relation in relations:
        hold_against(relation, read[relation.name], told[relation.name], place)


def _write(spark: SparkSession, model: Model, output: Place) -> int:
    """Write a mart, name what was written, and return its rows: files hold ranges of deal keys, and a mart without keys is one file."""
    from pyspark.sql import Observation  # noqa: PLC0415 – an optional extra
    from pyspark.sql import functions as f  # noqa: PLC0415

    frame = _query(spark, model.sql)
    by_deal = "deal_key" in frame.columns
    frame = frame.repartitionByRange("deal_key").sortWithinPartitions("deal_key") if by_deal else frame.coalesce(1)
    seen = Observation()
    place = f"{output.uri}/{model.name}"
    frame.observe(seen, f.count(f.lit(1)).alias("rows")).write.mode("overwrite").option("compression", "zstd").parquet(place)
    _name(spark.read.parquet(place), model)
    return int(seen.get["rows"])


def _check(spark: SparkSession) -> None:
    """Run every check over what was written, but those that ask metrics: these are DuckDB's, and run before anything is published."""
    portable = {name: sql for name, sql in checks().items() if "metrics." not in sql}
    settle_checks({name: [tuple(row) for row in _query(spark, sql).take(1)] for name, sql in portable.items()})
