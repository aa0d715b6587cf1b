"""A build from raw relations that lie in a place: the marts by the engine that is asked for, a DuckDB file made of them, then published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import duckdb

from etl.audiences import audiences_of, make
from etl.build import build, create_raw, models, models_digest, new_database
from etl.config import Config
from etl.engines.hosted import is_hosted, publish_hosted, require_hosted
from etl.engines.lake import MARTS, RAW, Place, scan_sql
from etl.engines.relations import fill_raw, hold_against, write_relations
from etl.engines.spark import build_marts
from etl.errors import DataError, UsageError
from etl.load import Request, load
from etl.publish import loading, publish, standing
from etl.settings_log import write_settings_log
from etl.troubles import told

Engine = Literal["duckdb", "spark"]
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What to build: with which engine, from the raw relations of which place, to marts in which, and to a file published where."""

    engine: Engine
    source: Place
    output: Place
    target: str  # a data folder, or the address of a hosted database
    config: Config
    master: str | None = None  # of Spark; None: the one that spark-submit, or a managed service, says
    conf: Mapping[str, str] = field(default_factory=dict)  # of Spark


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a build."""

    load_id: str
    rows: dict[str, int]  # by mart


def steps_of(engine: Engine) -> tuple[str, ...]:
    """Return the steps of a build, in order, as `run` names them to its `step`."""
    marts, prepared = (tuple(model.full_name for model in models() if model.schema == schema) for schema in ("marts", "prepared"))
    by_spark = ("checks on Spark", "filling the file") if engine == "spark" else ()
    return (*marts, *by_spark, *prepared, "publishing")


def run(job: Job, step: Step = lambda _: None) -> Built:
    """Build the marts and a file of them, check both, and publish the file.

    Raises SameSideError with what was published before left as it was; the output has a manifest only where all is well.
    """
    raw_rows = _raw_rows(job)
    with told("nothing was published", Path(job.target)), _workplace(job.target) as (work, published):
        ready = build_marts(job.source, job.output, raw_rows, job.master, job.conf, step) if job.engine == "spark" else None
        built = work / "deals.duckdb"
        with new_database(built, work / "spill", job.config.storage) as con:
            if ready:
                step("filling the file")
            create_raw(con)
            fill_raw(con, RAW, job.source, work / "raw", raw_rows)
            write_settings_log(con, published)
            if ready is None:
                build(con, step)
                rows = write_relations(con, MARTS, job.output, work / "marts")
            else:
                rows = _build_over(con, job.output, work / "marts", ready, step)
            load_id = str(con.execute("select arg_max(load_id, load_no) from raw.loads").fetchall()[0][0])
            con.execute("checkpoint")
        job.output.complete({"load_id": load_id, "engine": job.engine, "models": models_digest(), "rows": rows})
        step("publishing")
        if is_hosted(job.target):
            publish_hosted(built, job.target)
        else:
            made = make(built, audiences_of(job.config.access, built), Path(job.target), job.config.storage, work)
            publish(built, Path(job.target), load_id, job.config.storage.keep_versions, made)
        return Built(load_id, rows)


def write_raw(request: Request, place: Place, step: Step = lambda _: None) -> dict[str, int]:
    """Land exports as a load would, write their raw relations to a place, and return the rows of each. Nothing is built or published."""
    rows: dict[str, int] = {}
    with TemporaryDirectory(prefix="sameside-") as work:
        load(request, step, raw_only=lambda con: rows.update(write_relations(con, RAW, place, Path(work))))
    place.complete({"rows": rows})
    return rows


def _raw_rows(job: Job) -> dict[str, int]:
    """Return the rows of each raw relation, as the manifest tells; raises DataError where it lacks some."""
    if job.source.uri == job.output.uri:
        raise UsageError("marts cannot be written where the raw relations are read from", where=job.output.address)
    rows: dict[str, int] = job.source.manifest()["rows"]
    missing = [relation.name for relation in RAW if relation.name not in rows]
    if missing:
        raise DataError(
            f"raw relations are missing: {', '.join(missing)}",
            where=job.source.address,
            expected=f"a folder each, and its rows in the manifest, of {', '.join(relation.name for relation in RAW)}",
        )
    return rows


@contextmanager
def _workplace(target: str) -> Iterator[tuple[Path, Path | None]]:
    """Yield a working folder that is gone afterwards, and the file that is published now; holds the lock of a data folder."""
    if is_hosted(target):
        require_hosted(target)
        with TemporaryDirectory(prefix="sameside-") as work:
            yield Path(work), None
        return
    with loading(Path(target)) as work:
        yield work, standing(Path(target))


def _build_over(con: duckdb.DuckDBPyConnection, output: Place, work: Path, written: Mapping[str, int], step: Step) -> dict[str, int]:
    """Build the file over marts that Spark has written; raises RowsLost where they are not read back whole."""
    folder = output.fetched(MARTS, work)
    build(con, lambda name: None if name.startswith("marts.") else step(name), lambda model: scan_sql(folder, model, "parquet"))
    rows = {mart.name: int(con.execute(f"select count(*) from {mart.full_name}").fetchall()[0][0]) for mart in MARTS}
    for mart in MARTS:
        hold_against(mart, rows[mart.name], written[mart.name], output)
    return rows
