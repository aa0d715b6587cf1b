"""A file that changes while it is loaded: told as that, and nothing of it is published."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.config import load_config
from etl.errors import DataError
from etl.load import LOAD_STEPS, Request, load
from etl.publish import LINK
from tests.faults import company


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write(path.read_text().splitlines()[-1].replace("D5", "D77") + "\n")


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 40)


def replace(path: Path) -> None:
    """Put another file of as many bytes and rows in its place."""
    other = path.with_name("other")
    other.write_text(path.read_text().replace("lose", "LOSE"))
    other.replace(path)


@pytest.mark.parametrize(
    ("name", "harm", "step"),
    [
        ("Opportunity.csv", grow, LOAD_STEPS[1]),
        ("Opportunity.csv", Path.unlink, LOAD_STEPS[1]),
        ("OpportunityFieldHistory.csv", shrink, LOAD_STEPS[1]),
        ("OpportunityFieldHistory.csv", replace, LOAD_STEPS[1]),
        ("Opportunity.csv", replace, LOAD_STEPS[4]),
    ],
)
def test_a_file_that_changes_while_it_is_loaded(tmp_path: Path, name: str, harm: Callable[[Path], None], step: str) -> None:
    """However it changes, between being examined and being read, or after: what is published would bear the digest of other content."""
    company.found(tmp_path)
    request = Request((tmp_path / "exports",), tmp_path / "data", load_config(tmp_path / "sameside.toml"))

    def harming(begun: str) -> None:
        if begun == step:
            harm(tmp_path / "exports" / name)

    with pytest.raises(DataError, match=f"{name} changed while being loaded") as told:
        load(request, harming)
    assert "Wait until the export is written to its end" in told.value.todo
    assert not (tmp_path / "data" / LINK).exists()
