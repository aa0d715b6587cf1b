"""The dashboard in a real browser: what a person sees, clicks and shares, and that nothing leaves the machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, Locator, Page, Position, expect
from playwright.sync_api import TimeoutError as TooLate

from dashboard import rounding
from dashboard.wording import sales_cycle, win_rate
from dashboard.wording.verdict import QUESTION
from etl.cli import cli
from etl.queries import Database, Scope
from tests.browsing import AT_REST, ROOT, WAIT, sentence, served

pytestmark = pytest.mark.browser

HOSTILE = "![x](http://evil.example/p.png) <img src='http://evil.example/q.png'> www.evil.example :streamlit: $x$"

Serve = Callable[[Path], str]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Return a function that serves the dashboard on a data folder and returns its URL."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(served(folder))


@pytest.fixture(scope="module")
def url(serve: Serve, sample: Database) -> str:
    """Return where the sample export is served."""
    return serve(sample.path.parent)


def open_list(page: Page, label: str) -> None:
    """Open the list of a filter. One that is pressed while the sidebar is still being drawn, or scrolls to it, closes again."""
    expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
    for _ in range(5):
        page.get_by_label(label, exact=True).click(timeout=WAIT)
        with suppress(TooLate):
            page.get_by_role("option").first.wait_for(timeout=2000)
            return
    pytest.fail(f"the list of {label} did not open")


def test_a_filter_goes_into_the_url_and_the_url_reopens_it(page: Page, url: str, sample: Database) -> None:
    """Choosing a segment changes figures and address; the address alone brings both back."""
    page.goto(url)
    open_list(page, "Segment")
    page.get_by_role("option", name="SMB").click()
    narrowed = sentence(sample, Scope(segment=("SMB",)))
    expect(page.locator(".st-key-verdict")).to_contain_text(narrowed, timeout=WAIT)
    expect(page).to_have_url(re.compile(r"\?segment=SMB$"))
    page.reload()
    expect(page.locator(".st-key-verdict")).to_contain_text(narrowed, timeout=WAIT)
    expect(page.locator(".st-key-segment")).to_contain_text("SMB")


def test_reset_clears_the_url(page: Page, url: str, sample: Database) -> None:
    """One click brings back all deals, and the plain address."""
    page.goto(f"{url}?segment=SMB&landmark=60&answers=2&created=Q1+2025&created=Q4+2025")
    expect(page.get_by_text("Segment: SMB")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".st-key-verdict")).to_contain_text(sentence(sample, Scope()), timeout=WAIT)
    expect(page).to_have_url(url)


def test_the_ladders_data_can_be_downloaded(page: Page, url: str, sample: Database) -> None:
    """The button hands over the metric's rows, named for the day of the export."""
    page.goto(url)
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Download CSV").first.click(timeout=WAIT)
    assert download.value.suggested_filename == "evidence_ladder_2026-06-30.csv"
    assert len(Path(download.value.path()).read_text().splitlines()) == 1 + sample.evidence_ladder(Scope()).height


def test_why_deals_are_left_out(page: Page, url: str, sample: Database) -> None:
    """The header opens to a list of every part of the deals in scope."""
    page.goto(url)
    page.get_by_role("button", name="left out: why?").click(timeout=WAIT)
    left_out = sample.left_out(Scope())
    expect(page.get_by_text(f"{left_out['deals'][0]:,} deals compared")).to_be_visible()
    expect(page.locator("li").filter(has_text=re.compile(r"^[\d,]+ deals? "))).to_have_count(left_out.height)


def test_bands_of_amounts_stand_in_order_of_size(page: Page, url: str) -> None:
    """The smallest first, deals without an amount last."""
    page.goto(url)
    open_list(page, "Amount band")
    expect(page.get_by_role("option")).to_have_text(
        ["Select all", "under 10,000", "10,000 to 50,000", "50,000 to 250,000", "250,000 and more", "(none)"]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, url: str, scheme: str) -> None:
    """At 390 pixels everything is as wide as the window, in both themes."""
    phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark" if scheme == "dark" else "light")
    phone.goto(url)
    expect(phone.locator(".js-plotly-plot .points path").first).to_be_visible(timeout=WAIT)
    wide = "[document.documentElement, document.querySelector('[data-testid=stMain]')].map(e => e.scrollWidth)"
    assert max(phone.evaluate(wide)) <= 390
    phone.close()


