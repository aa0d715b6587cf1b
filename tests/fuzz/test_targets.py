"""Each target of the fuzzer for a moment, so that it stays one that runs; and for long where the fuzzer is installed (-m fuzz)."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
SECONDS = os.environ.get("SAMESIDE_FUZZ_SECONDS", "120")
QUICK = {"deals": 3, "states": 2, "query": 15, "settings": 15}
"""How many inputs those targets are given that take longer than the others."""


def _parquet_with(column: str, byte: bytes) -> bytes:
    """Return the seed with a byte that is no text in the name of a column."""
    return seeds("parquet")[0].replace(column.encode(), byte + column.encode()[1:])


FOUND = {
    "json": [b'{"a":1e9999999999999999999}', b'{"a":["\\ud800"]}', b'{"a":[{"\\ud800":1}]}'],
    "parquet": [_parquet_with("Tags", b"\x94")],
    "zipped": [
        b"PK\x84N{]\x1f\x08\xeaF\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00a.csvx\nPK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x84N{]\x1f\x08\xeaF\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00a.csvPK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x003\x00\x00\x00%\x00\x00\x00\x00\x00"
    ],
}
"""What the fuzzer found, before it was mended."""


@pytest.mark.security
@pytest.mark.parametrize("target", TARGETS)
def test_mutated_seeds(target: str) -> None:
    """Seeds with a piece cut out, put in or moved: whatever comes of it is said in words."""

    @settings(max_examples=QUICK.get(target, 40), deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(seeds(target)), st.binary(max_size=12), st.floats(0, 1), st.integers(0, 12))
    def run(seed: bytes, piece: bytes, place: float, cut: int) -> None:
        at = int(place * len(seed))
        TARGETS[target](seed[:at] + piece + seed[at + cut :])

    run()


@pytest.mark.security
@pytest.mark.parametrize(("target", "data"), [(target, data) for target, inputs in FOUND.items() for data in inputs])
def test_what_was_found_once(target: str, data: bytes) -> None:
    """Each finding of the fuzzer stays mended."""
    TARGETS[target](data)


@pytest.mark.fuzz
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: pip install atheris")
@pytest.mark.parametrize("target", TARGETS)
def test_fuzz(target: str, tmp_path: Path) -> None:
    """A fuzzer that follows the paths through our code finds nothing in SAMESIDE_FUZZ_SECONDS."""
    command = [sys.executable, "-m", "tests.fuzz.run", target, SECONDS, str(tmp_path / "corpus")]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
