"""Loads: nothing lost, nothing half-done, nothing changed by a second time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl import read
from etl.config import load_config
from etl.errors import (
    AmbiguousDates,
    CheckFailed,
    DatabaseError,
    MissingColumn,
    SameSideError,
    UnknownOutcome,
    UsageError,
)
from etl.load import Request, load
from etl.mapping import load_mapping
from etl.publish import current, loading
from etl.queries import Database, Scope

HEADER = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate\n"
GOOD = "1,A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01 10:00:00\n2,B,Closed Lost,,2026-02-01,1,0,005B,2026-01-02 10:00:00\n"

Load = Callable[..., Database]


def _request(tmp_path: Path, text: str, **more: object) -> Request:
    path = tmp_path / "Opportunity.csv"
    path.write_text(text, encoding="utf-8")
    return Request((path,), tmp_path / "data", load_config(), **more)  # type: ignore[arg-type]


def test_unreadable_values_are_recorded_and_the_row_is_loaded(load_files: Load) -> None:
    """A bad amount and a bad date become null; file, row, column and text are kept."""
    database = load_files({"Opportunity.csv": HEADER + GOOD + "3,C,Proposal,lots,soon,0,0,005A,2026-01-03 10:00:00\n"})
    assert database.sql("select file, row_number, level, column_name, text, reason from raw.rejects order by column_name").rows() == [
        ("Opportunity.csv", 3, "value", "Amount", "lots", "is not an amount of at most 16 digits and two decimals"),
        ("Opportunity.csv", 3, "value", "CloseDate", "soon", "is not a date"),
    ]
    assert database.crm_figures(Scope())["deals"][0] == 3


def test_rows_without_id_and_repeated_ids_are_rejected(load_files: Load) -> None:
    """A row without an id is rejected; of a repeated id the last counts."""
    database = load_files(
        {"Opportunity.csv": HEADER + GOOD + ",C,Proposal,1,,0,0,005A,2026-01-03\n" + GOOD.splitlines()[0].replace("A", "Z", 1) + "\n"}
    )
    assert [(row["reason"], row["first_row"]) for row in database.rejects_by_reason().iter_rows(named=True)] == [
        ("a later row has the same id", 1),
        ("has no id", 3),
    ]


def test_rows_that_cannot_be_split_are_counted(load_files: Load) -> None:
    """A row of too few cells is rejected with its line, and read = loaded + rejected."""
    database = load_files({"Opportunity.csv": HEADER + "3,C\n" + GOOD + "4,D,Proposal,lots,,0,0,005A,2026-01-03 10:00:00\n"})
    loads = database.loads().row(0, named=True)
    assert (loads["rows_read"], loads["rows_loaded"], loads["rows_rejected"]) == (4, 3, 1)
    # A later row keeps its place in the file although the parser passed the broken one over.
    assert database.sql("select level, row_number, text from raw.rejects order by row_number").rows() == [
        ("row", 1, "3,C"),
        ("value", 4, "lots"),
    ]


def test_deals_without_ids_are_named_for_their_row_in_the_file(load_files: Load) -> None:
    """A row that the parser passed over has a number too: the rows after it are named for where they stand in the file."""
    rows = ("A", GOOD.replace("1,A", "A").replace("2,B", "B").strip(), "short", "D,Proposal,2,,0,0,005A,2026-01-03")
    text = HEADER.removeprefix("Id,") + "\n".join(rows) + "\n"
    database = load_files({"Opportunity.csv": text})
    assert database.sql("select deal_id, deal_name from marts.deals order by deal_id").rows() == [
        ("row 2", "A"),
        ("row 3", "B"),
        ("row 5", "D"),
    ]


@pytest.mark.thorough
def test_large_files_load_as_small_ones_do(load_files: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into parts, files give the same relation, ids and rejects with the same rows."""
    header, row = HEADER.removeprefix("Id,"), "D,Proposal,2,2026-02-01,0,0,005A,2026-01-03"
    rows = [row, '"two\nlines"' + row[1:], "short", row.replace("2,", "lots,", 1)] * 40
    files = {"Opportunity.csv": header + "\n".join(rows) + "\n"}
    asked = (
        "select deal_id, deal_name, amount from marts.deals order by all",
        "select row_number, level, text from raw.rejects order by all",
    )
    whole = load_files(files)
    expected = [whole.sql(query).rows() for query in asked]
    monkeypatch.setattr(read, "PART", 500)
    monkeypatch.setattr(read, "BLOCK", 64)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    cut = load_files(files, "[tag]\nlandmark_day = 31\n")
    assert [cut.sql(query).rows() for query in asked] == expected
    assert expected[0][-1] == ("row 98", "two\nlines", 2)
    assert expected[1][:3] == [(3, "row", "short"), (4, "value", "lots"), (7, "row", "short")]


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    """The same files with the same settings are recognised; other settings make another version."""
    request = _request(tmp_path, HEADER + GOOD)
    first = load(request)
    again = load(request)
    assert (first.is_new, again.is_new, again.database) == (True, False, first.database)
    other = load(_request(tmp_path, HEADER + GOOD, date_order="dmy"))
    assert other.is_new
    assert other.database != first.database


