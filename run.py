#!/usr/bin/env python3
"""Start Same Side from a bare checkout.

    python3 run.py demo [ARG ...]   the dashboard over sample data
    python3 run.py test [ARG ...]   the tests; ARGs go to pytest
    python3 run.py VERB [ARG ...]   any other verb of the command `sameside`

The first start makes the environment, `.venv`; a changed lock, or a start that was interrupted, makes it afresh.
"""

# The standard library alone, in a syntax that older Pythons can read, so that they can be told what is missing.

import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "sameside.stamp"


def too_old(version: "tuple[int, ...]") -> str:
    """Return what to tell somebody whose Python is too old; nothing if it will do."""
    if version >= OLDEST:
        return ""
    wanted, given = (".".join(map(str, numbers[:2])) for numbers in (OLDEST, version))
    return f"Same Side needs Python {wanted} or newer, and this is {given}: try python{wanted} run.py ..."


def stamp(root: Path, *python: str) -> str:
    """Return what an environment was made of: the lock, the project, this script, where it is, and the Python."""
    files = (root / name for name in ("requirements.lock", "pyproject.toml", "run.py"))
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return "\n".join([*digests, str(root), *python])


def locked(name: str, lock: str) -> str:
    """Return the entry of one package in the text of a lock: its version and hashes."""
    lines = iter(lock.splitlines(keepends=True))
    entry = next(line for line in lines if line.startswith(f"{name}=="))
    while entry.endswith("\\\n"):
        entry += next(lines)
    return entry


def command(verb: str, *arguments: str) -> "list[str]":
    """Return the command line of a verb."""
    if verb == "test":
        return [str(BIN / "python"), "-m", "pytest", *arguments]
    return [str(BIN / "sameside"), verb, *arguments]


@contextmanager
def alone() -> "Iterator[None]":
    """Let a second start of this checkout wait until the first has set up; Windows goes without."""
    with Path(__file__).open("rb") as file:
        if fcntl is not None:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install() -> None:
    """Make the environment afresh, with uv, or with pip alone where uv cannot be had or cannot get through."""

    def call(*parts: "str | Path") -> None:
        subprocess.run([str(part) for part in parts], cwd=str(ROOT), stdout=sys.stderr, check=True)

    if not importlib.util.find_spec("ensurepip"):
        package = "python{}.{}-venv".format(*sys.version_info)
        sys.exit(f"This Python cannot make an environment. On Debian or Ubuntu: apt-get install {package}")
    python = BIN / "python"
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    uv_only = VENV / "uv.txt"
    print("Setting up .venv: about 60 packages, once ...", file=sys.stderr)
    venv.create(VENV, clear=True, symlinks=os.name == "posix", with_pip=True)
    uv_only.write_text(locked("uv", LOCK.read_text(encoding="utf-8")), encoding="utf-8")
    try:
        call(*pip, "--require-hashes", "--requirement", uv_only)
        call(BIN / "uv", "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", python, LOCK)
    except (OSError, subprocess.CalledProcessError):
        print("That did not work with uv; now with pip, which takes longer ...", file=sys.stderr)
        call(*pip, "--require-hashes", "--requirement", LOCK)
    call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def prepare() -> None:
    """See to it that the environment is there and whole: its stamp is written last."""
    wanted = stamp(ROOT, sys.version, sys.base_prefix)
    with alone():
        if not STAMP.is_file() or STAMP.read_text(encoding="utf-8") != wanted:
            STAMP.unlink(missing_ok=True)
            install()
            STAMP.write_text(wanted, encoding="utf-8")


def main(arguments: "list[str]") -> None:
    """Run a verb; the exit code is the verb's own."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__, file=sys.stdout if arguments else sys.stderr)
        sys.exit(0 if arguments else 2)
    problem = too_old(sys.version_info[:3])
    if problem:
        sys.exit(problem)
    try:
        prepare()
        if arguments[0] == "test":
            os.chdir(ROOT)
        line = command(*arguments)
        if os.name == "posix":
            os.execv(line[0], line)  # signals then reach the verb itself
        sys.exit(subprocess.run(line, check=False).returncode)
    except subprocess.CalledProcessError as error:
        sys.exit(f"The set-up failed (see above); the next start begins it afresh. {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
