"""The command `sameside`: results on stdout, all else on stderr; exit 0 fine, 1 data or checks failed, 2 wrong usage or configuration."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click
import polars as pl

from etl import signin
from etl.ask import ask
from etl.audiences import file_of, unknown_names
from etl.audit import Event, Fact, os_user, record, trail
from etl.binding import LOOPBACK
from etl.build import checks
from etl.config import find_config, known_locale, load_config
from etl.describe import dictionary, dictionary_markdown, one, overview_lines
from etl.difference import difference, settings_that_differ, side_of
from etl.errors import CheckFailed, DatabaseError, QueryTooLarge, SameSideError, UsageError
from etl.export import FORMS, Form
from etl.export import export as write_snapshot
from etl.guard import Answer, Limits, trusted
from etl.load import LOAD_STEPS, Report, Request, load, package_version
from etl.mapfile import mapping_of, mapping_text
from etl.mapping import NAME, CrmMapping, load_mapping, packaged_mappings
from etl.preview import preview_lines
from etl.progress import Progress, timings_text
from etl.propose import Proposal, propose
from etl.publish import LINK, audience_of, current, standing
from etl.queries import DEFINITIONS, SCOPED, Database, Scope
from etl.read import Export
from etl.recognise import mapping_named
from etl.remote import is_remote, upload
from etl.report import report_lines
from etl.result import FORMATS, Format, as_bytes
from etl.sample import SAMPLE
from etl.schedule.units import UNITS, unit
from etl.schedule.watch import health as schedule_health
from etl.schedule.watch import schedule as keep_to_schedule
from etl.serve import serve
from etl.shell import shell
from etl.trial import proposal_lines, trial_lines
from etl.troubles import told
from etl.visible import visible, visible_lines

Command = TypeVar("Command", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)

_data = click.option(
    "--data",
    "folder",
    type=_PATH,
    default=Path("sameside-data"),
    envvar="SAMESIDE_DATA",
    show_default=True,
    help="Folder that holds the database; also SAMESIDE_DATA.",
)
_config = click.option("--config", type=_PATH, help="Settings; default: sameside.toml in this folder, else in that of the data.")
_port = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8501,
    show_default=True,
    help="Port to serve on; 0 takes a free one.",
)
_headless = click.option("--headless", is_flag=True, help="Do not open a browser; stop with Ctrl-C or a signal.")
_smoke = click.option("--smoke", is_flag=True, help="Stop as soon as the dashboard answers: for scripts and tests.")
_uploads = click.option(
    "--uploads/--no-uploads",
    default=True,
    envvar="SAMESIDE_UPLOADS",
    show_default=True,
    help="Whether visitors may load exports in the browser; also SAMESIDE_UPLOADS=off.",
)
_sql = click.option(
    "--sql/--no-sql",
    default=True,
    envvar="SAMESIDE_SQL",
    show_default=True,
    help="Whether visitors may ask queries of their own in the browser; also SAMESIDE_SQL=off.",
)
_address = click.option(
    "--address",
    default=LOOPBACK,
    show_default=True,
    help="Address to listen on; one that others can reach needs sign-in, or --without-sign-in.",
)
_hosts = click.option(
    "--host", "hosts", multiple=True, help="Name that people ask for the dashboard by, such as deals.example.com; repeatable."
)
_without_sign_in = click.option("--without-sign-in", is_flag=True, help="Listen where others get to, and show all deals to whoever does.")


def _audience_options(command: Command) -> Command:
    """Give a command the options that say whose file it looks at."""
    command = click.option("--pseudonyms", is_flag=True, help="Look at a file in which people bear pseudonyms.")(command)
    return click.option(
        "--audience",
        multiple=True,
        help='Look at what an audience sees: a key of [access], team="North" (repeatable), rep="Cy Chan" or rep=E-MAIL.',
    )(command)


@contextmanager
def _looked_at(folder: Path, audience: tuple[str, ...], *, pseudonyms: bool) -> Iterator[Path]:
    """Yield the file that is looked at; one that is not published is made, and gone afterwards."""
    version = current(folder)
    if not audience and not pseudonyms:
        yield version
        return
    storage = load_config(find_config(Path.cwd(), folder)).storage
    with TemporaryDirectory() as work:
        yield file_of(version, audience, storage, Path(work), pseudonyms=pseudonyms)


def _note(folder: Path, event: Event, **facts: Fact) -> None:
    """Note in the audit trail what is done here. Who may not write it can read the file without us, and is told and not stopped."""
    try:
        record(folder, event, os_user(), by="command line", **facts)
    except DatabaseError as error:
        click.echo(f"not noted: {error.what}", err=True)


class _Verb(click.Command):
    """A verb of the command line. Docstrings are raw: click's mark for lines that stay as they are stands there as two letters."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings["help"] = (settings.get("help") or "").replace(r"\b", "\b")
        super().__init__(*args, **settings)


