"""A standalone Spark cluster on loopback: a master and two workers, as processes of their own that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cluster:
    """Where the master listens, and the workers."""

    master: str
    workers: list[subprocess.Popen[str]]


@contextmanager
def running(work: Path, memory: str) -> Iterator[Cluster]:
    """Start a master and two workers with a core and so much memory each, and end them with all that they started."""
    import pyspark  # noqa: PLC0415 – optional

    home = Path(pyspark.__file__).parent
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    started: list[subprocess.Popen[str]] = []

    def start(name: str, *words: str) -> subprocess.Popen[str]:
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *words]
        process = subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE, cwd=work, start_new_session=True)
        started.append(process)
        return process

    try:
        master = _told(start("master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"), "Starting Spark master at ")
        words = ("--cores", "1", "--memory", memory, "--webui-port", "0", "--work-dir", str(work), master)
        workers = [start("worker.Worker", *words) for _ in range(2)]
        for worker in workers:
            _told(worker, "Successfully registered with master")
        yield Cluster(master, workers)
    finally:
        for process in started:
            end(process)


def _told(process: subprocess.Popen[str], text: str) -> str:
    """Wait until a process tells something on stderr, and return what stands after it; then let it tell on, to nobody."""
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line.partition(text)[2].strip()
    raise RuntimeError(f"a process ended before it told: {text}")


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process of the cluster with all that it started, as an outage would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
