"""Exports → a published database: examined, matched, landed, modelled, checked, and only then made current."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from etl.attach import in_memory
from etl.audiences import audiences_of, keep_up, make, unknown_names
from etl.build import build, create_raw, models_digest, new_database
from etl.config import Config, DateOrder
from etl.errors import DataError, UsageError
from etl.formats import tables_of
from etl.land import STEPS, land
from etl.land.carry import attached
from etl.land.context import Landing, Source
from etl.mapping import CrmMapping, in_zone, packaged_mappings
from etl.normalise import asked_fields
from etl.publish import loading, publish, standing
from etl.read import Export, TextTable, find_exports
from etl.recognise import Matched, choose_mapping, match
from etl.reshape import long_form
from etl.sample import is_sample
from etl.settings_log import write_settings_log
from etl.steady import unchanged
from etl.styles import decide_styles
from etl.troubles import told

Step = Callable[[str], None]

LOAD_STEPS = ("examining files", *STEPS, "building relations", "making files for audiences", "publishing")
"""The steps of a load, in order, as `load` names them to its `step`."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to load: files, folders or zips, and what the command line says about them; an Export is a file with a name of its own."""

    inputs: tuple[Path | Export, ...]
    folder: Path
    config: Config
    mapping: CrmMapping | None = None
    as_of: date | None = None
    date_order: DateOrder | None = None
    encoding: str | None = None
    source: str | None = None  # where the deals come from; None: the mapping's name
    is_partial: bool = False  # the files hold only what has changed since the last load
    anew: bool = False  # forget earlier loads


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a load."""

    database: Path
    load_id: str
    is_new: bool
    mapping: CrmMapping
    unused: tuple[str, ...] = field(default=())
    audiences: int = 0  # files made for audiences
    unknown: tuple[str, ...] = field(default=())  # what [access] names and no deal bears


def load(
    request: Request,
    step: Step = lambda _: None,
    look: Callable[[Report], None] | None = None,
    raw_only: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> Report:
    """Load exports into a new version of a folder's database, going on from the loads before, and make it current.

    The same files with the same settings change nothing. With `look`, nothing is published: the new file is shown to it, then thrown away.
    With `raw_only`, nothing is even built: the raw relations are shown to it, for another engine to go on from.
    Raises SameSideError with the published version left as it was.
    """
    with told("nothing was loaded", request.folder), loading(request.folder) as work:
        step(LOAD_STEPS[0])
        tables, ignored = examine_all(request, work)
        mapping, matched, unused = recognised(request, tables, work)
        unused_names = (*(table.name for table in unused), *ignored)
        origin, settings = request.source or mapping.name, _settings_digest(request.config)
        fingerprint = _fingerprint(request, mapping, tables, settings)
        before = standing(request.folder)
        earlier = None if request.anew or before is None else _earlier(before, of_sample=is_sample(tables))
        access = request.config.access
        if earlier and not raw_only and (published := _published(earlier, origin, fingerprint, settings)):
            added, unknown = keep_up(earlier, access, request.config.storage, work), unknown_names(access, earlier)
            return Report(earlier, published, is_new=False, mapping=mapping, unused=unused_names, audiences=added, unknown=unknown)
        built = work / "deals.duckdb"
        originals = [table.original for table in tables if table.original]
        with unchanged(originals), new_database(built, work / "spill", request.config.storage) as con:
            # For landing alone, whose files DuckDB takes to be tiny: it would turn each look into a list of placeholders into a join of
            # every row, and keep whole files in memory to look up the few in them.
            con.execute("set disabled_optimizers = 'in_clause,build_side_probe_side'")
            order = request.date_order or request.config.dates.order or mapping.date_order
            sources = tuple(Source(number, each, decide_styles(con, each, order)) for number, each in enumerate(matched, start=1))
            create_raw(con)
            asked = tuple(asked_fields(request.config, mapping))
            landing = Landing(
                con, fingerprint, request.config, mapping, sources, asked, request.as_of, origin, earlier, is_partial=request.is_partial
            )
            as_of = land(landing, step)
            con.execute("reset disabled_optimizers")
            load_id = _note_load(landing, as_of, settings, of_sample=is_sample(tables))
            if raw_only:
                raw_only(con)
                return Report(built, load_id, is_new=True, mapping=mapping, unused=unused_names)
            write_settings_log(con, before)
            step(LOAD_STEPS[-3])
            build(con)
            con.execute("checkpoint")
        if look:
            report = Report(built, load_id, is_new=True, mapping=mapping, unused=unused_names)
            look(report)
            return report
        step(LOAD_STEPS[-2])
        audiences, unknown = audiences_of(access, built), unknown_names(access, built)
        made = make(built, audiences, request.folder, request.config.storage, work)
        step(LOAD_STEPS[-1])
        path = publish(built, request.folder, load_id, request.config.storage.keep_versions, made)
        return Report(path, load_id, is_new=True, mapping=mapping, unused=unused_names, audiences=len(audiences), unknown=unknown)


def package_version() -> str:
    """Return the version of Same Side that runs."""
    try:
        return version("sameside")
    except PackageNotFoundError:
        return "0"


def examine_all(request: Request, work: Path) -> tuple[list[TextTable], list[str]]:
    """Return the text tables among the inputs, and the names of what else is there; raises DataError where there is no table."""
    exports = find_exports(request.inputs, work)
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda each: tables_of(each, work, request.encoding), exports.files))
    tables = [table for each in found for table in each.tables]
    if not tables:
        raise DataError(
            "no export file was found",
            where=", ".join(given.name if isinstance(given, Export) else str(given) for given in request.inputs),
            expected="a folder, files or a zip of exports: CSV, Excel, Parquet or JSON",
            todo="Name the folder that your CRM's export was unpacked to.",
        )
    return tables, [*exports.ignored, *(name for each in found for name in each.ignored)]


def recognised(request: Request, tables: Sequence[TextTable], work: Path) -> tuple[CrmMapping, list[Matched], list[TextTable]]:
    """Return whose export the tables are, those that play a role, in long form, and those that play none; copies go to `work`."""
    mapping = in_zone(request.mapping or choose_mapping(tables, packaged_mappings()), request.config.zones)
    matched, unused = match(mapping, tables, request.config.columns.get(mapping.name, {}))
    return mapping, [long_form(each, mapping, work) for each in matched], unused


def _settings_digest(config: Config) -> str:
    settings = config.model_dump_json(exclude={"uploads", "sql", "schedule", "alerts", "access"})
    return hashlib.blake2b(settings.encode(), digest_size=8).hexdigest()


def _fingerprint(request: Request, mapping: CrmMapping, tables: Sequence[TextTable], settings: str) -> str:
    """Return what a load's result depends on, as one digest: files, mapping, settings and version; not the order of the files."""
    parts = [
        *sorted(f"{table.name} {table.digest}" for table in tables),
        mapping.model_dump_json(),
        settings,
    ]
    parts += [str(request.as_of), str(request.date_order), str(request.source), str(request.is_partial), package_version(), models_digest()]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _earlier(before: Path, *, of_sample: bool) -> Path | None:
    """Return the published version that this load goes on from; None where it held the sample, which a load of another export drops.

    Raises DatabaseError where it cannot be read, UsageError where the sample would be mixed with deals of somebody's own.
    """
    with in_memory() as con, attached(con, before):
        is_sample_now = con.execute("select coalesce(bool_or(is_sample), false) from earlier.raw.loads").fetchall()[0][0]
    if of_sample and not is_sample_now:
        raise UsageError(
            "this folder holds deals of your own, which the sample must not be mixed with",
            where=str(before.parent),
            todo="Load the sample into another folder: sameside demo, or name one with --data.",
        )
    return before if bool(is_sample_now) == of_sample else None