class _Verbs(_Verb, click.Group):
    """The command itself, with its verbs."""

    command_class = _Verb


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_version(), prog_name="sameside")
def cli() -> None:
    r"""Tell whether taking the buyer's side wins deals: load CRM exports, look at the dashboard, query the file.

    \b
    A first look:      sameside demo
    Your own export:   sameside load FOLDER && sameside dashboard
    """


def main() -> None:
    """Run the command line; an error is told in four parts on stderr and decides the exit code."""
    try:
        with told("it could not be done", Path.cwd()):
            cli()
    except SameSideError as error:
        click.echo(f"sameside: {error}", err=True)
        sys.exit(error.exit_code)


@cli.command()
@click.option(
    "--data",
    "folder",
    type=_PATH,
    default=Path("sameside-demo"),
    show_default=True,
    help="Folder for the sample's database.",
)
@_port
@_headless
@_smoke
@_uploads
@_sql
def demo(folder: Path, port: int, *, headless: bool, smoke: bool, uploads: bool, sql: bool) -> None:
    r"""Load the sample export and open the dashboard on it.

    \b
    Example:  sameside demo --port 8600
    """
    _print_report(*_load_with_progress(Request((SAMPLE,), folder, load_config())), folder)
    serve(folder, port, headless=headless, smoke=smoke, uploads=uploads, sql=sql)


@cli.command("load")
@click.argument("inputs", nargs=-1, required=True, type=_PATH, metavar="EXPORT...")
@_data
@_config
@click.option("--crm", help="Whose export it is, where the files do not tell: salesforce, hubspot, pipedrive, …")
@click.option("--mapping", "mapping_path", type=_PATH, help="Mapping of a CRM of your own (README, “Any other CRM”).")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the export; default: the latest day that it tells of.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="How 03/04/2025 is meant where the file does not tell.")
@click.option("--encoding", help="Encoding of the files where it is not found out, such as cp1250.")
@click.option("--source", help="Where the deals come from, such as the company that was bought; default: the mapping's name.")
@click.option("--partial", "is_partial", is_flag=True, help="The export holds only what has changed: deals that it lacks are as they were.")
@click.option("--anew", is_flag=True, help="Begin anew with these files alone: what earlier loads knew is forgotten.")
@click.option("--dry-run", is_flag=True, help="Print what the load would change, and change nothing.")
@click.option("--raw-to", help="Write the raw relations to this folder or s3:// address, for `sameside build`, and publish nothing.")
def load_command(
    inputs: tuple[Path, ...],
    folder: Path,
    config: Path | None,
    crm: str | None,
    mapping_path: Path | None,
    as_of: datetime | None,
    *,
    dry_run: bool,
    raw_to: str | None,
    **reading: Any,
) -> None:
    r"""Load exports into a new version of the database, going on from the loads before.

    Exports are folders, files, zips, patterns, or - for standard input. Files may be CSV, Excel (.xlsx), Parquet, JSON or JSON lines, also
    packed with gzip; what they are is found from their content.

    \b
    Example:  sameside load ~/Downloads/WE_00D000000000001.ZIP
              sameside load 'exports/*.xlsx'
              zcat deals.csv.gz | sameside load -
              sameside load --source acme --dry-run acme.zip
    """
    mapping = _mapping(crm, mapping_path)
    day = as_of.date() if as_of else None
    request = Request(inputs, folder, load_config(config or find_config(Path.cwd(), folder)), mapping, day, **reading)
    if dry_run:
        _look_at(request)
    elif raw_to:
        _write_raw(request, raw_to)
    else:
        _print_report(*_load_with_progress(request), folder)


