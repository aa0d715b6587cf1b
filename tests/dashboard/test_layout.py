"""How the folder must look for Streamlit to run it, and what its settings keep shut."""

from __future__ import annotations

import ast
import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

from etl.config import load_config

FOLDER = Path(__file__).parents[2] / "dashboard"
MODULES = sorted(path for path in FOLDER.rglob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_no_name_hides_another_module(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit puts the folder first on sys.path, where a `data` or `scope` of somebody else's would be lost."""
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if Path(entry or ".").resolve() != FOLDER])
    if path.suffix == ".py" or path.is_dir():
        assert path.stem.startswith((".", "__")) or importlib.util.find_spec(path.stem) is None


def test_no_folder_is_called_pages() -> None:
    """Streamlit would take it for pages of its own."""
    assert not (FOLDER / "pages").exists()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_only_data_knows_the_database(path: Path) -> None:
    """Every other module asks `dashboard.data`, about loads `dashboard.loading`, about queries of one's own `dashboard.asking`, about who looks `dashboard.access`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    known = {name for name in imported if name.startswith(("duckdb", "etl"))}
    allowed = {
        "access.py": {"etl", "etl.access", "etl.binding", "etl.config", "etl.errors"},
        "data.py": {
            "etl.access",
            "etl.audiences",
            "etl.answers",
            "etl.csvtext",
            "etl.describe",
            "etl.difference",
            "etl.errors",
            "etl.gone",
            "etl.publish",
            "etl.queries",
        },
        "loading.py": {
            "etl.choices",
            "etl.config",
            "etl.errors",
            "etl.jobs",
            "etl.mapfile",
            "etl.propose",
            "etl.publish",
            "etl.troubles",
            "etl.uploads",
        },
        "asking.py": {"etl.analysis", "etl.ask", "etl.config", "etl.csvtext", "etl.errors", "etl.guard", "etl.jobs"},
        "app.py": {"etl.errors"},
        "server.py": {"etl", "etl.binding", "etl.errors"},
        "way_back.py": {"etl.signin"},
        "escape.py": {"etl.visible"},
        "wording/access.py": {"etl.access"},
    }
    assert known <= allowed.get(path.relative_to(FOLDER).as_posix(), set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_html_is_let_through(path: Path) -> None:
    """Text goes through `escape`, never through unsafe_allow_html."""
    assert "unsafe_allow_html" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "rounding"], ids=lambda path: path.stem)
def test_numbers_are_written_in_one_place(path: Path) -> None:
    """No module but `rounding` puts separators into numbers, or knows how a locale writes them."""
    text = path.read_text(encoding="utf-8")
    assert ":,}" not in text
    assert "babel" not in text


def test_the_server_is_shut_by_default() -> None:
    """No tracebacks, no telemetry, no raw export, no agent, this machine only."""
    settings = tomllib.loads((FOLDER / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["client"]["disableDataExport"] is True
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["runner"]["magicEnabled"] is False
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["enableAgentApi"] is False
    assert settings["server"]["maxUploadSize"] == load_config().uploads.max_megabytes


def test_no_stylesheet_or_picture_loads_anything() -> None:
    """Nothing comes from the internet: no import, no url, no link but a namespace."""
    for path in (*FOLDER.glob("*.css"), *FOLDER.glob("*.svg"), FOLDER / ".streamlit" / "config.toml"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text
        assert "@import" not in text
        assert "url(" not in text
