"""What may know what: the core knows no interface, the pages know no database, the tree knows no machine."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INTERFACE = ["dashboard", "plotly", "streamlit"]

# Spelt so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:tmp|work|farm|root|home|Users)/" + r"\w")
REGISTRY_HOST = re.compile(r"files\.python" + r"hosted|pypi\.org/" + r"simple|registry\.npm" + r"js|deb\.deb" + r"ian")


def modules(package: str) -> list[str]:
    """Return the dotted names of a package and of all that is in it, found by walking its folder."""
    files = sorted((ROOT / package).rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


LOOK = """
import importlib, json, sys
*modules, interface = json.load(sys.stdin)
for module in modules:
    importlib.import_module(module)
    if loaded := sorted(set(interface) & set(sys.modules)):
        print(f"{module} loads {', '.join(loaded)}")
        break
"""


def tree() -> list[Path]:
    """Return the files that git knows or would add; of an unpacked archive, all but those in folders of tools."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        paths = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not path.relative_to(ROOT).parts[0].startswith(".")]
    return [path for path in paths if path.is_file()]


def test_the_core_never_imports_the_interface() -> None:
    """A load on a server, or in a job, pays nothing for the dashboard and cannot break with it."""
    asked = json.dumps([*(name for name in modules("etl") if not name.endswith("__main__")), INTERFACE])
    look = [sys.executable, "-c", LOOK]
    done = subprocess.run(look, cwd=ROOT, input=asked, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == ""


def test_every_module_of_the_core_is_looked_at() -> None:
    """The walk finds what is there; an empty walk would pass everything."""
    assert {"etl", "etl.errors", "etl.config"} <= set(modules("etl"))


def test_pages_do_not_know_the_database() -> None:
    """A page asks `dashboard.data`; none opens a connection or writes SQL of its own."""
    pages = list((ROOT / "dashboard" / "app_pages").rglob("*.py"))
    assert pages
    assert [page.name for page in pages if "duckdb" in page.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("name", ["etl", "dashboard", "sql"])
def test_the_names_are_ours(name: str) -> None:
    """`etl`, `dashboard` and `sql` are common names; here they are this checkout's, not some dependency's."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin == str(ROOT / name / "__init__.py")


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["path", "registry"])
def test_the_tree_knows_no_machine(pattern: re.Pattern[str]) -> None:
    """No file names a folder of somebody's machine or the host of a registry: both differ where it is used."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tree()
        if path.suffix != ".csv"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []
