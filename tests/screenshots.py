"""Screenshots of the dashboard, at three widths and in both themes.

    python tests/screenshots.py OUT_FOLDER [--data FOLDER] [--only PAGE ...] [--readme]

Without a data folder the sample export is loaded into a temporary one. The page of a deal is that of the first one to coach, and
the first run is that of a folder without data. With --readme the picture of the README is renewed.
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
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from playwright.sync_api import Browser, sync_playwright

from etl.config import load_config
from etl.load import Request, load

ROOT = Path(__file__).parents[1]
SIZES = {"wide": (1440, 900), "laptop": (1280, 800), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = {
    "overview": "",
    "win-rate": "win_rate",
    "sales-cycle": "sales_cycle",
    "questions": "questions",
    "is-it-real": "is_it_real",
    "team": "team",
    "coaching": "coaching",
    "data-health": "data_health",
    "definitions": "definitions",
    "sql": "sql",
    "load-data": "load_data",
}
README_PICTURE = ROOT / "dashboard" / "screenshots" / "overview.png"
DEAL, FIRST_RUN = "deal", "first-run"


def main() -> None:
    """Take a picture of every page, width and theme."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", nargs="+", choices=[*PAGES, DEAL, FIRST_RUN], default=[*PAGES, DEAL, FIRST_RUN], metavar="PAGE")
    parser.add_argument("--readme", action="store_true", help="put the Overview in the place of the README's picture")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
        with data_folder(asked.data) as folder, served(folder) as url:
            for name in asked.only:
                if name != FIRST_RUN:
                    take_all(browser, f"{url}{PAGES[name]}" if name in PAGES else first_deal(browser, url), asked.out / name)
        if FIRST_RUN in asked.only:
            with tempfile.TemporaryDirectory() as empty, served(Path(empty)) as url:
                take_all(browser, url, asked.out / FIRST_RUN)
        browser.close()
    if asked.readme:
        shutil.copyfile(asked.out / "overview-wide-light.png", README_PICTURE)


def first_deal(browser: Browser, url: str) -> str:
    """Return the address of the page of the first deal to coach."""
    page = browser.new_page()
    page.goto(f"{url}{PAGES['coaching']}")
    link = page.locator("a[href*='deal?deal=']").first.get_attribute("href", timeout=60_000) or ""
    page.close()
    return urljoin(url, link)


def take_all(browser: Browser, url: str, file: Path) -> None:
    """Take the pictures of a page, at each width and in each theme."""
    for scheme in SCHEMES:
        for size in SIZES:
            take(browser, url, scheme, size, file.with_name(f"{file.name}-{size}-{scheme}.png"))


def take(browser: Browser, url: str, scheme: Literal["light", "dark"], size: str, file: Path) -> None:
    """Take a picture of a whole page, as long as it is."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(url)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
    page.locator("h1").first.wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    length = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, length)})
    page.wait_for_timeout(1000)
    page.screenshot(path=file)
    page.close()


@contextmanager
def data_folder(given: Path | None) -> Iterator[Path]:
    """Yield the data folder given, or a temporary one with the sample export."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        load(Request((ROOT / "sample_data" / "salesforce.zip",), Path(folder), load_config()))
        yield Path(folder)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the dashboard on a free port while it is looked at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py")]
    options = ["--server.headless", "true", "--server.port", str(port)]
    with subprocess.Popen([*command, *options], cwd=ROOT, env=os.environ | {"SAMESIDE_DATA": str(folder)}) as server:
        pause = threading.Event()
        while server.poll() is None and not answers(port):
            pause.wait(0.2)
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


def answers(port: int) -> bool:
    """Return whether the server is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main()
