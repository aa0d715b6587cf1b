"""Texts out of a CRM that attack whoever reads them: on every page, in the report, on the terminal and in the names of files they are text.

The export is that of tests/hostile.py, in which every text is an attack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard import escape
from etl.cli import cli, main
from etl.queries import Database
from tests.browsing import AT_REST, WAIT, served, watched
from tests.conftest import load_into
from tests.hostile import AS_OF, FILES, export, settings
from tests.payloads import SHOWN

pytestmark = [pytest.mark.security, pytest.mark.browser]

MADE_OF_A_TEXT = (
    '[href*="//evil"], [src*="//evil"], [href^="javascript"], [onerror], [onload], iframe, object, embed, [action], base, '
    'circle[r="9"], .katex, mark, [style="color:red"], [data-testid=stMain] img'
)
"""What a browser would make of the texts; the names of links and addresses that a page has anyhow are none of it."""

SEEN = """() => {
    const nodes = [], walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) nodes.push(walk.currentNode);
    const texts = nodes.filter(node => !["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.parentElement.tagName)).map(node => node.data);
    const named = ["aria-label", "title", "alt", "placeholder"].flatMap(
        name => [...document.querySelectorAll(`[${name}]`)].map(element => element.getAttribute(name)));
    return [document.title, ...texts, ...named];
}"""
"""All that a person reads on a page or has read out: its texts, those of its charts, tables and labels, and its title."""

HIDES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2061-\u206f\ufeff\U000e0000-\U000e007f]")
LETTERS = 30  # of a text that is looked for: where there is little room it is cut


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Return the hostile export, loaded."""
    return load_into(tmp_path_factory.mktemp("hostile"), export(), settings(), as_of=AS_OF)


@pytest.fixture(scope="module")
def url(hostile: Database) -> Iterator[str]:
    """Return where it is served."""
    with served(hostile.path.parent) as started:
        yield started


def at_rest(page: Page) -> None:
    """Wait until a page stands as it is."""
    expect(page.locator("h1").first).to_be_visible(timeout=WAIT)
    expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=WAIT)


def unfolded(page: Page) -> None:
    """Open all that a page has folded away."""
    at_rest(page)
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(summary => summary.click())")
    at_rest(page)


def shown_on(page: Page) -> set[int]:
    """Return which texts of SHOWN stand on a page, as they are; fail where one did more than that."""
    assert page.evaluate("window.ran") is None
    assert [each.evaluate("element => element.outerHTML.slice(0, 200)") for each in page.locator(MADE_OF_A_TEXT).all()] == []
    texts = page.evaluate(SEEN)
    assert [text for text in texts if HIDES.search(text)] == []
    return told_in("\n".join(texts))


def told_in(text: str) -> set[int]:
    """Return which texts of SHOWN stand in a text, with a sign for what hides or turns others."""
    whole = text.replace("\u2060", "")
    return {number for number, each in enumerate(SHOWN) if escape.one_line(each)[:LETTERS] in whole}


PAGES = {"win_rate?by=Rep": 25, "coaching": 10}
"""Pages, and how many of the texts stand there at least."""
MORE_PAGES = {
    "": 0,
    "win_rate?by=Segment": 25,
    "sales_cycle": 45,
    "questions": 5,
    "is_it_real": 5,
    "team": 25,
    "data_health": 5,
    "definitions": 5,
}
"""The others, which are looked at with `-m slow`."""


@pytest.mark.parametrize("address", [*PAGES, *(pytest.param(address, marks=pytest.mark.slow) for address in MORE_PAGES)])
def test_on_every_page_they_are_text(page: Page, url: str, address: str) -> None:
    """Also in what is folded away, in what pops up over a chart, and in the menus of the header."""
    page.goto(f"{url}{address}")
    unfolded(page)
    found = shown_on(page)
    for mark in page.locator(".js-plotly-plot .points path").all()[:3]:
        page.mouse.move(*middle_of(mark))
        found |= shown_on(page)
    for menu in page.get_by_test_id("stPopover").get_by_role("button").all():
        menu.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        found |= shown_on(page)
        page.keyboard.press("Escape")
    assert len(found) >= (PAGES | MORE_PAGES)[address]


def middle_of(mark: Locator) -> tuple[float, float]:
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.slow
def test_the_lists_of_filters_hold_text(page: Page, url: str) -> None:
    """Every rep can be chosen by the name that is read there, and stands so in the address and in the line of filters."""
    page.goto(url)
    at_rest(page)
    page.get_by_label("Rep", exact=True).click()
    expect(page.get_by_role("option").first).to_be_visible(timeout=WAIT)
    shown_on(page)
    for word in ("bold", "isolated", "foreground"):
        page.get_by_label("Rep", exact=True).fill(word)
        page.get_by_role("option", name=word).first.click()
        at_rest(page)
    assert len(shown_on(page)) >= 3
    page.reload()
    at_rest(page)
    assert len(shown_on(page)) >= 3


