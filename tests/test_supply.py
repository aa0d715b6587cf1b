"""What Same Side is made of: every package locked by hash, wanted by somebody, and under a licence that leaves its users free."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[1]
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK: Final = (ROOT / "requirements.lock").read_text(encoding="utf-8")
_ENTRY: Final = re.compile(r"^([a-z0-9.-]+)==([^ \\]+)", re.MULTILINE)

FREE: Final = re.compile(
    r"mit(-0|-cmu)?|bsd|0bsd|isc|apache|psf|python software foundation|mpl|mozilla public|zlib|cc0|unlicense|zpl|hpnd", re.IGNORECASE
)
"""Licences of packages that are shipped to users or run there: permissive ones, and the MPL, which binds changes of its own files alone."""
COPYLEFT: Final = re.compile(r"\b[la]?gpl|general public|\bsspl\b|\bbusl\b|commons.clause|proprietary", re.IGNORECASE)
KNOWN: Final[dict[str, str]] = {
    "paramiko": "LGPL-2.1",  # of the extra `remote` alone: a library that is used as it is, and is not shipped with Same Side
}
"""Exceptions, each looked at."""
NOT_LOCKED: Final = {"pyspark"}
"""Of extras that a cluster decides about: half a gigabyte that every installation would fetch, and the version is the cluster's."""


def entries() -> dict[str, str]:
    """Return the entries of the lock by name, with all their lines."""
    starts = list(_ENTRY.finditer(LOCK))
    ends = [start.start() for start in starts[1:]] + [len(LOCK)]
    return {start[1]: LOCK[start.start() : end] for start, end in zip(starts, ends, strict=True)}


def required(*extras: str) -> set[str]:
    """Return the packages that run where Same Side is installed with some extras: what is asked for, and what that asks for."""
    left = [Requirement(line) for line in PROJECT["dependencies"]]
    left += [Requirement(line) for extra in extras for line in PROJECT["optional-dependencies"][extra]]
    found: dict[str, set[str]] = {}
    while left:
        each = left.pop()
        name, wanted = canonicalize_name(each.name), {"", *each.extras}
        known = found.setdefault(name, set())
        for extra in wanted - known:
            known.add(extra)
            for line in metadata.requires(name) or ():
                inner = Requirement(line)
                if inner.marker is None or (inner.marker.evaluate({"extra": extra}) and (extra or "extra" not in str(inner.marker))):
                    left.append(inner)
    return set(found)


@cache
def licence(name: str) -> str:
    """Return the licence that a package says it has: as an expression, else by its classifiers, else as the first line of a text."""
    told = metadata.metadata(name)
    classified = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    expression, text = ("".join(told.get_all(field, [])[:1]) for field in ("License-Expression", "License"))
    return expression or "; ".join(classified) or text.strip().partition("\n")[0]


def test_every_locked_package_has_its_version_and_hashes() -> None:
    """Nothing is installed that was not seen: each entry is one version, with SHA-256 hashes, and nothing stands between the entries."""
    found = entries()
    assert len(found) > 60
    without = [name for name, text in found.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", text)]
    assert without == []
    odd = [line for line in LOCK.splitlines() if not re.match(r"[a-z0-9.-]+==|    --hash=sha256:[0-9a-f]{64}|    # |#|$", line)]
    assert odd == []


@pytest.mark.parametrize("lock", ["requirements.lock", ".ci/supply.lock"])
def test_nothing_comes_from_elsewhere(lock: str) -> None:
    """No address, no folder and no other index: names and hashes say what, and whoever installs says from where."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|git\+|@ |-i |--(extra-)?index|--find-links|--trusted-host", text)
    assert text.count("==") > 40


def test_each_direct_dependency_says_what_it_is_for() -> None:
    """A comment beside each; and each is in the lock, unless it is said why not."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = [*PROJECT["dependencies"], *(line for lines in PROJECT["optional-dependencies"].values() for line in lines)]
    bare = [line for line in listed if not re.search(rf'"{re.escape(line)}"\]?,? +# \S', text)]
    assert bare == []
    assert {canonicalize_name(Requirement(line).name) for line in listed} - set(entries()) == NOT_LOCKED


def test_each_direct_dependency_is_used() -> None:
    """One that no file of ours imports any more goes."""
    names = {canonicalize_name(Requirement(line).name): Requirement(line) for line in PROJECT["dependencies"]}
    code = "\n".join(path.read_text(encoding="utf-8") for folder in ("etl", "dashboard") for path in (ROOT / folder).rglob("*.py"))
    unused = [name for name in names if not re.search(rf"^\s*(?:from|import) {name.replace('-', '_')}\b", code, re.MULTILINE)]
    assert unused == []


def test_what_runs_is_locked() -> None:
    """The lock holds all that an installation brings along."""
    assert required("remote", "shell") - set(entries()) == set()


@pytest.mark.parametrize("extras", [(), ("remote", "shell")], ids=["plain", "extras"])
def test_licences_leave_users_free(extras: tuple[str, ...]) -> None:
    """No copyleft and no unknown licence among what is installed with Same Side."""
    found = {name: licence(name) for name in sorted(required(*extras))}
    assert len(found) > 30
    wrong = {name: said for name, said in found.items() if COPYLEFT.search(said) or not FREE.search(said)}
    assert wrong == (KNOWN if extras else {})


SECRETS: Final = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{60,}",
    "a token of Slack": r"\bxox[abposr]-[0-9A-Za-z-]{10,}",
    "a webhook of Slack": r"hooks\.slack\.com/services/T[0-9A-Z]{6,}/",
    "a token of PyPI": r"\bpypi-[A-Za-z0-9_-]{40,}",
    "a token of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a key of an AI": r"\bsk-[A-Za-z0-9_-]{32,}",
    "a web token": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}",
    "a password in an address": r"\b[a-z][a-z0-9+]*://[^\s/:@\"'{}$<>]+:[^\s/:@\"'{}$<>]+@(?!example|127\.0\.0\.1|localhost)",
}


def tracked() -> list[Path]:
    """Return the files of the project, by git where there is one."""
    folders = ("etl", "dashboard", "sql", "sample_data", "tests", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [*files, *(path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")]


def test_no_secret_lies_about() -> None:
    """No key, token or password in any file, whatever its kind."""
    patterns = {what: re.compile(pattern.encode()) for what, pattern in SECRETS.items()}
    found = [
        f"{path.relative_to(ROOT)}: {what}" for path in tracked() for what, pattern in patterns.items() if pattern.search(path.read_bytes())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a private key", "-----BEGIN " + "RSA PRIVATE KEY-----"),
        ("a key of AWS", "AKIA" + "ABCDEFGHIJ234567"),
        ("a password in an address", "https://me:" + "secret@host.invalid/"),
        ("a token of Slack", "xoxb-" + "1234567890-abc"),
    ],
)
def test_a_secret_would_be_seen(what: str, text: str) -> None:
    """The counterpart, so that the test above can fail."""
    assert re.search(SECRETS[what], text)