def test_order_of_rows_and_files_does_not_matter(tmp_path: Path) -> None:
    """Shuffled rows give the same marts."""
    load(_request(tmp_path, HEADER + GOOD))
    one = Database.of_folder(tmp_path / "data").relation("deals")
    load(_request(tmp_path, HEADER + "".join(reversed(GOOD.splitlines(keepends=True)))))
    assert Database.of_folder(tmp_path / "data").relation("deals").equals(one)


def test_a_load_that_fails_leaves_the_published_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a check fails or the process dies, the current version stays, and nothing is left behind."""
    first = load(_request(tmp_path, HEADER + GOOD))

    def broken(*_: object) -> None:
        raise CheckFailed("broken on purpose")

    monkeypatch.setattr("etl.load.build", broken)
    with pytest.raises(CheckFailed):
        load(_request(tmp_path, HEADER + GOOD + GOOD.replace("1,A", "7,A").replace("2,B", "8,B")))
    assert current(tmp_path / "data") == first.database
    assert not list((tmp_path / "data").glob(".build-*"))


def test_left_overs_of_a_killed_load_are_swept(tmp_path: Path) -> None:
    """A working folder that a killed load left is gone after the next one."""
    left_over = tmp_path / "data" / ".build-99999"
    left_over.mkdir(parents=True)
    (left_over / "deals.duckdb").write_bytes(b"half")
    load(_request(tmp_path, HEADER + GOOD))
    assert not left_over.exists()


def test_two_loads_at_once_are_refused(tmp_path: Path) -> None:
    """While one load runs, another says so instead of waiting or mixing."""
    with loading(tmp_path / "data"), pytest.raises(DatabaseError, match="another load"):
        load(_request(tmp_path, HEADER + GOOD))


@pytest.mark.thorough
def test_readers_keep_their_version_and_reopen_to_the_new_one(tmp_path: Path) -> None:
    """An open database goes on with what it has; the folder's link leads to the new one."""
    load(_request(tmp_path, HEADER + GOOD))
    reader = Database.of_folder(tmp_path / "data")
    load(_request(tmp_path, HEADER + GOOD + "9,N,Proposal,1,,0,0,005A,2026-01-03\n"))
    assert reader.crm_figures(Scope())["deals"][0] == 2
    assert Database.of_folder(tmp_path / "data").crm_figures(Scope())["deals"][0] == 3


@pytest.mark.thorough
def test_old_versions_are_kept_for_a_set_number(tmp_path: Path) -> None:
    """Three versions beside the current one, no more."""
    for extra in range(6):
        load(_request(tmp_path, HEADER + GOOD + "".join(f"{n + 10},N,Proposal,1,,0,0,005A,2026-01-03\n" for n in range(extra))))
    assert len(list((tmp_path / "data").glob("deals-*.duckdb"))) == 4


def test_the_command_line_of_duckdb_1_5_opens_the_file(tmp_path: Path) -> None:
    """Today's DuckDB command line reads a metric from the published file."""
    load(_request(tmp_path, HEADER + GOOD))
    command = shutil.which("duckdb", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("duckdb-cli 1.5 is not installed beside this Python")
    query = "select won, lost from metrics.crm_figures()"
    done = subprocess.run(
        [command, "-readonly", "-csv", str(current(tmp_path / "data")), "-c", query],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["won,lost", "1,1"]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("Id,Name,Amount\n1,A,3\n", SameSideError, "StageName"),
        ("Id,Name,StageName,CreatedDate\n1,A,Closed,2026-01-01\n", UnknownOutcome, r"'Closed' \(1 deals\)"),
        (
            HEADER.replace("IsClosed,IsWon,", "") + "1,A,Proposal,1,03/04/2025,005,03/04/2025\n",
            AmbiguousDates,
            "day/month or as month/day",
        ),
    ],
)
def test_what_cannot_be_decided_stops_with_what_to_do(tmp_path: Path, text: str, error: type[SameSideError], told: str) -> None:
    """No stage column, a stage that tells nothing, dates that fit both ways: an error that says what to do, and nothing published."""
    with pytest.raises(error, match=told) as caught:
        load(_request(tmp_path, text))
    assert caught.value.todo
    assert not (tmp_path / "data" / "deals.duckdb").exists()


