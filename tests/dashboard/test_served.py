"""The served dashboard in a real browser, once and quickly; tests/dashboard/test_browser.py clicks through all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from etl.queries import Database, Scope
from tests.browsing import WAIT, sentence, served


@pytest.fixture(scope="module")
def url(sample: Database) -> Iterator[str]:
    """Return where the sample export is served."""
    with served(sample.path.parent) as started:
        yield started


def test_the_sentence_is_the_databases(page: Page, url: str, sample: Database) -> None:
    """What a visitor reads first is what the file says."""
    page.goto(url)
    expect(page.locator(".st-key-verdict")).to_contain_text(sentence(sample, Scope()), timeout=WAIT)
    expect(page.locator(".js-plotly-plot .points path").first).to_be_visible(timeout=WAIT)
    assert page.locator(".js-plotly-plot .points path").count() >= 6
