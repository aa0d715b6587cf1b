"""What the suites of access share: a provider, people with what they are granted, and what is known of those who signed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard import access
from etl.config import load_config
from etl.load import Request, load
from etl.signin import VARIABLES
from tests.security.world import SETTINGS, files

NOW = int(time.time())

Claims = dict[str, Any]


def claims(email: Any = "ada@example.com", **given: Any) -> Claims:
    """Return what Streamlit knows of somebody who signed in just now."""
    usual = {"is_logged_in": True, "iss": "https://login.example.com", "sub": str(email), "iat": NOW, "email_verified": True}
    return usual | {"email": email} | given


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell of a provider as a server would be told; nothing is asked of it."""
    for key, name in VARIABLES.items():
        monkeypatch.setenv(name, f"https://login.example.com/{key}/oauth2callback")


@pytest.fixture
def at_the_door(provider: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Claims], access.Visitor]:
    """Return a function that says who somebody is by their claims, where SETTINGS holds; the data folder is that of the test."""
    (tmp_path / "sameside.toml").write_text(SETTINGS)
    monkeypatch.setenv("SAMESIDE_DATA", str(tmp_path))
    return access.visitor_of


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of the company of tests/security/world.py, loaded twice, with its settings; for reading only."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "data").mkdir()
    (folder / "exports").mkdir()
    settings = folder / "data" / "sameside.toml"
    settings.write_text(SETTINGS)
    for as_of, as_won in ((date(2025, 1, 1), ""), (date(2025, 2, 1), "Sue Scarletowl")):
        for name, text in files(as_won=as_won).items():
            (folder / "exports" / name).write_text(text)
        load(Request((folder / "exports",), folder / "data", load_config(settings), as_of=as_of))
    return folder / "data"
