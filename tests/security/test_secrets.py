"""Secrets come from the environment or from Streamlit's secrets, and go nowhere: no log, no error, no trace, no file of ours holds one."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from etl.cli import cli
from etl.schedule.alerts import post
from etl.schedule.state import JobState, State, write_state
from tests.security.attacks import HEAD, ROW

pytestmark = pytest.mark.security

ROOT: Final = Path(__file__).parents[2]
CLOSED: Final = "http://127.0.0.1:1"
MARK: Final = "s3kr1t-7f3a"
SECRETS: Final = {
    "SAMESIDE_WEBHOOK": f"{CLOSED}/services/{MARK}-hook",
    "SAMESIDE_SMTP_PASSWORD": f"{MARK}-mail",
    "AWS_ACCESS_KEY_ID": f"{MARK}-id",
    "AWS_SECRET_ACCESS_KEY": f"{MARK}-key",
    "AWS_SESSION_TOKEN": f"{MARK}-token",
}
SETTINGS: Final = """
[schedule]
inputs = ["exports"]
load = "0 2 * * *"
export = "0 3 * * *"
tries = 1
[alerts.mail]
host = "127.0.0.1"
port = 1
user = "me"
sender = "a@example.com"
to = ["b@example.com"]
"""
VERBS: Final = {
    "load": "load exports",
    "load, broken": "load broken.csv",
    "load, missing": "load nowhere",
    "load, wrong mapping": "load exports --mapping broken.csv",
    "check": "check",
    "check, wrong settings": "check --config broken.csv",
    "sql": "sql 'select 1'",
    "sql, guarded": "sql \"select getenv('AWS_SECRET_ACCESS_KEY')\"",
    "sql, mistaken": "sql --trusted 'select getenv(1, 2)'",
    "describe": "describe marts.deals",
    "health": "schedule --health",
    "unit for systemd": "schedule --print systemd",
    "compose file": "schedule --print compose",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with an export, settings that send alerts, and a scheduler's state by which two nights were missed."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "exports").mkdir()
    (folder / "exports" / "Opportunity.csv").write_bytes(HEAD + ROW)
    (folder / "broken.csv").write_bytes(b"\0\1\2")
    (folder / "sameside.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "sameside-data").mkdir()
    then = datetime.now(UTC) - timedelta(days=2)
    settled = JobState(settled_until=then)
    write_state(folder / "sameside-data", State(seen_at=then, jobs={"load": settled, "export": settled}))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, secret in SECRETS.items():
            patch.setenv(name, secret)
        yield folder


def holding(folder: Path) -> list[str]:
    """Return the files below a folder that hold a secret."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]


@pytest.mark.parametrize("name", VERBS)
def test_no_verb_tells_a_secret(name: str, place: Path) -> None:
    """Whether it ends well or not: nothing printed, nothing in a trace, nothing on the disk."""
    done = CliRunner().invoke(cli, VERBS[name])
    said = [done.output, *(traceback.format_exception(done.exception) if done.exception else ())]
    assert "no such command" not in done.output.lower()
    assert [text for text in said if MARK in text] == []
    assert holding(place) == []


def test_the_log_of_a_schedule_tells_no_secret(place: Path) -> None:
    """Loads that fail, and alerts that cannot be sent to either place: said in the log, without the address and the password."""
    (place / "exports" / "Opportunity.csv").write_bytes(b"\0\1\2")
    command = [sys.executable, "-P", "-m", "etl", "schedule", "--once"]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert "alert not sent" in done.stderr, done.stderr
    assert "given up" in done.stderr
    assert MARK not in done.stdout + done.stderr
    assert holding(place) == []


@pytest.mark.parametrize("address", [f"http://127.0.0.1:{MARK}/", f"{CLOSED}/ {MARK}", f"http://[{MARK}", f"{CLOSED}/{MARK}"])
def test_an_address_that_is_wrong_is_not_told(address: str) -> None:
    """An error of the webhook, with all that led to it."""
    with pytest.raises(OSError, match=r"webhook|refused") as caught:
        post(address, "text")
    assert MARK not in "".join(traceback.format_exception(caught.value))
