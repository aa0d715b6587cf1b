"""The README does what it says: its commands, settings, mappings and queries are run as printed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from etl.cli import cli
from etl.config import Config, load_config, validated
from etl.errors import ConfigError
from etl.mapping import CrmMapping
from etl.queries import Database

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_two_commands_come_first() -> None:
    """Below the title, before anything else, stand the two commands."""
    lines = [line for line in README.splitlines() if line.strip()]
    assert lines[1].strip().startswith("python3 run.py demo")
    assert lines[2].strip().startswith("python3 run.py test")


def test_every_verb_is_in_the_readme() -> None:
    """Each verb of the command line stands in the table, and no other."""
    assert set(re.findall(r"^\| `sameside (\w+)`", README, flags=re.MULTILINE)) == set(cli.commands)


def test_links_and_pictures_lead_somewhere() -> None:
    """Every relative link is a file or folder of this checkout."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_settings_and_mapping_are_valid_as_printed(tmp_path: Path) -> None:
    """The example settings and the example mapping load."""
    path = tmp_path / "sameside.toml"
    mapping = next(block for block in _blocks("toml") if "columns.stage" in block)
    for settings in (block for block in _blocks("toml") if block != mapping):
        path.write_text(settings, encoding="utf-8")
        assert isinstance(load_config(path), Config)
    assert validated(CrmMapping, tomllib.loads(mapping), path).name == "mine"
    with pytest.raises(ConfigError):
        validated(CrmMapping, tomllib.loads(mapping.replace("columns.stage", "columns.stge")), path)


def test_queries_run_as_printed(sample: Database) -> None:
    """Each example query returns rows on the sample."""
    queries = [query for query in _blocks("sql")[0].split(";") if query.strip()]
    assert len(queries) >= 4
    assert all(sample.sql(query).height for query in queries)