def test_date_order_from_the_command_line_decides(tmp_path: Path) -> None:
    """With --date-order an ambiguous column loads, as told."""
    text = HEADER + "1,A,Closed Won,1,05/04/2025,1,1,005,03/04/2025\n"
    load(_request(tmp_path, text, date_order="dmy"))
    assert Database.of_folder(tmp_path / "data").relation("deals")["cycle_days"].to_list() == [2]


def test_a_mapping_names_the_nearest_header(tmp_path: Path) -> None:
    """A mapping that names a column the file lacks is told what is nearest."""
    path = tmp_path / "m.toml"
    path.write_text(
        'name = "mine"\nlabel = "Mine"\n[outcome]\n"*" = "open"\n[files.deals]\nnames = "Opportunity"\ncolumns.deal_id = "Ident"\ncolumns.stage = "StageNam"\n'
    )
    with pytest.raises(MissingColumn, match="no column for deal_id"):
        load(_request(tmp_path, HEADER + GOOD, mapping=load_mapping(path)))


def test_unknown_exports_say_how_to_go_on(tmp_path: Path) -> None:
    """A file that no packaged mapping knows is a usage error that points at mappings."""
    with pytest.raises(UsageError, match="neither a packaged mapping nor the vocabulary knows"):
        load(_request(tmp_path, "one,two\n1,2\n"))


def test_cycles_are_calendar_days_in_the_zone(load_files: Load) -> None:
    """Across a change of clocks and 29 February a cycle is the difference of calendar days in the configured zone."""
    text = HEADER + "1,A,Closed Won,1,2024-04-01,1,1,005A,2024-02-28 23:30:00\n"
    database = load_files({"Opportunity.csv": text}, '[organisation]\ntime_zone = "Europe/Berlin"\n')
    assert database.sql("select created_date::varchar, cycle_days from marts.deals").rows() == [("2024-02-29", 32)]


LOCAL = """
name = "local"
label = "Local"
time_zone = "Europe/Berlin"
[outcome]
"*" = "open"
[files.deals]
names = "deals"
columns.deal_id = "id"
columns.stage = "stage"
columns.created_at = "created"
"""


def test_local_times_at_a_change_of_clocks_are_counted_and_their_rows_loaded(load_files: Load, tmp_path: Path) -> None:
    """Half past two does not exist on one Sunday in March and comes twice on one in October; a time with an offset is sure."""
    (tmp_path / "local.toml").write_text(LOCAL, encoding="utf-8")
    times = (
        "2025-03-30 01:59:59",
        "2025-03-30 02:30:00",
        "2025-03-30 03:00:00",
        "2025-10-26 01:59:59",
        "2025-10-26 02:30:00",
        "2025-10-26 03:00:00",
        "2025-10-26T02:30:00+01:00",
        "2025-10-26T00:30:00Z",
        "2025-10-26",
    )
    rows = "".join(f"{number},Proposal,{time}\n" for number, time in enumerate(times, start=1))
    database = load_files({"deals.csv": "id,stage,created\n" + rows}, mapping=load_mapping(tmp_path / "local.toml"))
    assert database.sql("select row_number, level, column_name, text, reason from raw.rejects order by row_number").rows() == [
        (2, "value", "created", times[1], "is a time that the clocks left out when they went forward"),
        (5, "value", "created", times[4], "is a time that came twice when the clocks went back"),
    ]
    assert database.sql("select created_at::varchar from marts.deals order by deal_id").to_series().to_list() == [
        "2025-03-30 00:59:59",
        "2025-03-30 01:30:00",
        "2025-03-30 01:00:00",
        "2025-10-25 23:59:59",
        "2025-10-26 01:30:00",
        "2025-10-26 02:00:00",
        "2025-10-26 01:30:00",
        "2025-10-26 00:30:00",
        "2025-10-26 00:00:00",
    ]


