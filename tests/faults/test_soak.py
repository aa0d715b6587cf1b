"""A short soak: readers, loads and exports at once, without an error. Whether anything grows takes the longer one of soak.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Tally
from tests.faults.soak import soak


@pytest.mark.faults
def test_a_few_minutes_of_all_at_once(tmp_path: Path, tally: Tally) -> None:
    """Every visit, load, export and reading succeeds."""
    told = soak(tmp_path / "home", minutes=3)
    for what, times in told.done.items():
        tally(f"soak: {what}", times)
    assert told.errors == []
    assert told.done.keys() == {"visits", "loads", "exports", "reads"}