def _published(earlier: Path, origin: str, fingerprint: str, settings: str) -> str | None:
    """Return the id of the last load if it, or the last one of the same source, was of the same things, and settings are the same."""
    with in_memory() as con, attached(con, earlier):
        rows = con.execute(
            """
            select arg_max(load_id, load_no) from earlier.raw.loads
            having arg_max(fingerprint, load_no) filter (source = ?) = ? and arg_max(settings, load_no) = ? and arg_max(models, load_no) = ?
            """,
            [origin, fingerprint, settings, models_digest()],
        ).fetchall()
    return str(rows[0][0]) if rows else None


def _note_load(landing: Landing, as_of: date, settings: str, *, of_sample: bool) -> str:
    """Add this load to raw.loads, and name it for the day of its export, for what it loaded, and for the load that it goes on from."""
    con, fingerprint = landing.con, landing.load_id
    before = con.execute("select max(load_no), arg_max(load_id, load_no), max(loaded_at) from raw.loads").fetchall()[0]
    chained = hashlib.blake2b(f"{before[1]}\n{fingerprint}".encode(), digest_size=8).hexdigest() if before[0] else fingerprint
    load_id = f"{as_of}-{chained}"
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    if before[2]:
        now = max(now, before[2] + timedelta(seconds=1))  # also where the clock was put back: loads are told apart by their moments
    con.execute(
        "insert into raw.loads select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, * from carried_counts",
        [
            (before[0] or 0) + 1,
            load_id,
            now,
            landing.origin,
            landing.mapping.name,
            landing.is_partial,
            of_sample,
            as_of,
            package_version(),
            models_digest(),
            fingerprint,
            settings,
        ],
    )
    for table in ("load_files", "load_amounts", "load_columns", "rejects"):
        con.execute(f"update raw.{table} set load_id = ? where load_id = ?", [load_id, fingerprint])
    return load_id
