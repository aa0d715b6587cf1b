"""How long the command line takes to answer, beside Python that only imports what it cannot do without."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.cost import of_command
from tests.benchmarks.table import Line, beside

REPEATS = 5
COMMANDS = {"sameside --help": ["--help"], "sameside sql 'select 1'": ["sql", "select 1"]}
BARE = {"sameside --help": "import click", "sameside sql 'select 1'": "import click, duckdb; duckdb.sql('select 1').show()"}


def measure(data: Path) -> list[Line]:
    """Measure each command on a data folder."""
    own = [sys.executable, "-m", "etl"]
    lines = []
    for name, words in COMMANDS.items():
        ours = _repeated([*own, *words], data)
        bare = _repeated([sys.executable, "-c", BARE[name]], data)
        lines.append(beside(name, ours, f"Python: {BARE[name]}", bare))
    return lines


def _repeated(command: Sequence[str], data: Path) -> list[float]:
    environment = os.environ | {"SAMESIDE_DATA": str(data)}
    return [of_command(command, environment).seconds for _ in range(REPEATS)]