def _write_raw(request: Request, address: str) -> None:
    """Land exports as raw relations in a place, and print the rows of each."""
    from etl.engines.job import write_raw  # noqa: PLC0415
    from etl.engines.lake import Place  # noqa: PLC0415

    progress = Progress(LOAD_STEPS)
    with progress.shown():
        rows = write_raw(request, Place(address), progress)
    click.echo(_rows_text(rows))
    click.echo(f"raw relations: {address}")


def _rows_text(rows: dict[str, int]) -> str:
    return "\n".join(f"  {name:<18} {count:>14,} rows" for name, count in rows.items())


@cli.command("build")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="What works out the marts.")
@click.option(
    "--master", help="Of Spark: spark://host:7077, yarn, local[4] …; default: that of spark-submit, or of a session that is there."
)
@click.option("--conf", multiple=True, metavar="NAME=VALUE", help="A setting of Spark, such as spark.executor.memory=8g; repeatable.")
@click.option("--input", "source", required=True, help="Folder or address with the raw relations, as `sameside load --raw-to` writes them.")
@click.option("--output", required=True, help="Folder or address that the marts are written to, as Parquet.")
@click.option(
    "--data",
    "target",
    default="sameside-data",
    envvar="SAMESIDE_DATA",
    show_default=True,
    help="Where to publish: a data folder, md:NAME for a hosted DuckDB, or ducklake:CATALOGUE; also SAMESIDE_DATA.",
)
@_config
def build_command(
    engine: Any, master: str | None, conf: tuple[str, ...], source: str, output: str, target: str, config: Path | None
) -> None:
    r"""Build the marts from raw relations in a folder or in object storage, and publish a database made of them.

    The same models run on one machine with DuckDB, or on a cluster with Apache Spark.

    \b
    Example:  sameside build --engine spark --master spark://host:7077 --input s3a://lake/raw --output s3a://lake/marts
    After:    sameside load exports/ --raw-to s3://lake/raw
    """
    from etl.engines.job import Job, run, steps_of  # noqa: PLC0415
    from etl.engines.lake import Place  # noqa: PLC0415

    settings = load_config(config or find_config(Path.cwd(), Path(target)))
    job = Job(engine, Place(source), Place(output), target, settings, master, dict(map(_setting, conf)))
    progress = Progress(steps_of(engine))
    with progress.shown():
        built = run(job, progress)
    click.echo(timings_text(progress.timings), err=True)
    click.echo(f"built {built.load_id} with {engine}")
    click.echo(_rows_text(built.rows))
    click.echo(f"marts: {output}")
    click.echo(f"database: {target}")


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageError(f"--conf {text} is no setting", expected="NAME=VALUE, such as spark.executor.memory=8g")
    return name, value


def _mapping(crm: str | None, path: Path | None) -> CrmMapping | None:
    """Return the mapping that is asked for, by the name of its CRM or as a file; None where the files are to tell."""
    if crm and path:
        raise UsageError("--crm and --mapping both say how the files are to be read", todo="Give one of the two.")
    if crm:
        return mapping_named(crm)
    return load_mapping(path) if path else None


@cli.command("map")
@click.argument("inputs", nargs=-1, required=True, type=_PATH, metavar="EXPORT...")
@click.option("--output", type=_PATH, help="File for the mapping; default: NAME.toml in this folder. - prints it.")
@click.option("--name", default="mine", show_default=True, help="Name of the mapping; questions name their fields under fields.NAME.")
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@_config
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="How 03/04/2025 is meant where the file does not tell.")
@click.option("--encoding", help="Encoding of the files where it is not found out, such as cp1250.")
def map_command(inputs: tuple[Path, ...], output: Path | None, name: str, config: Path | None, *, force: bool, **reading: Any) -> None:
    r"""Propose a mapping for a table of deals that is no known CRM's, and show what would load with it.

    \b
    Example:  sameside map deals.xlsx --output ours.toml
    """
    if not re.match(NAME, name) or name.endswith("\n"):
        raise UsageError(f"{name!r} cannot be the name of a mapping", expected="small letters, digits and _, such as mine")
    request = Request(inputs, Path(), load_config(config or find_config(Path.cwd())), **reading)
    with TemporaryDirectory() as work:
        proposal = propose(request, Path(work) / "look")
        is_printed = output == Path("-")
        for line in proposal_lines(proposal):
            _say(line, err=is_printed)
        mapping = _proposed(proposal, request, output or Path(f"{name}.toml"), name, force=force) if proposal.is_guess else None
        for line in trial_lines(request, mapping, Path(work) / "trial"):
            _say(line, err=is_printed)


