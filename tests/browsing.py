"""What tests in a real browser share: the dashboard as a process, Chromium, and pages that fail their test on an error or on leaving."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from dashboard import rounding
from etl.queries import Database, Scope

ROOT = Path(__file__).parents[1]
WAIT = 60_000
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"

_CHROMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the dashboard on a data folder, as `streamlit run` does, and give its URL."""
    port = free_port()
    options = ("--server.headless", "true", "--server.port", str(port))
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py"), *options]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"SAMESIDE_DATA": str(folder)}) as server:
        try:
            wait_until_answers(server, f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_answers(server: subprocess.Popen[bytes], url: str) -> None:
    """Wait until a server answers at an address; fail where it ends before, or takes over a minute."""
    pause = threading.Event()
    for _ in range(300):
        assert server.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own
                return
        except OSError:
            pause.wait(0.2)
    pytest.fail(f"nothing answers at {url}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a Chromium; the test is skipped only where there is none."""
    chrome = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, _CHROMES)), None)
    if chrome is None:
        pytest.skip(f"no Chromium found: install one of {', '.join(_CHROMES)}, or name one in CHROME_PATH")
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu", *quiet])
        yield opened
        opened.close()


@contextmanager
def watched(browser: Browser, **how: Any) -> Iterator[Page]:
    """Give a page that fails its test on an error in the console, on a dialogue, and on a request that leaves the machine."""
    errors: list[str] = []
    outside: list[str] = []
    opened = browser.new_page(viewport={"width": 1440, "height": 1000}, **how)
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" and not (is_probe(said) or is_late(said)) else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda request: outside.append(request.url) if leaves(request.url) else None)
    yield opened
    opened.close()
    assert errors == []
    assert outside == []


def is_probe(said: ConsoleMessage) -> bool:
    """Return whether Streamlit's own page looked for its server below a page's address, where it is not, before it looked further up."""
    return urlsplit(said.location["url"]).path.endswith(("/_stcore/health", "/_stcore/host-config"))


def is_late(said: ConsoleMessage) -> bool:
    """Return whether Streamlit looked, of its own accord, for the file of a download that a newer run of the page has replaced by then.

    Whether downloads work is for the tests that click on them.
    """
    return "Download Button source error - 404" in said.text or ("404" in said.text and "/media/" in said.location["url"])


def leaves(url: str) -> bool:
    """Return whether a request goes to another machine."""
    parts = urlsplit(url)
    return parts.scheme not in {"data", "blob", "file"} and parts.hostname != "127.0.0.1"


def sentence(database: Database, scope: Scope) -> re.Pattern[str]:
    """Return what the verdict must hold: the gap among alike deals with its interval, as the database has them."""
    row = database.verdict(scope).row(0, named=True)
    ends = rounding.between(*(rounding.number(100 * row[end]) for end in ("low", "high")))
    return re.compile(f"Compared like for like.* {rounding.points(row['difference'])}.* \\(95% interval {ends}\\)".replace("\xa0", r"\s"))
