"""What a build takes as deals and memory grow: DuckDB under limits of memory, and Spark beside it.

`python tests/benchmarks/scaling.py FOLDER --deals 1 5 10 --memory 1 2 4 8 16 [--master spark://host:7077]`, deals in millions, memory in
GB. Raw relations are those of the sample, multiplied under new keys, and kept in FOLDER. Each build runs in a process of its own, from
Parquet to the published file; seconds, seconds of processor, peak memory and the most that was spilled at once are printed as it ends.
With --master, Spark builds the same too, with the settings of each --conf; its memory and processor are those of all Java processes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.config import load_config
from etl.engines.job import write_raw
from etl.engines.lake import MANIFEST, RAW, Place
from etl.load import Request, load
from etl.sample import SAMPLE

ROOT = Path(__file__).parents[2]
BUILD = "from etl.cli import main; main()"
HISTORY = ("field_changes", "stage_changes", "owner_changes")


def raw_relations(folder: Path, millions: float) -> Place:
    """Return the raw relations of so many deals: those of the sample, again and again, each time under new keys and ids."""
    place = Place(str(folder / f"raw-{millions:g}"))
    if (Path(place.address) / MANIFEST).exists():
        return place
    with tempfile.TemporaryDirectory(dir=folder) as work:
        sample = load(Request((SAMPLE,), Path(work) / "data", load_config())).database
        with duckdb.connect(f"{work}/many.duckdb") as con:
            con.execute(f"attach '{sample}' as sample (read_only)")
            con.execute("set preserve_insertion_order = false")
            con.execute("create schema raw")
            deals, last_key = con.execute("select count(*), max(deal_key) from sample.raw.deals").fetchall()[0]
            times = round(millions * 1_000_000 / deals)
            for relation in RAW:
                con.execute(
                    f"create view {relation.full_name} as {_multiplied(relation.full_name, relation.column_comments, times, last_key)}"
                )
            write_raw(place, Path(work), con)
    return place


def _multiplied(name: str, columns: dict[str, str], times: int, last_key: int) -> str:
    """Return SQL of a relation, many times where its rows are of deals, else as it is."""
    if "deal_key" not in columns:
        return f"from sample.{name}"
    replaced = [f"deal_key + round * {last_key + 1} as deal_key", *(["deal_id || '-' || round as deal_id"] if "deal_id" in columns else [])]
    return f"select * exclude (round) replace ({', '.join(replaced)}) from sample.{name} cross join range({times}) as rounds(round)"


@dataclass(slots=True)
class Watch:
    """What a build takes beside its own process: the size of a folder of spilled data, and all Java processes of this machine."""

    folder: Path
    spilled: float = 0
    java_memory: float = 0
    java_began: float = 0
    java_processor: float = 0

    def look(self) -> None:
        """Note what there is now, where it is more than before."""
        spilled = sum(_size(path) for path in self.folder.glob(".build-*/spill/*"))
        self.spilled = max(self.spilled, spilled / 1e9)
        memory, processor = java()
        self.java_memory = max(self.java_memory, memory)
        self.java_processor = max(self.java_processor, processor - self.java_began)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def java() -> tuple[float, float]:
    """Return the memory, in GB, and the seconds of processor so far of all Java processes together."""
    memory = processor = 0.0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdecimal() and (folder / "comm").read_text().strip() == "java":
                numbers = (folder / "stat").read_text().rpartition(")")[2].split()
                processor += (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
                memory += int(numbers[21]) * os.sysconf("SC_PAGE_SIZE") / 1e9
        except (FileNotFoundError, ProcessLookupError):
            continue
    return memory, processor


def measured(folder: Path, source: Place, limit: str, words: Sequence[str]) -> str:
    """Run a build, and return what it took, or that it failed, as a line."""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        settings = Path(work) / "limits.toml"
        settings.write_text(f'[storage]\nmemory_limit = "{limit}"\n')
        target = Path(work) / "data"
        places = ["--input", source.address, "--output", f"{work}/marts", "--data", str(target), "--config", str(settings)]
        watch, is_done = Watch(target, java_began=java()[1]), threading.Event()
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-c", BUILD, "build", *places, *words], cwd=ROOT, stdout=subprocess.DEVNULL)
        watching = threading.Thread(target=lambda: [watch.look() for _ in iter(lambda: is_done.wait(0.2), True)])
        watching.start()
        _, status, usage = os.wait4(process.pid, 0)
        is_done.set()
        watching.join()
        seconds, processor = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    if status:
        return f"failed after {seconds:7.1f} s"
    return (
        f"{seconds:7.1f} s {processor + watch.java_processor:7.1f} s of processor {usage.ru_maxrss / 1e6 + watch.java_memory:6.2f} GB "
        f"{watch.spilled:6.2f} GB spilled"
    )


def main() -> None:
    """Measure every combination that is asked for, and print a line for each as it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deals", type=float, nargs="+", default=[1, 5, 10])
    parser.add_argument("--memory", type=int, nargs="*", default=[1, 2, 4, 8, 16])
    parser.add_argument("--master")
    parser.add_argument("--conf", action="append", default=[])
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for millions in arguments.deals:
        source = raw_relations(folder, millions)
        rows = source.manifest()["rows"]
        sys.stdout.write(
            f"{rows['deals']:,} deals, {sum(rows[name] for name in HISTORY):,} history rows, {rows['field_values']:,} values\n"
        )
        for limit in arguments.memory:
            sys.stdout.write(f"  duckdb {limit:3} GB  {measured(folder, source, f'{limit}GB', [])}\n")
            sys.stdout.flush()
        if arguments.master:
            words = ["--engine", "spark", "--master", arguments.master, *(word for each in arguments.conf for word in ("--conf", each))]
            sys.stdout.write(f"  spark          {measured(folder, source, '4GB', words)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
