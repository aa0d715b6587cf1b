"""What a build takes as deals and memory grow: DuckDB under limits of memory, and Spark beside it.

`python -m tests.benchmarks.scaling FOLDER --deals 1 5 10 --memory 1 2 4 8 16 [--spark 3g]`, deals in millions, memory in GB. Raw relations
are those of the sample, multiplied under new keys, and kept in FOLDER. Each build runs in a process of its own, from Parquet to the
published file; seconds, seconds of processor, peak memory and the most that was spilled at once are printed as it ends. With --spark, two
workers with so much memory build the same too, with the settings of each --conf, and their file is held against DuckDB's row by row;
memory and processor are then those of all Java processes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.config import load_config
from etl.engines.lake import MANIFEST, RAW, Place
from etl.engines.relations import write_relations
from etl.load import Request, load
from etl.publish import current
from etl.sample import SAMPLE
from tests.etl.engines.cluster import running
from tests.etl.engines.compared import differences

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
            place.complete({"rows": write_relations(con, RAW, place, Path(work))})
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

    def until(self, is_done: threading.Event) -> None:
        """Look five times a second until it is done."""
        while not is_done.wait(0.2):
            self.look()

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


def measured(work: Path, source: Place, limit: str, words: Sequence[str]) -> tuple[str, Path | None]:
    """Run a build, and return what it took, or that it failed, as a line, and where it published, if it did."""
    settings, target = work / "limits.toml", Path(tempfile.mkdtemp(dir=work))
    settings.write_text(f'[storage]\nmemory_limit = "{limit}"\n')
    places = ["--input", source.address, "--output", f"{target}/marts", "--data", str(target), "--config", str(settings)]
    watch, is_done = Watch(target, java_began=java()[1]), threading.Event()
    watching = threading.Thread(target=watch.until, args=(is_done,))
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", BUILD, "build", *places, *words], cwd=ROOT, stdout=subprocess.DEVNULL)
    watching.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds, processor = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    is_done.set()
    watching.join()
    if status:
        return f"failed after {seconds:7.1f} s", None
    return (
        f"{seconds:7.1f} s {processor + watch.java_processor:7.1f} s of processor {usage.ru_maxrss / 1e6 + watch.java_memory:6.2f} GB "
        f"{watch.spilled:6.2f} GB spilled"
    ), target


def compared(folder: Path, millions: float, limits: Sequence[int], spark: Sequence[str]) -> Iterator[str]:
    """Build as many deals under each limit, and with Spark if it has words, and yield what each took, and in what they differ."""
    source = raw_relations(folder, millions)
    rows = source.manifest()["rows"]
    yield f"{rows['deals']:,} deals, {sum(rows[name] for name in HISTORY):,} history rows, {rows['field_values']:,} values"
    with tempfile.TemporaryDirectory(dir=folder) as work:
        one = other = None
        for limit in limits:
            if one:
                shutil.rmtree(one)
            line, one = measured(Path(work), source, f"{limit}GB", [])
            yield f"  duckdb {limit:3} GB  {line}"
        if spark:
            line, other = measured(Path(work), source, "4GB", spark)
            yield f"  spark          {line}"
        if one and other:
            yield f"  rows that differ: {differences(current(one), current(other)) or 'none'}"


def main() -> None:
    """Measure every combination that is asked for, and print a line for each as it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deals", type=float, nargs="+", default=[1, 5, 10])
    parser.add_argument("--memory", type=int, nargs="*", default=[1, 2, 4, 8, 16])
    parser.add_argument("--spark", metavar="MEMORY", help="memory of each of two workers, such as 3g")
    parser.add_argument("--conf", action="append", default=[])
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        words: list[str] = []
        if arguments.spark:
            cluster = stack.enter_context(running(folder, arguments.spark))
            settings = [f"spark.executor.memory={arguments.spark}", "spark.driver.host=127.0.0.1", *arguments.conf]
            words = ["--engine", "spark", "--master", cluster.master, *(word for each in settings for word in ("--conf", each))]
        for millions in arguments.deals:
            for line in compared(folder, millions, arguments.memory, words):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