def _proposed(proposal: Proposal, request: Request, output: Path, name: str, *, force: bool) -> CrmMapping:
    """Print or write the mapping that is proposed, and return it."""
    text = mapping_text(proposal, request.config, proposal.guessed, name, map(str, request.inputs))
    if output == Path("-"):
        click.echo(text, nl=False)
        return mapping_of(text)
    if output.exists() and not force:
        raise UsageError(f"{output} is there already", todo="Name another with --output or --name, or replace it with --force.")
    _write(text, output, "mapping", "Name another with --output.")
    click.echo(f"written: {output}; look through it, then load with --mapping {output}")
    return load_mapping(output)


def _look_at(request: Request) -> None:
    """Print what a load would change."""
    progress = Progress(LOAD_STEPS)
    lines: list[str] = []
    with progress.shown():
        report = load(request, progress, look=lambda seen: lines.extend(preview_lines(seen, request.folder)))
    for line in lines or report_lines(report):
        _say(line)


@cli.command()
@_data
@_config
def check(folder: Path, config: Path | None) -> None:
    r"""Check the settings, and the rules of the database if there is one.

    \b
    Example:  sameside check --config sameside.toml
    """
    path = config or find_config(Path.cwd(), folder)
    settings = load_config(path)
    packaged_mappings()
    signs_in = signin.is_configured()
    click.echo(f"settings: {path or 'the defaults'}: fine, {len(settings.questions)} questions")
    if signs_in:
        click.echo("sign-in: an identity provider is configured")
    elif settings.access.grants_anything:
        click.echo("sign-in: no identity provider is configured, so the dashboard lets nobody in; see SAMESIDE_OIDC_… in the README")
    if standing(folder) is None:
        click.echo(f"database: none in {folder} yet")
        return
    database = Database.of_folder(folder)
    failed = [name for name, sql in checks().items() if _rule_is_broken(database, name, sql)]
    if failed:
        raise CheckFailed(f"the database breaks {len(failed)} rules: {', '.join(failed)}", todo="Load the export again.")
    click.echo(f"database: {database.load_id}: keeps all {len(checks())} rules")
    for unknown in unknown_names(settings.access, database.path):
        click.echo(f"access: {unknown}")
    _print_suggestion(database)


def _print_suggestion(database: Database) -> None:
    """Print the settings in force beside those that the timing of answers and closings suggests."""
    suggested, in_force = database.suggested_settings().row(0, named=True), database.settings()
    if suggested["landmark_day"] is None:
        click.echo("settings suggested by timing: none, as the history tells too little of when answers came in")
        return
    told = ", ".join(
        f"{name.replace('_', ' ')} {suggested[name]} (in force: {in_force[name]})"
        for name in ("landmark_day", "answers_needed", "horizon_days")
    )
    click.echo(f"settings suggested by timing, not by what was won: {told}")


@cli.command()
@_data
@_address
@_port
@_hosts
@_without_sign_in
@_headless
@_smoke
@_uploads
@_sql
def dashboard(folder: Path, port: int, **how: Any) -> None:
    r"""Serve the dashboard, on this machine alone unless told otherwise.

    \b
    Example:  sameside dashboard --port 8600 --headless
              sameside dashboard --address 10.0.0.5 --host deals.example.com
    """
    serve(folder, port, **how)


_DEFINITION_HELP = {
    "denominator": "Deals that win rates divide by: all, or those decided by the horizon, won or lost",
    "no_decision": "Deals lost to no decision: count them in, or leave them out",
    "count_by": "Whether win rates count deals, or weigh them by value",
}


def _unless_default(_: click.Context, option: click.Parameter, word: str | None) -> str | None:
    """Return what was chosen, None where it is the default: then the scope is the same as without the option."""
    return None if word == DEFINITIONS[str(option.name)][0] else word


