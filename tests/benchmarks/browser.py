"""How long a visitor waits: start, first page, and each changed filter, in a real browser, beside an empty Streamlit page in the same run.

`python -m tests.benchmarks.browser DATA_FOLDER [--pages win_rate team]` serves a data folder and prints, in seconds:

- ready: from the start of the server until it answers that it is healthy;
- first page: from the address until the page's script has ended and its first chart is drawn, in a browser with an empty cache;
- a changed filter: from the click until the whole new page stands, per page the median and the 95th percentile over values of each
  dimension, landmark days, and definitions: when they are chosen for the first time since the start, and when they were seen before.

The empty page is a title, a control and a line of text. What it takes is Streamlit's and the browser's own; the rest is ours.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.benchmarks.cost import ROOT
from tests.benchmarks.table import Line, beside

EMPTY_NAME = "an empty Streamlit page"
EMPTY = """
import streamlit as st
st.title("Empty")
st.text(st.segmented_control("Landmark day", [14, 30, 60, 90], default=30, required=True))
"""
PAGES = ("", "win_rate", "sales_cycle", "questions", "is_it_real", "team", "coaching", "data_health")
DIMENSIONS = ("Team", "Rep", "Segment", "Deal type", "Lead source", "Amount band", "ICP fit")
WORDS = ("14", "60", "90", "decided", "out")
AT_REST = """() => {
    const app = document.querySelector('[data-testid=stApp]')
    return app?.getAttribute('data-test-script-state') === 'notRunning' && !document.querySelector('[data-stale=true]')
}"""
# Notes when the next press of a button begins, and when the page stands again: its script has run, nothing is stale, two frames are drawn.
WATCH = """() => {
    const watch = window.watch = {began: null, took: null}
    const app = document.querySelector('[data-testid=stApp]')
    let ran = false
    const look = (seen) => {
        // An empty page may be through between two frames: its own line of text tells.
        if (seen.some((each) => each.attributeName === 'data-test-script-state' || each.type !== 'attributes')) ran = true
        if (app.getAttribute('data-test-script-state') === 'notRunning' && ran && watch.took === null && !document.querySelector('[data-stale=true]'))
            requestAnimationFrame(() => requestAnimationFrame(() => {
                if (app.getAttribute('data-test-script-state') === 'notRunning') watch.took = performance.now() - watch.began
            }))
    }
    addEventListener('pointerdown', () => { watch.began = performance.now() }, {capture: true, once: true})
    const watcher = new MutationObserver(look)
    watcher.observe(document.body, {attributes: true, subtree: true, attributeFilter: ['data-test-script-state', 'data-stale']})
    const text = document.querySelector('[data-testid=stText]')
    if (text) watcher.observe(text, {characterData: true, childList: true, subtree: true})
}"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: its address, its process, and the seconds until it was healthy."""

    address: str
    pid: int
    ready: float


def measure(folder: Path, pages: Sequence[str] = PAGES) -> list[Line]:
    """Measure the empty page and ours, for every page of these."""
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as work:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
        empty = Path(work) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        with served(empty, Path(work)) as bare:
            bare_first = [first_page(browser, bare.address, "h1") for _ in range(3)]
            bare_changed = words(browser, bare.address, (*WORDS[:3], "30") * 3)
        with served(ROOT / "dashboard" / "server.py", folder) as server:
            first = [first_page(browser, server.address, ".js-plotly-plot .points path") for _ in range(3)]
            lines = [
                beside("start of the server until it is ready", [server.ready], EMPTY_NAME, [bare.ready]),
                beside("the first page of the first visitor", first[:1], EMPTY_NAME, bare_first[:1]),
                beside("the first page of the next visitors", first[1:], EMPTY_NAME, bare_first[1:]),
            ]
            for name in pages:
                address = server.address + name
                took = [*choices(browser, address), *words(browser, address, WORDS)]
                again = [*choices(browser, address), *words(browser, address, WORDS)]
                lines.append(beside(f"{name or 'overview'}: a changed filter, for the first time", took, EMPTY_NAME, bare_changed))
                lines.append(beside(f"{name or 'overview'}: a changed filter, seen before", again, EMPTY_NAME, bare_changed))
        browser.close()
    return lines


@contextmanager
def served(app: Path, folder: Path) -> Iterator[Server]:
    """Serve an app on a free port, and yield the server once it is healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless", "true", "--server.port", str(port)]
    began = time.perf_counter()
    environment = os.environ | {"SAMESIDE_DATA": str(folder)}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pause = threading.Event()
    try:
        while not is_healthy(port):
            pause.wait(0.02)
        yield Server(f"http://127.0.0.1:{port}/", server.pid, time.perf_counter() - began)
    finally:
        server.terminate()
        server.wait()


def is_healthy(port: int) -> bool:
    """Return whether a server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
            return True
    except OSError:
        return False


def first_page(browser: Browser, url: str, until: str) -> float:
    """Return the seconds from the address until the page stands, with an empty cache."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    began = time.perf_counter()
    page.goto(url)
    page.locator(until).first.wait_for(timeout=120_000)
    page.wait_for_function(AT_REST, timeout=120_000)
    seconds = time.perf_counter() - began
    page.close()
    return seconds


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """Open a page, and wait until it is at rest."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(url)
    page.get_by_role("radio").first.wait_for(timeout=120_000)
    page.locator("h1").first.wait_for(timeout=120_000)
    page.wait_for_function(AT_REST, timeout=120_000)
    yield page
    page.close()


def words(browser: Browser, url: str, asked: tuple[str, ...]) -> list[float]:
    """Return the seconds that each click on a word of a control takes, one after the other."""
    with opened(browser, url) as page:
        buttons = [page.get_by_role("radio", name=word, exact=True) for word in asked]
        return [changed(page, button.click) for button in buttons if button.count()]


def choices(browser: Browser, url: str) -> list[float]:
    """Return the seconds that it takes to narrow each dimension to one of its values."""
    seconds = []
    for dimension in DIMENSIONS:
        with opened(browser, url) as page:
            seconds.append(changed(page, option(page, dimension).click))
    return seconds


def option(page: Page, dimension: str) -> Locator:
    """Return the second value of a dimension in its open list. The list of a sidebar that still scrolls closes again."""
    second = page.get_by_role("option").nth(1)
    while not second.is_visible():
        page.get_by_label(dimension, exact=True).first.click()
        page.wait_for_timeout(500)
    return second


def changed(page: Page, act: Callable[[], None]) -> float:
    """Return the seconds from a press of the mouse until the new page stands."""
    page.evaluate(WATCH)
    act()
    page.wait_for_function("() => window.watch.took !== null", timeout=120_000)
    return float(page.evaluate("window.watch.took")) / 1000


def main() -> None:
    """Measure the pages that are asked for, and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", nargs="*", default=PAGES)
    asked = parser.parse_args()
    for line in measure(asked.folder, asked.pages):
        sys.stdout.write(f"{line.what:55} {line.ours:40} {line.beside} {line.other}\n")


if __name__ == "__main__":
    main()
