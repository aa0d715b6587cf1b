"""How long a visitor waits: start, first page, and each changed filter, in a real browser, beside an empty Streamlit page in the same run.

`python tests/benchmarks/browser.py DATA_FOLDER [--pages overview win_rate]` serves a data folder and prints, in seconds:

- ready: from the start of the server until it answers that it is healthy;
- first page: from the address until the page's script has ended and its first chart is drawn, in a browser with an empty cache;
- a changed filter: from the click until the new page stands, per page the median and the 95th percentile over filters that nobody asked
  for before: values of each dimension, landmark days, and definitions.

The empty page is a title, a control and a line of text. What it takes is Streamlit's and the browser's own; the rest is ours.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]
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


def main() -> None:
    """Measure the empty page and ours, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", nargs="*", default=PAGES)
    asked = parser.parse_args()
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as work:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
        empty = Path(work) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        with served(empty, Path(work)) as (url, ready):
            say(
                "empty page",
                ready=[ready],
                first=[first_page(browser, url, "h1") for _ in range(3)],
                changed=words(browser, url, WORDS[:3]),
            )
        with served(ROOT / "dashboard" / "server.py", asked.folder) as (url, ready):
            say("overview", ready=[ready], first=[first_page(browser, url, ".js-plotly-plot .points path") for _ in range(3)])
            for name in asked.pages:
                say(name or "overview", changed=[*choices(browser, url + name), *words(browser, url + name, WORDS)])
        browser.close()


def say(name: str, **measured: list[float]) -> None:
    """Print what was measured: the only value, or median and 95th percentile."""
    parts = [f"{what} {told(seconds)}" for what, seconds in measured.items() if seconds]
    sys.stdout.write(f"{name:14} {'   '.join(parts)}\n")
    sys.stdout.flush()


def told(seconds: list[float]) -> str:
    """Return one value, or the median, the 95th percentile and how many there are."""
    if len(seconds) == 1:
        return f"{seconds[0]:.2f}"
    ninety_fifth = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"{statistics.median(seconds):.2f} (95th percentile {ninety_fifth:.2f}, of {len(seconds)})"


@contextmanager
def served(app: Path, folder: Path) -> Iterator[tuple[str, float]]:
    """Serve an app on a free port; yields its address, and the seconds until it was healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless", "true", "--server.port", str(port)]
    began = time.perf_counter()
    environment = os.environ | {"SAMESIDE_DATA": str(folder)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pause = threading.Event()
    while not is_healthy(port):
        pause.wait(0.02)
    yield f"http://127.0.0.1:{port}/", time.perf_counter() - began
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
    page.wait_for_function("window.watch.took !== null", timeout=120_000)
    return float(page.evaluate("window.watch.took")) / 1000


if __name__ == "__main__":
    main()