def _scope_options(command: Command) -> Command:
    """Give a command the options that narrow its scope."""
    for name in SCOPED:
        command = click.option(
            f"--{name.replace('_', '-')}",
            multiple=True,
            help=f"Only deals with this {name.replace('_', ' ')}; repeatable.",
        )(command)
    for day in ("created_from", "created_to"):
        command = click.option(f"--{day.replace('_', '-')}", type=click.DateTime(["%Y-%m-%d"]), help="Only deals created in this period.")(
            command
        )
    for definition, words in DEFINITIONS.items():
        command = click.option(
            f"--{definition.replace('_', '-')}",
            type=click.Choice(words),
            callback=_unless_default,
            help=f"{_DEFINITION_HELP[definition]}; default: {words[0]}.",
        )(command)
    command = click.option("--landmark-day", type=click.IntRange(1), help="Tag deals at the end of this day; default: as configured.")(
        command
    )
    return click.option(
        "--answers-needed",
        type=click.IntRange(1),
        help="Answers that make a deal customer-focused; default: as configured.",
    )(command)


def _known_locale(_: click.Context, option: click.Parameter, name: str | None) -> str | None:
    try:
        return known_locale(name) if name else None
    except ValueError as error:
        raise click.BadParameter(f"{name} {error}", param=option) from error


@cli.command("export")
@_data
@_config
@click.option(
    "--to", "target", default="snapshots", show_default=True, help="Folder that snapshots are put in, or s3:// or sftp:// address."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMS),
    default=FORMS[0],
    show_default=True,
    help="csv; excel: CSV that Excel opens by double click; or parquet.",
)
@click.option(
    "--locale", callback=_known_locale, help="Whose separators `excel` uses, such as de_DE; default: organisation.locale of the load."
)
@click.option("--keep", type=click.IntRange(0), help="Snapshots of this scope and format that are kept, 0 for all; default: as configured.")
@_audience_options
@_scope_options
def export_command(
    folder: Path,
    config: Path | None,
    target: str,
    style: Any,
    locale: str | None,
    keep: int | None,
    audience: tuple[str, ...],
    *,
    pseudonyms: bool,
    **scope: Any,
) -> None:
    r"""Write a snapshot: files of the marts and metrics, with manifest and dictionary.

    \b
    Example:  sameside export --to snapshots --segment Enterprise
              sameside export --to s3://bucket/snapshots --format parquet --keep 30
              sameside export --to for-the-north --audience team=North --pseudonyms
    """
    scope |= {name: _day(scope[name]) for name in ("created_from", "created_to")}
    if keep is None:
        keep = load_config(config or find_config(Path.cwd(), folder)).snapshots.keep
    with _looked_at(folder, audience, pseudonyms=pseudonyms) as path, TemporaryDirectory() as here:
        database, wanted = Database(path), Scope(**scope)
        form = Form(style, locale or database.settings()["locale"])
        if is_remote(target):
            place = upload(write_snapshot(database, Path(here), wanted, form), target, keep)
        else:
            place = str(write_snapshot(database, Path(target), wanted, form, keep))
        told = {"load_id": database.load_id, "audience": database.audience, "scope": json.dumps(wanted.described(), default=str)}
    _note(folder, "exported", to=place, **told)
    click.echo(place)


@cli.command("diff")
@click.argument("before", type=_PATH, metavar="A")
@click.argument("after", type=_PATH, metavar="B")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@_scope_options
def diff_command(before: Path, after: Path, style: Format, **scope: Any) -> None:
    r"""Explain why figures moved from A to B: two snapshots, or two published files, which alone take the filters below.

    \b
    Example:  sameside diff snapshots/2026-03-31-5ba0cb18 snapshots/2026-06-30-4490bc5d
    """
    scope |= {name: _day(scope[name]) for name in ("created_from", "created_to")}
    sides = [side_of(path, Scope(**scope)) for path in (before, after)]
    frame = difference(*sides)
    for setting in settings_that_differ(*sides):
        click.echo(f"note: settings differ, which counts as re-tagged or other: {setting}", err=True)
    if style == "table":  # to read: without the reasons that moved nothing
        frame = frame.filter(pl.col("deals").is_null() | (pl.col("deals") > 0))
    click.echo(as_bytes(frame, style), nl=False)