def test_a_source_may_come_in_a_zone_of_its_own(load_files: Load) -> None:
    """Reports come in their user's zone: across a change of clocks and 29 February days are those of the organisation, and doubts are counted."""
    zones = '[organisation]\ntime_zone = "Europe/Berlin"\n[zones]\nsalesforce = "America/New_York"\n'
    times = (
        "2024-02-28 17:59:59",  # 23:59:59 in Berlin
        "2024-02-28 18:00:00",  # midnight in Berlin, of a leap day
        "2024-03-10 02:30:00",  # New York's clocks went forward over it
        "2024-03-15 19:00:00",  # midnight in Berlin, whose clocks go forward two weeks later
        "2024-11-03 01:30:00",  # came twice in New York
        "2024-02-29",  # a day, in nobody's zone
        "2024-02-28T23:30:00Z",
    )
    rows = "".join(f"{number},A,Open,1,,0,0,005A,{time}\n" for number, time in enumerate(times, start=1))
    database = load_files({"Opportunity.csv": HEADER + rows}, zones)
    assert database.sql("select created_at::varchar, created_date::varchar from marts.deals order by deal_id").rows() == [
        ("2024-02-28 22:59:59", "2024-02-28"),
        ("2024-02-28 23:00:00", "2024-02-29"),
        ("2024-03-10 07:30:00", "2024-03-10"),
        ("2024-03-15 23:00:00", "2024-03-16"),
        ("2024-11-03 06:30:00", "2024-11-03"),
        ("2024-02-28 23:00:00", "2024-02-29"),
        ("2024-02-28 23:30:00", "2024-02-29"),
    ]
    assert database.sql("select row_number, reason from raw.rejects order by row_number").rows() == [
        (3, "is a time that the clocks left out when they went forward"),
        (5, "is a time that came twice when the clocks went back"),
    ]


def test_the_zone_of_another_source_changes_nothing(load_files: Load) -> None:
    """It is that mapping's alone."""
    database = load_files({"Opportunity.csv": HEADER + GOOD}, '[zones]\nhubspot = "America/New_York"\n')
    assert database.sql("select min(created_at)::varchar as first from marts.deals")["first"].to_list() == ["2026-01-01 10:00:00"]


def test_a_date_that_nobody_will_live_to_see_is_not_the_day_of_the_export(load_files: Load) -> None:
    """Typed wrong, or for no day: it is listed as a bad date, and open deals are not known until then."""
    rows = GOOD + "3,C,Proposal,1,3999-12-31,0,0,005A,2206-01-03 10:00:00\n4,D,Closed Won,1,3999-12-31,1,1,005A,2026-01-03 10:00:00\n"
    database = load_files({"Opportunity.csv": HEADER + rows})
    assert str(database.settings()["as_of"]) == "2026-02-01"
    assert database.sql("select fault, deal_id from metrics.bad_dates()").rows() == [
        ("implausible date", "3"),
        ("implausible date", "4"),
        ("created after the export", "3"),
        ("closed after the export", "4"),
    ]


def test_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    """A file that is no database is told as such, with what to do."""
    path = tmp_path / "deals.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        Database(path)


def test_a_file_of_another_version_is_a_clear_error(load_files: Load, tmp_path: Path) -> None:
    """Figures that this version does not define, or defines otherwise, are never shown: the file says with which models it was made."""
    path = tmp_path / "older.duckdb"
    shutil.copy(load_files({"Opportunity.csv": HEADER + GOOD}).path, path)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as con:
        con.execute("update raw.loads set models = 'others'")
    with pytest.raises(DatabaseError, match="made by another version"):
        Database(path)
    with duckdb.connect(str(path)) as con:
        con.execute("delete from raw.loads")
    with pytest.raises(DatabaseError, match="made by another version"):
        Database(path)


def test_the_query_connection_reaches_nothing_else(load_files: Load) -> None:
    """No file, no other database, no setting: the connection that answers questions is shut off."""
    database = load_files({"Opportunity.csv": HEADER + GOOD})
    for attempt in (
        "from read_csv('/etc/hosts')",
        "attach 'x.duckdb'",
        "set enable_external_access = true",
        "delete from raw.deals",
    ):
        with pytest.raises((duckdb.Error, DatabaseError)):
            database.sql(attempt)
