"""Runs verbs of the command line for the tests of faults: a fork for each, which is cheap to kill, and fails at a file operation if asked.

A line of JSON on stdin is an order: `words` of the command line, `cwd`, and perhaps `at`, the number of the file operation below `root` at
which it dies (`how`: "KILL") or is refused ("ENOSPC", "EIO" …). With `is_quick`, an export has three small files, and the jobs of a scheduler
are done at once. Beside the verbs there is `publish FILE FOLDER LOAD_ID KEEP`. Answers are lines of JSON: the child's number as it begins,
each step of a load as it begins, and how it ended.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import polars as pl

import etl.export
import etl.load
import etl.schedule.watch
from etl import cli
from etl.publish import loading, publish
from etl.queries import Database, Scope
from etl.schedule.scheduler import Done, Result
from etl.troubles import told

EVENTS = frozenset(
    {
        *("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.utime", "os.scandir"),
        *("os.listdir", "fcntl.flock", "shutil.rmtree", "tempfile.mkstemp", "tempfile.mkdtemp", "fsync"),
    }
)
"""What Python tells of before it does it; fsync, which it does not tell of, is told here."""


class Faults:
    """Counts file operations, and fails at one of them."""

    def __init__(self, root: str, at: int, how: str) -> None:
        self.root, self.at, self.how, self.seen = root, at, how, 0

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Be the hook."""
        if event not in EVENTS or not self._is_ours(event, arguments):
            return
        self.seen += 1
        if self.seen == self.at:
            if self.how == "KILL":
                os.kill(os.getpid(), signal.SIGKILL)
            code = getattr(errno, self.how)
            raise OSError(code, os.strerror(code), str(arguments[0]))

    def _is_ours(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event in {"fcntl.flock", "fsync"}:
            return True
        paths = arguments[:2] if event in {"os.rename", "os.symlink", "os.link"} else arguments[:1]
        return any(isinstance(each, str | Path) and os.path.abspath(each).startswith(self.root) for each in paths)  # noqa: PTH100


def run(order: dict[str, Any]) -> None:
    """Carry out an order in a process of its own, and tell how it ended."""
    out, mouth = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        carry_out(order, mouth)
    os.close(mouth)
    tell(pid=child)
    with os.fdopen(out, encoding="utf-8", errors="replace") as lines:
        operations, said = 0, []
        for line in lines:
            if line.startswith("\0step "):
                tell(step=line[6:].rstrip())
            elif line.startswith("\0operations "):
                operations = int(line[12:])
            else:
                said.append(line)
    _, status = os.waitpid(child, 0)
    tell(code=os.waitstatus_to_exitcode(status), said="".join(said), operations=operations)


def tell(**said: Any) -> None:
    """Answer with a line."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def carry_out(order: dict[str, Any], mouth: int) -> None:
    """Be the child: run the command, and end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(mouth, 1)
    os.dup2(mouth, 2)
    os.chdir(order["cwd"])
    faults = Faults(order["root"], order.get("at", 0), order.get("how", "KILL"))
    real, load = os.fsync, etl.load.load

    def fsync(fd: Any) -> None:
        faults.hear("fsync", (fd,))
        real(fd)

    def stepping(request: Any, step: Any = lambda _: None, look: Any = None) -> Any:
        def telling(name: str) -> None:
            os.write(mouth, f"\0step {name}\n".encode())
            step(name)

        return load(request, telling, look)

    replaced: list[tuple[Any, str, Any]] = [(os, "fsync", fsync), (cli, "load", stepping)]
    if order.get("is_quick"):
        replaced += [(etl.export, "_frames", few_frames), (etl.schedule.watch, "Runner", AtOnce)]
    for module, name, stand_in in replaced:
        setattr(module, name, stand_in)
    sys.argv = ["sameside", *order["words"]]
    sys.addaudithook(faults.hear)
    code = 0
    try:
        cli.main()
    except SystemExit as error:
        code = int(error.code or 0)
    except BaseException:  # noqa: BLE001 – what a user would see as a traceback
        import traceback  # noqa: PLC0415

        traceback.print_exc()
        code = 70
    finally:
        faults.at = 0
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(mouth, f"\0operations {faults.seen}\n".encode())
        os._exit(code)


def few_frames(database: Database, scope: Scope) -> Iterator[tuple[str, pl.DataFrame]]:
    """Stand in for the many frames of a snapshot."""
    for name in ("deals", "deal_answers", "loads"):
        yield name, database.relation(name)


class AtOnce:
    """Stands in for the runner of the scheduler's jobs."""

    def __init__(self, *_: object) -> None: ...

    def __call__(self, *_: object) -> Result:
        return Done()


@cli.cli.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("load_id")
@click.argument("keep", type=int)
def publish_verb(file: Path, folder: Path, load_id: str, keep: int) -> None:
    """Publish a file that is built already, as the file of an audience too."""
    with told("nothing was published", folder), loading(folder) as work:
        audiences = work / "made.audiences"
        audiences.mkdir()
        shutil.copyfile(file, audiences / "north.duckdb")
        publish(Path(shutil.copyfile(file, work / "deals.duckdb")), folder, load_id, keep, audiences)


for line in sys.stdin:
    run(json.loads(line))