def test_hostile_names_are_text(page: Page, serve: Serve, few_deals: Callable[..., Path]) -> None:
    """A rep's name that is markup is read as it is written, and fetches nothing."""
    page.goto(serve(few_deals(80, 40, reps=(HOSTILE, "B"))))
    open_list(page, "Rep")
    page.get_by_role("option", name="evil.example").click()
    line = page.locator(".stMainBlockContainer").get_by_text("Rep:")
    expect(line).to_be_visible(timeout=WAIT)
    assert line.inner_text().replace("\u2060", "") == f"Rep: {HOSTILE}"
    assert page.locator(".stMainBlockContainer a, .stMainBlockContainer img").count() == 0


def test_from_an_upload_to_the_overview(page: Page, serve: Serve, tmp_path: Path, sample: Database) -> None:
    """A visitor without a database hands in an export, takes the columns that are proposed, loads, and reads the sentence."""
    page.goto(serve(tmp_path))
    page.locator("input[type=file]").set_input_files(ROOT / "sample_data" / "salesforce.zip", timeout=WAIT)
    page.get_by_role("button", name="Look at the files").click(timeout=WAIT)
    expect(page.get_by_text("A Salesforce export: 6 files with 4,001 deals.")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Identified_Pain__c · 55% filled")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("The new data are loaded")).to_be_visible(timeout=WAIT)
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Download the settings").click()
    assert Path(download.value.path()).read_bytes() == (tmp_path / "sameside.toml").read_bytes()
    page.get_by_role("button", name="See what they say").click()
    expect(page.locator(".st-key-verdict")).to_contain_text(sentence(sample, Scope()), timeout=WAIT)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".upload", ".build"))] == []


def test_one_click_loads_the_sample(page: Page, serve: Serve, tmp_path: Path, sample: Database) -> None:
    """From nothing to the dashboard, which opens by itself."""
    page.goto(serve(tmp_path))
    page.get_by_role("button", name="Load the sample").click(timeout=WAIT)
    expect(page.get_by_text("Building relations")).to_be_visible(timeout=WAIT)
    expect(page.locator(".st-key-verdict")).to_contain_text(sentence(sample, Scope()), timeout=WAIT)


PAGES = (
    "Win rate",
    "Sales cycle",
    "Buyer questions",
    "Is it real?",
    "Team",
    "Coaching",
    "Data health",
    "Definitions",
    "SQL",
    "Load data",
    "Overview",
)
MOST_TABS = 150
FIRST_TICK = Position(x=18, y=52)  # in a table: below its header, the box of the first row


def test_every_page_opens_from_the_menu(page: Page, url: str) -> None:
    """Each has a title of its own, keeps the scope in its address, and logs no error."""
    page.goto(f"{url}?segment=SMB")
    title, titles = page.locator(".stMainBlockContainer h1"), [QUESTION]
    expect(title).to_have_text(QUESTION, timeout=WAIT)
    expect(page.locator(".js-plotly-plot .points path").first).to_be_visible(timeout=WAIT)
    for name in PAGES:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=False).click(timeout=WAIT)
        expect(title).not_to_have_text(titles[-1], timeout=WAIT)
        expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
        titles.append(title.inner_text())
        expect(page).to_have_url(re.compile("segment=SMB"))
    assert len(set(titles)) == len(PAGES)


