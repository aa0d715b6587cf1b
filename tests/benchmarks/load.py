"""Time and memory of a load beside what DuckDB takes to load the same files into typed tables, in one run on one machine.

Each side runs in a process of its own; where other work shares the machine, the seconds of processor are the ones to go by. The base line
parses the same files in full, types ids, times and amounts, keeps every text, and writes a database; it judges nothing, joins nothing and
builds no mart.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.cost import ROOT, Cost, of_code
from tests.benchmarks.table import Line

BASE_LINE = """
import duckdb, sys
folder, database = sys.argv[1:]
con = duckdb.connect(database, config={"storage_compatibility_version": "v1.4.0"})
con.execute("set memory_limit = '4GB'")
con.execute("set enable_progress_bar = false")
for name in ("Opportunity", "OpportunityHistory", "OpportunityFieldHistory", "User", "Account", "FieldHistory"):
    path = f"{folder}/{name}.csv"
    headers = open(path, encoding="utf-8").readline().strip().strip('"').split('","')
    columns = "{" + ", ".join(f"'{header}': 'VARCHAR'" for header in headers) + "}"
    kinds = {"Amount": "decimal(18, 2)", "CreatedDate": "timestamp", "CloseDate": "timestamp", "SystemModstamp": "timestamp"}
    typed = ", ".join(f'try_cast(trim("{header}") as {kinds[header]}) as "{header}"' if header in kinds else f'"{header}"' for header in headers)
    con.execute(f"create table {name} as select {typed} from read_csv('{path}', columns = {columns}, header = true, delim = ',', quote = '\\"', escape = '\\"', auto_detect = false)")
con.execute("checkpoint")
"""
OURS = "import sys; from etl.cli import main; sys.argv = ['sameside', 'load', sys.argv[1], '--data', sys.argv[2]]; main()"


def make_export(folder: Path, deals: int) -> None:
    """Make an export of so many deals, where the folder does not hold one."""
    if not (folder / "Opportunity.csv").exists():
        make = ["-m", "sample_data.generate", "--deals", str(deals), "--out", str(folder)]
        subprocess.run([sys.executable, *make], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def load(folder: Path, data: Path) -> Cost:
    """Load an export into a data folder, and return what that took."""
    return of_code(OURS, str(folder), str(data))


def measure(folder: Path, data: Path) -> list[Line]:
    """Load an export by both sides, ours into the data folder."""
    with tempfile.TemporaryDirectory(dir=data.parent) as work:
        base = of_code(BASE_LINE, str(folder), f"{work}/typed.duckdb")
    ours = load(folder, data)
    name = "typed tables by DuckDB's read_csv"
    return [
        Line("load, normalise, tag, build, publish", str(ours), name, str(base), ours.seconds / base.seconds),
        Line("the same, of processor", f"{ours.processor:.1f} s", name, f"{base.processor:.1f} s", ours.processor / base.processor),
        Line("the same, peak memory", f"{ours.memory:.2f} GB", name, f"{base.memory:.2f} GB", ours.memory / base.memory),
    ]
