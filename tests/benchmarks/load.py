"""Time and memory of a load beside what DuckDB takes to load the same files into typed tables, in one run on one machine.

`python tests/benchmarks/load.py FOLDER [--deals 1000000]`: makes the exports in FOLDER where they are missing, then runs each side in
a process of its own and prints seconds, seconds of processor and peak memory; where other work shares the machine, those of the processor
are the ones to go by. The base line parses the same files in full, types ids, times and amounts, keeps
every text, and writes a database; it judges nothing, joins nothing and builds no mart.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

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


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took: seconds, seconds of processor, and peak memory in GB."""

    seconds: float
    processor: float
    memory: float

    def __str__(self) -> str:
        """Return the three on one line."""
        return f"{self.seconds:7.1f} s {self.processor:7.1f} s of processor {self.memory:6.2f} GB"


def measured(code: str, *words: str) -> Cost:
    """Return what a program takes in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *words], cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("a side of the benchmark failed")
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


def main() -> None:
    """Measure both sides and print them with their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deals", type=int, default=1_000_000)
    arguments = parser.parse_args()
    if not (arguments.folder / "Opportunity.csv").exists():
        make = ["-m", "sample_data.generate", "--deals", str(arguments.deals), "--out", str(arguments.folder.resolve())]
        subprocess.run([sys.executable, *make], check=True, cwd=ROOT)
    folder = str(arguments.folder.resolve())
    with tempfile.TemporaryDirectory(dir=arguments.folder.resolve().parent) as work:
        base = measured(BASE_LINE, folder, f"{work}/typed.duckdb")
        ours = measured(OURS, folder, f"{work}/data")
    sys.stdout.write(f"typed tables   {base}\nsameside load  {ours}\n")
    sys.stdout.write(f"ratio          {ours.seconds / base.seconds:7.2f}   {ours.processor / base.processor:7.2f}\n")


if __name__ == "__main__":
    main()
