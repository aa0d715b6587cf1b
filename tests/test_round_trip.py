"""Random tables, written in random formats and dialects, come back whole: loaded + rejected = written, and amounts add up to the cent."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from etl.config import Config, load_config
from etl.load import Request, load

pytestmark = pytest.mark.thorough

NAMES = ("Id", "Name", "StageName", "Amount", "CloseDate", "CreatedDate")
STAGES = ("Closed Won", "Closed Lost", "Proposal")
FORMATS = ("csv", "xlsx", "parquet", "json lines", "json")


class Deal(NamedTuple):
    """A row as it is written."""

    key: str
    name: str
    stage: str
    amount: Decimal
    closed: date
    created: datetime


# Letters of many scripts, and all that quoting is for. Neither blanks at an edge, which no loaded text keeps, nor what no workbook can hold.
TEXTS = st.text(st.sampled_from("aZ9éßЖ東🚀'\"“,;|\t\n #=-—\\/{}[]"), min_size=1, max_size=12).map(lambda text: f"x{text}x")
DEALS = st.lists(
    st.builds(
        Deal,
        key=st.from_regex(r"[a-zA-Z]{3}[0-9]{1,4}", fullmatch=True),
        name=TEXTS,
        stage=st.sampled_from(STAGES),
        amount=st.integers(-(10**9), 10**11).map(lambda cents: Decimal(cents) / 100),
        closed=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
        created=st.datetimes(datetime(2019, 1, 1), datetime(2020, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),  # noqa: DTZ001
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda deal: deal.key,
)


@cache
def config() -> Config:
    return load_config()


def csv_file(deals: list[Deal], draw: Callable[..., Any]) -> tuple[str, bytes]:
    """Return deals as CSV of a random dialect: delimiter, quoting, line ends, encoding, title, footer, packed or not."""
    target = io.StringIO(newline="")
    delimiter = draw(st.sampled_from(",;\t|"))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]))
    writer = csv.writer(target, delimiter=delimiter, quoting=quoting, lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    writer.writerow(NAMES)
    for deal in deals:
        writer.writerow(deal)
    text = draw(st.sampled_from(["", "Deals of the year\r\n\r\n"])) + target.getvalue()
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"])))
    return ("Opportunity.csv.gz", gzip.compress(data)) if draw(st.booleans()) else ("Opportunity.csv", data)


def xlsx_file(deals: list[Deal], draw: Callable[..., Any]) -> tuple[str, bytes]:
    """Return deals as a workbook, with a title or none, and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if draw(st.booleans()):
        sheet.append(["Deals of the year"])
        sheet.append([])
    sheet.append(NAMES)
    for deal in deals:
        sheet.append(list(deal))
        # A text such as "=x" is a text here, no formula.
        sheet.cell(sheet.max_row, 2).data_type = "s"
    book.create_sheet("hidden").sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    return "Opportunity.xlsx", made.getvalue()


def parquet_file(deals: list[Deal], draw: Callable[..., Any]) -> tuple[str, bytes]:
    """Return deals as Parquet, packed one way or another, in row groups of a few rows."""
    made = io.BytesIO()
    columns = dict(zip(NAMES, map(list, zip(*deals, strict=True)), strict=True))
    compression = draw(st.sampled_from(["none", "snappy", "zstd", "gzip"]))
    parquet.write_table(pa.table(columns), made, compression=compression, row_group_size=int(draw(st.integers(1, 5))))
    return "Opportunity.parquet", made.getvalue()


def json_objects(deals: list[Deal]) -> list[dict[str, str | float]]:
    return [
        dict(zip(NAMES, (d.key, d.name, d.stage, float(d.amount), d.closed.isoformat(), d.created.isoformat(" ")), strict=True))
        for d in deals
    ]


def json_lines_file(deals: list[Deal], draw: Callable[..., Any]) -> tuple[str, bytes]:
    """Return deals as JSON lines, keys of each in an order of its own."""
    lines = [
        json.dumps(dict(draw(st.permutations(list(each.items())))), ensure_ascii=bool(draw(st.booleans()))) for each in json_objects(deals)
    ]
    return "Opportunity.jsonl", "\n".join(lines).encode()


def json_file(deals: list[Deal], draw: Callable[..., Any]) -> tuple[str, bytes]:
    """Return deals as a JSON list, on one line or many."""
    return "Opportunity.json", json.dumps(json_objects(deals), indent=draw(st.sampled_from([None, 2]))).encode(
        draw(st.sampled_from(["utf-8", "utf-16"]))
    )


WRITERS = dict(zip(FORMATS, (csv_file, xlsx_file, parquet_file, json_lines_file, json_file), strict=True))


class Loaded(NamedTuple):
    """What a load holds, and its account of the files."""

    read: int
    loaded: int
    rejected: int
    deals: list[tuple[object, ...]]


def loaded(files: list[tuple[str, bytes]]) -> Loaded:
    """Load files without building the models, which do not change what was read."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.load.build", lambda _: None)
        folder = Path(name)
        for place, (label, data) in enumerate(files):
            (folder / "in" / str(place)).mkdir(parents=True)
            (folder / "in" / str(place) / label).write_bytes(data)
        report = load(Request((folder / "in",), folder / "data", config()))
        with duckdb.connect(str(report.database), read_only=True) as con:
            account = con.execute(
                "select sum(rows_read)::bigint, sum(rows_loaded)::bigint, sum(rows_rejected)::bigint from raw.load_files"
            ).fetchall()[0]
            deals = con.execute(
                "select deal_id, deal_name, stage, amount, close_date, created_at from raw.deals order by deal_id"
            ).fetchall()
    read, kept, rejected = account
    return Loaded(read, kept, rejected, deals)


def as_read(deals: list[Deal]) -> list[tuple[object, ...]]:
    """Return deals as the database holds them."""
    return sorted(tuple(deal) for deal in deals)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(deals=DEALS, data=st.data())
def test_what_is_written_comes_back(form: str, deals: list[Deal], data: st.DataObject) -> None:
    """Every row, text, amount and moment of a table comes back as it was, whatever it was written as."""
    found = loaded([WRITERS[form](deals, data.draw)])
    assert (found.read, found.loaded, found.rejected) == (len(deals), len(deals), 0)
    assert found.deals == as_read(deals)
    assert sum(Decimal(str(row[3])) for row in found.deals) == sum(deal.amount for deal in deals)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(deals=DEALS, doubled=st.integers(0, 2), lost=st.integers(0, 2), data=st.data())
def test_order_and_formats_do_not_matter(deals: list[Deal], doubled: int, lost: int, data: st.DataObject) -> None:
    """Rows dealt out to files of any format in any order give the same deals; ids that come again and rows without one are rejected."""
    broken = [deal._replace(key="") for deal in deals[:lost]]
    rows = [*deals, *deals[:doubled], *broken]
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    halves = [half for half in (shuffled[:cut], shuffled[cut:]) if half]
    found = loaded([WRITERS[data.draw(st.sampled_from(FORMATS))](half, data.draw) for half in halves])
    assert (found.read, found.loaded) == (len(rows), len(deals))
    assert found.rejected == found.read - found.loaded
    assert found.deals == as_read(deals)
