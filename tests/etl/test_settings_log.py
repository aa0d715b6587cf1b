"""Changing the landmark, threshold or horizon leaves a trace in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.config import load_config
from etl.load import Request, load
from etl.queries import Database

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "salesforce.zip"


def loaded(folder: Path, settings: str = "", *, anew: bool = False) -> Database:
    """Load the sample with settings into a folder, and return the current version."""
    path = folder / "sameside.toml"
    path.write_text(settings, encoding="utf-8")
    return Database(load(Request((SAMPLE,), folder, load_config(path), anew=anew)).database)


def test_a_changed_setting_is_logged_beside_its_old_value(tmp_path: Path) -> None:
    """The first load notes what is in force; a later one only what moved; a third, back again, that too."""
    log = "select setting, old_value, new_value from raw.settings_log order by loaded_at, setting"
    first = loaded(tmp_path).sql(log).rows()
    assert ("landmark_day", None, "30") in first
    assert ("field of pain", None, "Identified_Pain__c") in first
    assert {old for _, old, _ in first} == {None}
    second = loaded(tmp_path, "[tag]\nlandmark_day = 45\n").sql(log).rows()
    assert second[len(first) :] == [("landmark_day", "30", "45")]


def test_the_log_survives_a_version_without_one(tmp_path: Path) -> None:
    """A damaged or older version before it, which a load that begins anew leaves behind: so does the log."""
    (tmp_path / "deals-old.duckdb").write_text("no database")
    (tmp_path / "deals.duckdb").symlink_to("deals-old.duckdb")
    assert ("landmark_day", None, "30") in loaded(tmp_path, anew=True).sql(
        "select setting, old_value, new_value from raw.settings_log"
    ).rows()