def test_an_escape_is_refused_and_a_query_is_answered(page: Page, url: str, sample: Database) -> None:
    """What reaches for a file is told to be shut off; in its place come the rows of the next query, which are the metric's, as CSV."""
    page.goto(f"{url}sql")
    query, run = page.get_by_label("Query", exact=True), page.get_by_role("button", name="Run", exact=True)
    refused, told = page.get_by_text("This function is shut off."), sample.win_rate(Scope(), by="segment").select("won", "deals")
    query.fill("from read_text('/etc/passwd')", timeout=WAIT)
    run.click()
    expect(refused).to_be_visible(timeout=WAIT)
    query.fill("select won, deals from metrics.win_rate(dimension := 'segment')")
    run.click()
    expect(page.get_by_text(f"{told.height} rows in all.")).to_be_visible(timeout=WAIT)
    expect(refused).to_have_count(0)
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Download CSV").click()
    assert Path(download.value.path()).read_text() == told.write_csv()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus; fail where it cannot be reached."""
    expect(wanted).to_be_visible(timeout=WAIT)
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def test_the_keyboard_is_enough(page: Page, url: str, sample: Database) -> None:
    """From the menu to a page, a filter, a table behind a line that opens, and a download, without a mouse."""
    page.goto(url)
    expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
    tab_to(page, page.get_by_test_id("stSidebarNav").get_by_role("link", name="Sales cycle"))
    page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_have_text(sales_cycle.QUESTION, timeout=WAIT)
    tab_to(page, page.get_by_label("Segment", exact=True))
    page.keyboard.press("ArrowDown")
    page.keyboard.type("SMB")
    page.keyboard.press("Enter")
    narrowed = sample.verdict(Scope(segment=("SMB",))).row(1, named=True)["difference"]
    expect(page.locator(".st-key-verdict")).to_contain_text(rounding.days(abs(narrowed)).replace("\xa0", " "), timeout=WAIT)
    expect(page).to_have_url(re.compile(r"/sales_cycle\?segment=SMB$"))
    page.keyboard.press("Escape")
    card = page.locator(".st-key-median_days")
    tab_to(page, card.locator("summary"))
    page.keyboard.press("Enter")
    expect(card.get_by_test_id("stDataFrame")).to_be_visible(timeout=WAIT)
    tab_to(page, card.get_by_role("button", name="Download CSV"))
    with page.expect_download(timeout=WAIT) as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "median_days_2026-06-30.csv"


def test_from_a_dot_to_its_deals_to_one_of_them(page: Page, url: str, sample: Database) -> None:
    """A click on a dot lists the deals that it counts, a tick opens the page of the first, and back leads to where one came from."""
    page.goto(f"{url}win_rate?by=Segment")
    largest = sample.win_rate(Scope(), "segment").group_by("by_value").agg(pl.col("deals").sum()).sort("deals")["by_value"][-1]
    deals = sample.deal_list(Scope(), "segment", largest, "customer-focused")
    dot = page.locator(".st-key-win_rate_by_segment .js-plotly-plot .points path").first
    expect(dot).to_be_visible(timeout=WAIT)
    expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
    page.mouse.click(*middle_of(dot))
    said = f"All {deals['deals'][0]} customer-focused deals of {largest}"
    expect(page.locator(".stMainBlockContainer").get_by_text(said)).to_be_visible(timeout=WAIT)
    page.locator("[class*='st-key-list-of'] .dvn-scroller").click(position=FIRST_TICK)
    expect(page.locator("h1").first).to_have_text(deals["deal_name"][0], timeout=WAIT)
    expect(page).to_have_url(re.compile(f"/deal\\?.*deal={deals['deal_id'][0]}"))
    page.go_back()
    expect(page.locator("h1").first).to_have_text(win_rate.QUESTION, timeout=WAIT)


def middle_of(mark: Locator) -> tuple[float, float]:
    """Return where the middle of a mark is; what lies over a chart takes the clicks, so that a mark cannot be clicked by itself."""
    box = mark.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


LIGHT = "rgb(255, 255, 255)"
ADDRESSES = ("", "win_rate", "sales_cycle", "questions", "is_it_real", "team", "coaching", "data_health", "definitions", "sql", "load_data")


def faults(page: Page, **options: list[str]) -> list[str]:
    """Return the serious and critical faults that axe-core finds; with runOnly, by these rules alone."""
    violations = Axe().run(page, options=options or None).response["violations"]
    return [fault["id"] for fault in violations if fault["impact"] in {"serious", "critical"}]


def test_no_page_has_a_serious_accessibility_fault(page: Page, url: str) -> None:
    """axe-core finds nothing serious or critical on any page; in the dark theme, which differs in colours alone, no lack of contrast."""
    found = {}
    shown = page.get_by_test_id("stApp")
    for address in ADDRESSES:
        page.emulate_media(color_scheme="light")
        page.goto(f"{url}{address}")
        expect(page.locator("h1").first).to_be_visible(timeout=WAIT)
        expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
        expect(shown).to_have_css("background-color", LIGHT)
        found[address, "light"] = faults(page)
        page.emulate_media(color_scheme="dark")
        expect(shown).not_to_have_css("background-color", LIGHT)
        expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
        found[address, "dark"] = faults(page, runOnly=["color-contrast"])
    assert {address: each for address, each in found.items() if each} == {}


def test_the_report_needs_nothing_but_itself(browser: Browser, sample: Database, tmp_path: Path) -> None:
    """Opened from a disk, its charts are drawn, and nothing is fetched."""
    file = tmp_path / "report.html"
    done = CliRunner().invoke(cli, ["report", "--data", str(sample.path.parent), "--to", str(file)])
    assert done.exit_code == 0, done.output
    fetched: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(file.as_uri())
    expect(page.locator(".js-plotly-plot")).to_have_count(5)
    expect(page.locator("body")).to_contain_text(sentence(sample, Scope()))
    assert [each for each in fetched if not each.startswith(("file:", "data:", "blob:"))] == []
    page.close()