def test_the_page_of_a_deal_is_text(page: Page, url: str, hostile: Database) -> None:
    """Its name is the title; its id stands in the address, whatever it is made of."""
    for deal_id, name in hostile.sql("select deal_id, deal_name from marts.deals order by hash(deal_id) limit 2").iter_rows():
        page.goto(f"{url}deal?deal={quote(deal_id, safe='')}")
        unfolded(page)
        assert page.locator("h1").inner_text().replace("\u2060", "").split() == escape.one_line(name).split()
        assert len(shown_on(page)) >= 3


@pytest.mark.slow
def test_unknown_deals_are_told_as_text(page: Page, url: str) -> None:
    """An address is anybody's text too."""
    for text in SHOWN[:1] + SHOWN[13:14] + SHOWN[38:39]:
        page.goto(f"{url}deal?deal={quote(text, safe='')}")
        expect(page.locator(AT_REST)).to_be_attached(timeout=WAIT)
        expect(page.locator(".st-key-verdict")).to_be_visible(timeout=WAIT)
        shown_on(page)


@pytest.mark.slow
def test_what_a_query_gives_is_text(page: Page, url: str) -> None:
    """Its cells and the names of its columns, and what DuckDB says of one that is wrong."""
    page.goto(f"{url}sql")
    query, run = page.get_by_label("Query", exact=True), page.get_by_role("button", name="Run", exact=True)
    query.fill('select owner, deal_name as "<img src=x onerror=window.ran=8> :red[x]" from marts.deals', timeout=WAIT)
    run.click()
    expect(page.get_by_text("432 rows in all.")).to_be_visible(timeout=WAIT)
    at_rest(page)
    shown_on(page)
    query.fill('select "![x](http://evil.example/q) <img src=x onerror=window.ran=9>" from marts.deals')
    run.click()
    expect(page.locator(".st-key-failure")).to_be_visible(timeout=WAIT)
    at_rest(page)
    shown_on(page)


def test_files_that_are_handed_in_are_text(page: Page, url: str) -> None:
    """Names of files, columns and values, before anything is loaded."""
    page.goto(f"{url}load_data")
    at_rest(page)
    handed: list[Any] = [{"name": name, "mimeType": "text/csv", "buffer": text.encode()} for name, text in export().items()]
    page.locator("input[type=file]").set_input_files(handed)
    page.get_by_role("button", name="Look at the files").click(timeout=WAIT)
    expect(page.get_by_text("5 files with 432 deals.")).to_be_visible(timeout=WAIT)
    unfolded(page)
    shown_on(page)
    page.get_by_role("combobox").first.click()
    shown_on(page)


def test_the_report_is_text(browser: Browser, hostile: Database, tmp_path: Path) -> None:
    """Opened from a disk, where no header of ours protects it."""
    file = tmp_path / "report.html"
    done = CliRunner().invoke(cli, ["report", "--data", str(hostile.path.parent), "--to", str(file)])
    assert done.exit_code == 0, done.output
    with watched(browser) as page:
        page.goto(file.as_uri())
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_attached(timeout=WAIT)
        assert len(shown_on(page)) >= 25


def test_the_terminal_gets_text(tmp_path: Path) -> None:
    """What a load prints, and what a query gives as a table, commands no terminal, turns no line and begins none."""
    (tmp_path / "exports").mkdir()
    for name, text in export().items():
        (tmp_path / "exports" / name).write_text(text, encoding="utf-8", newline="")
    (tmp_path / "sameside.toml").write_text(settings(), encoding="utf-8")
    data = ["--data", str(tmp_path / "data")]
    done = CliRunner().invoke(cli, ["load", str(tmp_path / "exports"), "--config", str(tmp_path / "sameside.toml"), *data])
    assert (done.exit_code, HIDES.search(done.output)) == (0, None), done.output
    assert escape.one_line(FILES[0]) in done.output
    asked = CliRunner().invoke(cli, ["sql", "select owner, deal_name, stage from marts.deals order by deal_id", *data])
    assert (asked.exit_code, HIDES.search(asked.output)) == (0, None), asked.output
    assert "␛[31mred␛[0m" in asked.output


@pytest.mark.parametrize("text", [SHOWN[38], SHOWN[42], SHOWN[43], SHOWN[46]])
def test_errors_quote_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """A file, a stage, a header, an encoding or a source of such a name: four parts, and no line that is not ours."""
    file = tmp_path / f"Opportunity {text.replace('/', '')}.csv"
    deals = f'Id,Name,StageName,Amount,CloseDate,CreatedDate\n1,a,"{text} closed",1,2024-01-02,2024-01-01\n'
    tried = {
        deals: (),
        deals.replace("StageName", f'"{text}"'): (),
        deals + "\n": ("--encoding", text),
        f'"{text}",b\n1,2\n': ("--crm", text),
    }
    for content, options in tried.items():
        file.write_text(content, encoding="utf-8", newline="")
        monkeypatch.setattr("sys.argv", ["sameside", "load", str(file), "--data", str(tmp_path / "data"), *options])
        with pytest.raises(SystemExit) as ended:
            main()
        told = "".join(capsys.readouterr())
        assert ended.value.code
        assert "sameside: " in told
        assert not HIDES.search(told), told
        assert not re.search(r"^\s*what to do: pay", told, re.MULTILINE)