@cli.command("report")
@_data
@click.option("--to", "target", type=_PATH, default=Path("same-side-report.html"), show_default=True, help="File that is written.")
@_audience_options
@_scope_options
def report_command(folder: Path, target: Path, audience: tuple[str, ...], *, pseudonyms: bool, **scope: Any) -> None:
    r"""Write a report for a board pack: one HTML file that needs nothing else, and that a browser prints as PDF.

    \b
    Example:  sameside report --to pack.html --segment Enterprise
    """
    from streamlit.logger import set_log_level  # noqa: PLC0415

    set_log_level("error")  # it finds that no server runs, as is meant
    from dashboard.data import Data  # noqa: PLC0415
    from dashboard.report import report  # noqa: PLC0415

    scope |= {name: _day(scope[name]) for name in ("created_from", "created_to")}
    with _looked_at(folder, audience, pseudonyms=pseudonyms) as path:
        text = report(Data(str(path)), Scope(**scope))
    _write(text, target, "report", "Name another file with --to.")
    _note(folder, "reported", to=str(target), audience=audience_of(path), scope=json.dumps(Scope(**scope).described(), default=str))
    click.echo(target)


@cli.command("schedule")
@_data
@_config
@click.option("--once", is_flag=True, help="Do what is due now and what was missed, then end: for cron and timers.")
@click.option("--health", is_flag=True, help="Print last success, last failure and next run; exit code 1 where something is wrong.")
@click.option("--print", "kind", type=click.Choice(UNITS), help="Print a unit that keeps it running, and do nothing else.")
def schedule_command(folder: Path, config: Path | None, kind: str | None, *, once: bool, health: bool) -> None:
    r"""Load and export on the cron expressions of the settings, one at a time, until stopped.

    What was missed is made up for, what failed is tried again, and the log is JSON lines on stderr.

    \b
    Example:  sameside schedule --config sameside.toml
    As a service:  sameside schedule --print systemd > sameside.service
    """
    if kind:
        click.echo(unit(kind, folder, config), nl=False)
    elif health:
        told, is_well = schedule_health(folder)
        click.echo(visible_lines(told))
        sys.exit(0 if is_well else 1)
    else:
        keep_to_schedule(folder, config, once=once)


