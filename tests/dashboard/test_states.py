"""Every page in every state: what it must say, and what it must not claim.

The table has the sentences; the tests below it hold for all pages. That numbers are the database's own is for tests/test_agreement.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.queries import Database, Scope
from tests.dashboard.pages import NOBODY, PAGES, answer, charts, everything, read, script

Show = Callable[..., AppTest]
Load = Callable[..., Path]

STATES = ("default", "filtered", "empty", "too few", "one group", "no history")
TELL_OF_ANY_DEALS = ("data_health", "definitions", "deal")
"""Pages that compare no groups, and show what the file holds whatever the filters are."""

EMPTY = "No deal matches these filters."
FEW = (
    "Too few to say: 10 customer-focused deals (5 won) and 110 seller-focused deals (55 won) can be compared at day 30; "
    "a first reading takes 30 of each, with 5 won and 5 not."
)
ONE = "All 120 deals that can be compared are seller-focused, so there is nothing to compare with"
UNTIMED = "Nobody can tell when the fields were filled, so deals cannot be compared at equal age."
NONE_KNOWN = "Too few to say: no question was known by day 30 in 30 deals and unknown in 30 others"
NOTHING_TO_ASK = "No open deal past day 30 has an answer missing."
TAG = "A deal is customer-focused when the one buyer question stood answered at the end of day 30 after its creation"

ANSWERS = {
    "overview": (
        "customer-focused deals tend to win more often: by 14 points (95% interval 4 to 23).",
        "customer-focused deals tend to win more often: by ",
        EMPTY,
        FEW,
        ONE,
        "Deals whose fields are filled today, for the one buyer question, won 80% (48 of 60), the others 30% (18 of 60)",
    ),
    "win_rate": (
        "Customer-focused deals won 62% (204 of 329), seller-focused 31% (319 of 1,037): 31 points more (95% interval 25 to 38).",
        "Customer-focused deals won ",
        EMPTY,
        "Won so far: 5 of 10 customer-focused and 55 of 110 seller-focused deals. A rate takes 30 deals of each group.",
        "All deals that can be compared are seller-focused: 60 of 120 won.",
        UNTIMED,
    ),
    "sales_cycle": (
        "tend to stay open 25 days less over the 180 days after day 30 (95% interval 18 to 31).",
        "over the 180 days after day 60",
        EMPTY,
        FEW,
        ONE,
        UNTIMED,
    ),
    "questions": (
        "3 of 6 questions stand out: alike deals in which they were known by day 30 won more often, “What hurts the buyer” by 10 points",
        "known by day 60",
        EMPTY,
        NONE_KNOWN,
        NONE_KNOWN,
        UNTIMED,
    ),
    "is_it_real": (
        "That alike customer-focused deals win 14 points more often (95% interval 4 to 23) holds in 2 of 4 checks",
        "That alike customer-focused deals win ",
        EMPTY,
        FEW,
        ONE,
        UNTIMED,
    ),
    "team": (
        "By day 30, 24% of the deals are customer-focused (329 of 1,366; 95% interval 18 to 31)",
        "By day 60, ",
        EMPTY,
        "By day 30, 8% of the deals are customer-focused (10 of 120; 95% interval 4 to 16). Win rates differ no more than chance may have it",
        "By day 30, 0% of the deals are customer-focused (0 of 120; 95% interval 0 to 4). Win rates differ no more than chance may have it",
        UNTIMED,
    ),
    "coaching": (
        "208 open deals past day 30 have answers missing",
        "open deals past day 60 have answers missing",
        EMPTY,
        NOTHING_TO_ASK,
        NOTHING_TO_ASK,
        NOTHING_TO_ASK,
    ),
    "data_health": (
        "1,366 of 3,994 deals (34%) can be compared at equal age.",
        "deals (",
        EMPTY,
        "120 of 121 deals (99%) can be compared at equal age.",
        "120 of 121 deals (99%) can be compared at equal age.",
        UNTIMED,
    ),
    "definitions": (
        "at least 3 of 6 buyer questions stood answered at the end of day 30 after its creation",
        "at least 3 of 6 buyer questions stood answered at the end of day 60 after its creation",
        "at least 3 of 6 buyer questions stood answered at the end of day 30 after its creation",
        TAG,
        TAG,
        "A deal is called customer-focused when the one buyer question is answered on the day of the export.",
    ),
    "deal": (
        "buyer questions stood answered on day 30; 3 make a deal customer-focused.",
        "buyer questions stood answered on day 60; 3 make a deal customer-focused.",
        "buyer questions stood answered on day 30; 3 make a deal customer-focused.",
        "1 of 1 buyer question stood answered on day 30",
        "0 of 1 buyer question stood answered on day 30",
        "When its fields were filled is not known well enough to tag it.",
    ),
}
"""What the answer of a page holds, by page, in the order of STATES."""

FACES = [(page, state) for page in PAGES for state in STATES]
CLAIM = re.compile(
    r"(?:more|less) often[ :]|tends? to (?:win|stay|close)|stands? out:|clear (?:difference|trend)|\bp [=<] |χ²|[Ss]tandard error|holds in"
)
"""What only groups that can be compared let a page say."""
RATE_OF_FEW = re.compile(r"% \((?:[0-9]|10) of 10\)")
"""A rate of the ten deals; how many of all deals are customer-focused is no rate of theirs."""
NUMBERS = re.compile(r"\d+ points?|\d+%")
UNFINISHED = re.compile(r"(?:: |, )[.;]|\(\)|\b(?:None|nan)[,.;:)%]|[{}]")
"""What a sentence looks like whose values are missing."""


@dataclass(frozen=True)
class Worlds:
    """The data that a state is seen on: the sample, and exports made by rule."""

    show: Show
    sample: Database
    few_deals: Load

    def open(self, page: str, state: str) -> AppTest:
        """Return a page in a state; that of a deal shows one that there is."""
        folder, parameters = self._of(state)
        if page == "deal":
            parameters |= {"deal": self.sample.deal_list(Scope())["deal_id"][0] if folder == self.sample.path.parent else "1"}
        return self.show(folder, script(page), **parameters)

    def _of(self, state: str) -> tuple[Path, dict[str, str]]:
        if state in {"too few", "one group"}:
            return self.few_deals(120, 10 if state == "too few" else 0, has_stages=True), {}
        if state == "no history":
            return self.few_deals(120, 60, won=(8, 3), has_history=False), {}
        return self.sample.path.parent, {"default": {}, "filtered": {"segment": "SMB", "landmark": "60"}, "empty": dict(NOBODY)}[state]


@pytest.fixture
def worlds(show: Show, sample: Database, few_deals: Load) -> Worlds:
    """Return the data of all states."""
    return Worlds(show, sample, few_deals)


@pytest.mark.parametrize(("page", "state"), FACES)
def test_a_page_says_what_can_be_said(worlds: Worlds, page: str, state: str) -> None:
    """The answer's sentence; and where nothing can be compared, no word, rate or chart in the whole page that compares all the same."""
    app = worlds.open(page, state)
    assert ANSWERS[page][STATES.index(state)] in answer(app)
    assert ("Segment: SMB" in read(app)) == (state == "filtered")
    assert UNFINISHED.findall(read(app)) == []
    if page in TELL_OF_ANY_DEALS:
        return
    if state in {"empty", "too few", "one group", "no history"}:
        assert CLAIM.findall(everything(app)) == []
    if state == "too few":
        assert RATE_OF_FEW.findall(everything(app)) == []
    if state in {"empty", "no history"} and page != "overview":
        assert charts(app) == []
        assert NUMBERS.findall(read(app)) == []
