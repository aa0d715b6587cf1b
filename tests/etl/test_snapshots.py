"""Snapshots: golden bytes, forms, and what is kept. That kills leave whole ones alone: tests/faults/test_kills.py."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl.config import load_config
from etl.csvtext import Style, from_guarded
from etl.errors import MachineError
from etl.export import DEALS, MARTS, Form, export
from etl.queries import Database, Scope
from etl.snapshots import MANIFEST, manifest_of, place, retire, write
from tests.conftest import load_into

pytestmark = pytest.mark.thorough

GOLDEN = Path(__file__).parent / "golden_snapshot.json"
OF_THE_LOAD = {"loads.csv", "load_amounts.csv", "settings_log.csv", "field_coverage.csv"}
"""Files that tell of the load itself: when it was made, and of its fields, amounts and settings."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Return a fixed small export, loaded: 24 deals of 6 owners, some names that are formulas, some amounts below zero."""
    rows = ["Id,Name,StageName,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c,Amount"]
    history = ["OpportunityId,Field,CreatedDate,OldValue,NewValue"]
    for number in range(24):
        won, answered = number % 3 == 0, number % 2 == 0
        stage, pain = "Closed Won" if won else "Closed Lost", f"They lose orders, case {number}" if answered else ""
        rows.append(
            f'D{number:02},=deal {number},{stage},2025-04-{number + 1:02},1,{won:d},00{number % 6},2025-01-01T09:00:00Z,"{pain}",{50 - number}.25'
        )
        if answered:
            history.append(f'D{number:02},Pain__c,2025-01-{number + 2:02}T09:00:00Z,,"{pain}"')
    files = {"Opportunity.csv": "\n".join([*rows, ""]), "OpportunityFieldHistory.csv": "\n".join([*history, ""])}
    settings = '[tag]\nanswers_needed = 1\n[questions.pain]\nlabel = "Pain"\nfields.salesforce = ["Pain__c"]\n'
    return load_into(tmp_path_factory.mktemp("small"), files, settings, as_of=date(2025, 12, 31))


