"""What a load did, in lines of text: the account that `sameside load` prints and the dashboard shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from etl.gone import gone_lines
from etl.load import Report
from etl.queries import Database, Scope


def report_lines(report: Report) -> list[str]:
    """Return the account of every file of a load, of what was left out and of the answers that were found."""
    if not report.is_new:
        return [f"nothing changed: {report.load_id} already holds these files with these settings", *_audience_lines(report)]
    database = Database(report.database)
    counts, rejects = database.load_counts(), database.rejects_by_reason()
    return [
        f"loaded {report.mapping.label} export of {counts['as_of']} as {report.load_id}",
        *(_file_line(row) for row in database.loads().filter(load_no=counts["load_no"]).iter_rows(named=True)),
        *(_reject_line(row) for row in rejects.filter(load_id=counts["load_id"]).iter_rows(named=True)),
        *(f"  not used: {name}" for name in report.unused),
        *_currency_lines(database),
        *_over_time_lines(database, counts),
        *(f"  {line}" for line in gone_lines(database.columns_gone(), database.mappings())),
        *_stage_lines(database),
        *_answer_lines(database),
        *_audience_lines(report),
    ]


def _file_line(row: dict[str, Any]) -> str:
    counts = f"{row['rows_read']:>10,} rows read = {row['rows_loaded']:>10,} loaded + {row['rows_rejected']:,} rejected"
    unneeded = f" ({row['rows_not_needed']:,} of them not needed)" if row["rows_not_needed"] else ""
    return f"  {row['file']}: {counts}{unneeded}  [{row['role']}, {row['encoding']}]"


def _reject_line(row: dict[str, Any]) -> str:
    blamed = f" {row['column_name']}" if row["column_name"] else ""
    return (
        f"  {row['occurrences']:,} {row['level']}{'s' * (row['occurrences'] != 1)} of {row['file']}:{blamed} {row['reason']} "
        f"(first: row {row['first_row']}, {row['example']!r})"
    )


def _audience_lines(report: Report) -> Iterator[str]:
    """Say how many files were made for those who may not see every deal, and what the settings name that no deal bears."""
    if report.audiences:
        yield f"  files for audiences: {report.audiences:,} made"
    yield from (f"  [access] of sameside.toml: {unknown}" for unknown in report.unknown)


def _currency_lines(database: Database) -> Iterator[str]:
    """Say which amounts are in no sum for want of a rate."""
    for row in database.amounts_by_currency(Scope()).filter(pl.col("deals_not_converted") > 0).iter_rows(named=True):
        deals = f"{row['deals_not_converted']:,} deal{'s' * (row['deals_not_converted'] != 1)}"
        yield f"  amounts of {deals} in {row['currency']} are in no sum: give a rate under [currencies] in sameside.toml"


def _over_time_lines(database: Database, counts: dict[str, Any]) -> Iterator[str]:
    """Say what the load made of the loads before, where there are any; and of which sources the file is, where there are several."""
    if counts["load_no"] > 1:
        yield (
            f"  deals beside those of earlier loads: {counts['deals_new']:,} new, {counts['deals_changed']:,} changed, "
            f"{counts['deals_missing']:,} no longer in the export and kept as last seen, {counts['deals_gone']:,} deleted or merged"
        )
        yield f"  {counts['changes_told']:,} changes told by the difference of two exports, dated {counts['as_of']}"
    sources = database.sources()
    if sources.height > 1:
        for row in sources.iter_rows(named=True):
            yield f"  source {row['source']}: {row['deals']:,} deals, last export of {row['last_seen_on']}"
    for row in database.sources_of_the_same_ids().iter_rows(named=True):
        yield (
            f"  {row['deals']:,} of these deals have ids of deals of {row['source']}: if they are the same deals, each counts twice now; "
            f"load with --source {row['source']}, or begin anew with --anew"
        )


def _stage_lines(database: Database) -> Iterator[str]:
    """Say where the stages of the past come from, where it is not from a stage history of its own."""
    if not database.told_by_history()["stage"]:
        yield "  no stage history in this export: deals cannot be made alike in the stage that they were in"
    elif database.stages_are_told_by_exports():
        yield "  stages of the past: told by what exports differ in, since the first one"
    elif database.loads().filter((pl.col("role") == "stage_history") & (pl.col("rows_loaded") > 0)).is_empty():
        yield "  stages of the past: told by the changes of the stage in the field history"


def _answer_lines(database: Database) -> Iterator[str]:
    coverage = database.field_coverage()
    known = coverage.filter(pl.col("is_in_export") & ~pl.col("is_neutral"))
    if known.is_empty():
        yield "  no buyer-focused field is in this export: name yours in sameside.toml under [questions], then load again"
    for row in known.iter_rows(named=True):
        since = f"tracked since {row['tracked_since']}" if row["tracked_since"] else "no history: timing unknown"
        since = "full history" if row["tracked_since"] == date.min else since
        if row["tracked_since"] and row["exports_from"] < row["exports_to"]:
            since = f"no history: known from what exports differ in, since the first of {row['exports_from']}"
        yield f"  {row['question']}: {row['field']} answered in {row['deals_answered']:,} of {row['deals']:,} deals ({since})"
    if known["tracked_since"].has_nulls():
        yield "  where there is no history, the next export will tell what changed: load one every week or two"
