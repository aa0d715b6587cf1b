"""Time and memory of a load beside what DuckDB takes to load the same files into typed tables, in one run on one machine.

`python tests/benchmarks/load.py FOLDER [--deals 1000000]`: makes the exports in FOLDER where they are missing, then runs each side in
a process of its own and prints seconds and peak memory. The base line parses the same files in full, types ids, times and amounts, keeps
every text, and writes a database; it judges nothing, joins nothing and builds no mart.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]

BASE_LINE = """
import duckdb, sys
folder, database = sys.argv[1:]
con = duckdb.connect(database, config={"storage_compatibility_version": "v1.4.0"})
con.execute("set memory_limit = '4GB'")
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


def measured(code: str, *words: str) -> tuple[float, float]:
    """Return seconds and peak memory in GB of a program in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *words], cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("a side of the benchmark failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1e6


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
    with tempfile.TemporaryDirectory(dir=arguments.folder) as work:
        base, base_memory = measured(BASE_LINE, folder, f"{work}/typed.duckdb")
        ours, our_memory = measured(OURS, folder, f"{work}/data")
    sys.stdout.write(
        f"typed tables   {base:7.1f} s  {base_memory:5.2f} GB\nsameside load  {ours:7.1f} s  {our_memory:5.2f} GB\nratio          {ours / base:7.2f}\n"
    )


if __name__ == "__main__":
    main()