@pytest.fixture(scope="module")
def snapshot(small: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot of the small export."""
    return export(small, tmp_path_factory.mktemp("snapshots"), Scope())


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_snapshot_is_golden_byte_for_byte(snapshot: Path) -> None:
    """Every file of figures and marts has the bytes that it had. Where a figure is meant to change, write the digests that this tells."""
    digests = {name: hashlib.sha256(text).hexdigest() for name, text in sorted(content(snapshot).items()) if name.endswith(".csv")}
    digests = {name: digest for name, digest in digests.items() if name not in OF_THE_LOAD}
    assert digests == json.loads(GOLDEN.read_text()), json.dumps(digests, indent=2)


def test_two_exports_of_one_load_are_identical(small: Database, snapshot: Path, tmp_path: Path) -> None:
    """All files, the manifest with them, from a database that was opened anew; also over itself, where the folder stays the same one."""
    assert content(export(Database(small.path), tmp_path, Scope())) == content(snapshot)
    before = snapshot.stat().st_ino
    assert export(small, snapshot.parent, Scope()) == snapshot
    assert snapshot.stat().st_ino == before


def test_the_manifest_tells_all_that_one_must_know(small: Database, snapshot: Path) -> None:
    """Load, version, scope, definitions, settings, form, guard; of each file its bytes, sha256 and rows."""
    manifest = manifest_of(snapshot) or {}
    assert manifest["load_id"] == small.load_id == snapshot.name
    assert {"loaded_at", "version", "as_of", "scope", "definitions", "settings"} < set(manifest)
    assert manifest["format"] == {"format": "csv", "separator": ",", "decimal": ".", "byte_order_mark": False}
    assert "take away one apostrophe" in manifest["formula_guard"]
    files = content(snapshot)
    assert {each["file"] for each in manifest["files"]} == set(files) - {MANIFEST}
    assert "dictionary.md" in files
    for each in manifest["files"]:
        assert hashlib.sha256(files[each["file"]]).hexdigest() == each["sha256"]
        assert len(files[each["file"]]) == each["bytes"]
    assert {each["file"]: each.get("rows") for each in manifest["files"]}["deals.csv"] == 24


@pytest.mark.parametrize(("locale", "style"), [("de_DE", Style(";", ",", has_mark=True)), ("en_US", Style(has_mark=True))])
def test_excel_gets_the_separators_of_its_country(locale: str, style: Style) -> None:
    """A semicolon where the decimal point is a comma, and always the byte order mark."""
    assert Form("excel", locale).style == style


def test_every_public_mart_is_in_a_snapshot(small: Database) -> None:
    """A mart that is added to the file is added to snapshots."""
    marts = small.sql("select table_name from duckdb_tables() where database_name = 'deals' and schema_name = 'marts'")
    assert set(marts["table_name"]) == set(MARTS)


def test_parquet_and_excel_hold_what_the_csv_holds(small: Database, tmp_path: Path) -> None:
    """Every mart comes back from Parquet as it is, and deals from Excel's CSV: negative amounts as numbers, names without the guard."""
    parquet = export(small, tmp_path, Scope(), Form("parquet"))
    for mart in MARTS:
        assert pl.read_parquet(parquet / f"{mart}.parquet").equals(small.relation(mart)), mart
    assert pl.read_parquet(parquet / f"{DEALS}.parquet").equals(small.tagged_deals(Scope()))
    excel = export(small, tmp_path, Scope(), Form("excel", "de_DE"))
    read = pl.read_csv(excel / "deals.csv", separator=";", decimal_comma=True, schema_overrides={"amount": pl.Float64})
    deals = small.relation("deals")
    assert read["amount"].to_list() == deals["amount"].cast(pl.Float64).to_list()
    assert min(read["amount"]) == 27.25
    assert read.select(from_guarded("deal_name", Style(";")))["deal_name"].to_list() == deals["deal_name"].to_list()
    assert parquet != excel


def test_the_last_loads_are_kept_of_each_scope_and_format(tmp_path: Path) -> None:
    """The oldest load goes first; snapshots of another scope or format, and folders that are none, are left alone."""

    def put(name: str, day: int, scope: dict[str, Any] | None = None) -> Path:
        (tmp_path / name).mkdir()
        manifest = {"loaded_at": f"2026-01-{day:02}T00:00:00Z", "scope": scope or {}, "format": {"format": "csv"}}
        write(tmp_path / name / MANIFEST, json.dumps(manifest).encode())
        return tmp_path / name

    put("c", 1), put("a", 2), put("b", 3), put("other", 1, {"segment": ["SMB"]})
    (tmp_path / "no snapshot").mkdir()
    newest = put("newest", 4)
    retire(newest, 0)
    assert (tmp_path / "c").exists()
    retire(newest, 2)
    assert {path.name for path in tmp_path.iterdir()} == {"b", "newest", "other", "no snapshot"}


def test_an_export_follows_the_setting(small: Database, tmp_path: Path) -> None:
    """`keep` of [snapshots] stands in the defaults; what an export was asked to keep is kept, its own among it."""
    assert load_config().snapshots.keep == 0
    first = export(small, tmp_path, Scope(), keep=1)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [first]


def test_another_snapshot_of_the_name_is_exchanged(tmp_path: Path) -> None:
    """What stands there and is damaged gives way to the whole one."""
    for name, text in (("built", b"new"), ("target", b"damaged")):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "a.csv", text)
    place(tmp_path / "built", tmp_path / "target")
    assert (tmp_path / "target" / "a.csv").read_bytes() == b"new"


def test_a_folder_that_cannot_be_written_is_told(small: Database, tmp_path: Path) -> None:
    """The path is no folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="cannot be written"):
        export(small, tmp_path / "file", Scope())
