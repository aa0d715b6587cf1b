"""Exports → a published database: examined, matched, landed, modelled, checked, and only then made current."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from etl.build import build, create_raw, models_digest
from etl.config import Config, DateOrder
from etl.errors import DatabaseError, DataError
from etl.land import STEPS, land
from etl.land.context import Landing, Source
from etl.mapping import CrmMapping, in_zone, packaged_mappings
from etl.normalise import asked_fields
from etl.publish import LINK, loading, publish
from etl.read import Export, TextTable, examine, find_exports
from etl.recognise import Matched, choose_mapping, match
from etl.reshape import long_form
from etl.settings_log import write_settings_log
from etl.styles import decide_styles

Step = Callable[[str], None]

LOAD_STEPS = ("examining files", *STEPS, "building relations", "publishing")
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


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a load."""

    database: Path
    load_id: str
    is_new: bool
    mapping: CrmMapping
    unused: tuple[str, ...] = field(default=())


def load(request: Request, step: Step = lambda _: None) -> Report:
    """Load exports into a new version of a folder's database and make it current.

    The same files with the same settings change nothing. Raises SameSideError with the published version left as it was.
    """
    with loading(request.folder) as work:
        step(LOAD_STEPS[0])
        tables, ignored = examine_all(request, work)
        mapping, matched, unused = recognised(request, tables, work)
        unused_names = (*(table.name for table in unused), *ignored)
        fingerprint = _fingerprint(request, mapping, tables)
        if published := _published(request.folder, fingerprint):
            return Report((request.folder / LINK).resolve(), published, is_new=False, mapping=mapping, unused=unused_names)
        built = work / "deals.duckdb"
        with _connection(built, work, request.config) as con:
            order = request.date_order or request.config.dates.order or mapping.date_order
            sources = tuple(Source(number, each, decide_styles(con, each, order)) for number, each in enumerate(matched, start=1))
            create_raw(con)
            asked = tuple(asked_fields(request.config, mapping))
            land(Landing(con, fingerprint, request.config, mapping, sources, asked, request.as_of), step)
            con.execute("reset disabled_optimizers")
            load_id = _note_load(con, mapping, fingerprint)
            write_settings_log(con, (request.folder / LINK).resolve() if (request.folder / LINK).exists() else None)
            step(LOAD_STEPS[-2])
            build(con)
            step(LOAD_STEPS[-1])
            con.execute("checkpoint")
        path = publish(built, request.folder, load_id, request.config.storage.keep_versions)
        return Report(path, load_id, is_new=True, mapping=mapping, unused=unused_names)


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
        tables = list(pool.map(lambda each: examine(each, work, encoding=request.encoding), exports.files))
    if not tables:
        raise DataError(
            "no CSV file was found",
            where=", ".join(given.name if isinstance(given, Export) else str(given) for given in request.inputs),
            expected="a folder, files or a zip of CSV exports",
            todo="Name the folder that your CRM's export was unpacked to.",
        )
    return tables, list(exports.ignored)


def recognised(request: Request, tables: Sequence[TextTable], work: Path) -> tuple[CrmMapping, list[Matched], list[TextTable]]:
    """Return whose export the tables are, those that play a role, in long form, and those that play none; copies go to `work`."""
    mapping = in_zone(request.mapping or choose_mapping(tables, packaged_mappings()), request.config.zones)
    matched, unused = match(mapping, tables, request.config.columns.get(mapping.name, {}))
    return mapping, [long_form(each, mapping, work) for each in matched], unused


def _fingerprint(request: Request, mapping: CrmMapping, tables: Sequence[TextTable]) -> str:
    """Return what a load's result depends on, as one digest: files, mapping, settings and version; not the order of the files."""
    parts = [
        *sorted(f"{table.name} {table.digest}" for table in tables),
        mapping.model_dump_json(),
        request.config.model_dump_json(exclude={"uploads", "sql", "schedule", "alerts"}),
    ]
    parts += [str(request.as_of), str(request.date_order), package_version(), models_digest()]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _published(folder: Path, fingerprint: str) -> str | None:
    """Return the load id of the current version if it was made from the same things."""
    link = folder / LINK
    if not link.exists():
        return None
    try:
        with duckdb.connect(str(link.resolve()), read_only=True) as con:
            rows = con.execute("select load_id from raw.loads where fingerprint = ?", [fingerprint]).fetchall()
    except duckdb.Error:
        return None  # unreadable, or of another version: the load makes a new one beside it
    return str(rows[0][0]) if rows else None


def _connection(built: Path, work: Path, config: Config) -> duckdb.DuckDBPyConnection:
    try:
        con = duckdb.connect(str(built), config={"storage_compatibility_version": config.storage.version})
    except duckdb.Error as error:
        raise DatabaseError(
            f"the new database cannot be made: {error}", where=str(built), todo="See storage.version in sameside.toml."
        ) from error
    settings = {
        "memory_limit": config.storage.memory_limit.replace(" ", ""),
        "temp_directory": str(work / "spill"),
        "TimeZone": "UTC",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_progress_bar": "false",
        "preserve_insertion_order": "false",
        # For landing alone, whose files DuckDB takes to be tiny: it would turn each look into a list of placeholders into a join of every
        # row, and keep whole files in memory to look up the few in them.
        "disabled_optimizers": "in_clause,build_side_probe_side",
    }
    for name, value in settings.items():
        con.execute(f"set {name} = '{value.replace(chr(39), chr(39) * 2)}'")
    return con


def _note_load(con: duckdb.DuckDBPyConnection, mapping: CrmMapping, fingerprint: str) -> str:
    """Fill raw.loads, and name the load for the day of its export and its fingerprint."""
    as_of = con.execute("select as_of from raw.settings").fetchall()[0][0]
    load_id = f"{as_of}-{fingerprint}"
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    con.execute(
        "insert into raw.loads values (?, ?, ?, ?, ?, ?, ?)",
        [load_id, now, mapping.name, as_of, package_version(), models_digest(), fingerprint],
    )
    for table in ("load_files", "load_amounts", "rejects"):
        con.execute(f"update raw.{table} set load_id = ?", [load_id])
    return load_id