@cli.command("sql")
@click.argument("query", required=False)
@click.option("--file", "path", type=_PATH, help="Read the query from a file.")
@click.option("--format", "style", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--to", "target", type=_PATH, help="File that is written; default: print. Parquet needs one.")
@click.option("--max-rows", type=click.IntRange(1), help="Rows that are handed out at most; default: sql.max_rows of the settings.")
@click.option("--shell", "is_shell", is_flag=True, help="Open DuckDB's own command line on the file, read-only.")
@click.option("--trusted", "is_trusted", is_flag=True, help="No guard and no limits: files, network, several statements. Still read-only.")
@_audience_options
@_data
def sql_command(
    query: str | None,
    path: Path | None,
    style: Format,
    target: Path | None,
    max_rows: int | None,
    folder: Path,
    audience: tuple[str, ...],
    *,
    is_shell: bool,
    is_trusted: bool,
    pseudonyms: bool,
) -> None:
    r"""Run one query that reads: no files, no network, no settings, with limits on time, memory and rows.

    \b
    Example:  sameside sql "from metrics.win_rate(dimension := 'segment')"
              sameside sql --file question.sql --format csv --to answer.csv
              sameside sql --shell
    """
    settings = Limits.of(load_config(find_config(Path.cwd(), folder)).sql)
    limits = replace(settings, rows=max_rows or settings.rows)
    with _looked_at(folder, audience, pseudonyms=pseudonyms) as looked_at:
        if is_shell:
            _note(folder, "asked_sql", audience=audience_of(looked_at), is_shell=True, is_trusted=is_trusted)
            sys.exit(shell(looked_at, limits.memory, trusted=is_trusted))
        if style == "parquet" and target is None:
            raise UsageError("Parquet is not printed", expected="a file", todo="Name one with --to.")
        text = _query_text(query, path)
        _note(folder, "asked_sql", audience=audience_of(looked_at), sql=text, is_trusted=is_trusted)
        answer = Answer(trusted(looked_at, text), is_cut=False) if is_trusted else ask(looked_at, text, limits)
    if answer.is_cut and (style != "table" or target):
        raise QueryTooLarge("the result has more rows than may be handed out", expected=_at_most(limits), todo=_MORE_ROWS)
    _hand_over(as_bytes(answer.frame, style), target)
    if answer.is_cut:
        click.echo(f"These are the first rows only, {_at_most(limits)}. {_MORE_ROWS}", err=True)


_MORE_ROWS = "Give --max-rows for more, or ask for fewer."


def _at_most(limits: Limits) -> str:
    return f"at most {limits.rows:,}"


@cli.command()
@click.argument("name", required=False)
@click.option("--format", "style", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@_audience_options
@_data
def describe(name: str | None, style: str, folder: Path, audience: tuple[str, ...], *, pseudonyms: bool) -> None:
    r"""Describe what the database may be asked: tables, metrics, their columns, worked questions; or all of one NAME.

    \b
    Example:  sameside describe
              sameside describe metrics.win_rate
              sameside describe --format markdown > dictionary.md
    """
    with _looked_at(folder, audience, pseudonyms=pseudonyms) as path:
        database = Database(path)
        if name is not None:
            click.echo(visible_lines(one(database, name)))
        elif style == "markdown":
            click.echo(dictionary_markdown(database), nl=False)
        elif style == "json":
            click.echo(json.dumps(dictionary(database), indent=2))
        else:
            click.echo(visible_lines("\n".join(overview_lines(database))))


@cli.command("audit")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on, in UTC.")
@click.option("--who", help="Only what this person did, by the name or e-mail that is noted.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@_data
def audit_command(since: datetime | None, who: str | None, style: Format, folder: Path) -> None:
    r"""Print who signed in, exported, downloaded, asked queries, loaded or was refused, and when.

    \b
    Example:  sameside audit --since 2026-11-01 --who ada@example.com
              sameside audit --format csv > trail.csv
    """
    click.echo(as_bytes(trail(folder, _day(since), who), style), nl=False)


def _say(line: str, *, err: bool = False) -> None:
    """Print a line that may quote what stands in an export, so that it can neither command a terminal nor begin a line of its own."""
    click.echo(visible(line), err=err)


def _write(text: str, path: Path, what: str, todo: str) -> None:
    """Write a text to a file; raises UsageError that says what it was and what to do where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the {what} cannot be written: {error.strerror}", where=str(path), todo=todo) from error


def _load_with_progress(request: Request) -> tuple[Report, Progress]:
    progress = Progress(LOAD_STEPS)
    with progress.shown():
        report = load(request, progress)
    inputs = ", ".join(given.name if isinstance(given, Export) else str(given) for given in request.inputs)
    _note(request.folder, "loaded", load_id=report.load_id, is_new=report.is_new, inputs=inputs)
    return report, progress


def _print_report(report: Report, progress: Progress, folder: Path) -> None:
    """Print what a load did: times on stderr, the account of every file and of what was left out on stdout."""
    if report.is_new:
        click.echo(timings_text(progress.timings), err=True)
    for line in report_lines(report):
        _say(line)
    if report.is_new:
        click.echo(f"database: {folder / LINK}")


def _rule_is_broken(database: Database, name: str, sql: str) -> bool:
    offending = database.sql(sql)
    if offending.height:
        click.echo(f"broken: {name}: {offending.height} rows, for example {offending.row(0)}", err=True)
    return offending.height > 0


def _query_text(query: str | None, path: Path | None) -> str:
    if (query is None) == (path is None):
        raise UsageError(
            "give one query, either as an argument or with --file",
            todo='For example: sameside sql "from metrics.headline()". An interactive shell: sameside sql --shell',
        )
    return query if query is not None else _read(path)


def _read(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except OSError as error:
        raise UsageError(f"the query file cannot be read: {error.strerror}", where=str(path)) from error


def _hand_over(made: bytes, target: Path | None) -> None:
    """Print a result, or write it to a file."""
    if target is None:
        click.echo(made, nl=False)
        return
    try:
        target.write_bytes(made)
    except OSError as error:
        todo = "Name another file with --to."
        raise UsageError(f"the result cannot be written: {error.strerror}", where=str(target), todo=todo) from error
    click.echo(target)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
