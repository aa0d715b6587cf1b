"""Every state and every reason of metrics.verdict has its words, and none claims more than was seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.terms import Alike
from dashboard.wording import verdict as wording
from dashboard.wording.verdict import Verdict

METRICS = Path(__file__).parents[3] / "sql" / "metrics"
SQL = "".join((METRICS / f"{name}.sql").read_text(encoding="utf-8") for name in ("findings", "verdict"))
ALIKE = Alike(("stage", "owner", "icp_fit"), ("segment", "amount_band"))
CLAIMS = re.compile(r"\b(causes?d?|drives?|driven|because of|due to|leads? to|thanks to|boosts?|improves?|pays off|effect)\b")
LIKE_FOR_LIKE = "Compared like for like – same stage, rep and fit on day 30 –"
Make = Callable[..., Any]


@pytest.fixture
def say(verdicts: Make, ladder: Make, terms: Make) -> Callable[..., Verdict]:
    """Return a function that gives the verdict in a state, with what is given of the metric's row, the ladder's steps and terms."""

    def build(
        state: str,
        *steps: tuple[int, int, int, int] | None,
        alike: Alike = ALIKE,
        deals: int = 500,
        using: dict[str, Any] | None = None,
        **given: Any,
    ) -> Verdict:
        said = wording.verdict(verdicts(state, **given), ladder(*steps), alike, terms(**using or {}), deals)
        return Verdict(said.state, said.in_a_word, plain(said.sentence), plain(said.note))

    return build


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def states() -> list[str]:
    """Return the states that the metric can be in, as its SQL has them."""
    case = SQL.partition("as state\n")[0].rpartition("case")[2]
    return re.findall(r"(?:then|else) '([^']+)'", case)


def test_more(say: Make) -> None:
    """What alike deals share, the gap, and how sure it is."""
    said = say("more")
    assert said.in_a_word == "Won more often"
    assert said.sentence == f"{LIKE_FOR_LIKE} customer-focused deals won 14 points more often (95% interval 4 to 23)."
    assert said.note == ""


def test_less_is_said_as_plainly(say: Make) -> None:
    """The interval is read in the direction of the words."""
    said = say("less", difference=-0.09, low=-0.15, high=-0.03)
    assert said.in_a_word == "Won less often"
    assert said.sentence == f"{LIKE_FOR_LIKE} customer-focused deals won 9 points less often (95% interval 3 to 15)."


def test_one_point_is_one_point(say: Make) -> None:
    """Tenths where the interval is narrower than two points, and the unit of one."""
    assert "won 1.4 points more often (95% interval 0.6 to 2.2)" in say("more", difference=0.014, low=0.006, high=0.022).sentence
    assert "won 1 point more often (95% interval 0 to 3)" in say("more", difference=0.0124, low=0.0001, high=0.026).sentence


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("neutral fields explain it", "it may be no more than tidy record-keeping"),
        ("few partners", "only 62% of the deals (849 of 1,366) have one of the other group that is alike"),
        ("few owners", "the deals are those of only 41 reps"),
        ("owners not held equal", "the rep could not be held equal, so it may be the reps that differ"),
        ("groups still differ", "what could not be held equal still sets the two groups apart"),
        ("stage unknown", "the export holds no stage history, so nobody knows which stage a deal was in on day 30"),
    ],
)
def test_a_reason_tones_down(say: Make, reason: str, words: str) -> None:
    """A tendency is called one, with why."""
    said = say("more", reasons=[reason])
    assert said.in_a_word == "A tendency to win more often"
    assert said.sentence == f"{LIKE_FOR_LIKE} customer-focused deals tend to win more often: by 14 points (95% interval 4 to 23)."
    assert said.note == f"Only a tendency: {words}."
    assert "tend to win less often: by 14 points" in say("less", reasons=[reason], difference=-0.14, low=-0.23, high=-0.04).sentence


def test_every_reason_is_told(say: Make) -> None:
    """Several are told one after the other, also one that is new."""
    note = say("more", reasons=["few owners", "neutral fields explain it", "a brand new reason"], owners=7).note
    assert note == "Only a tendency: the deals are those of only 7 reps; it may be no more than tidy record-keeping; a brand new reason."


def test_no_state_and_no_reason_of_the_metric_is_without_words(say: Make) -> None:
    """What the SQL can return, the page can say."""
    assert set(states()) == set(wording._STATES)
    assert len(states()) == 11
    reasons = re.findall(r"then '([^']+)' end", SQL)
    assert len(reasons) == 6
    for reason in reasons:
        assert reason not in say("more", reasons=[reason]).note


def test_no_meaningful_difference(say: Make) -> None:
    """The margin is told as what was set beforehand."""
    said = say("no meaningful difference", difference=0.01, low=-0.02, high=0.04)
    assert said.sentence == (
        f"{LIKE_FOR_LIKE} there is no meaningful difference: +1 point (95% interval −2 to 4), which lies within ±5 points, "
        "set beforehand as too little to matter."
    )
    assert "within ±2.5 points" in say("no meaningful difference", difference=0.01, low=-0.01, high=0.02, margin=0.025).sentence


def test_cannot_tell(say: Make) -> None:
    """No clear difference, the gap that would have been seen, and the deals that it takes to see one that matters."""
    said = say("cannot tell", difference=0.04, low=-0.06, high=0.14)
    assert said.in_a_word == "Cannot tell yet"
    assert said.sentence == f"{LIKE_FOR_LIKE} there is no clear difference: +4 points (95% interval −6 to 14)."
    assert said.note == (
        "With these deals, a gap of 13 points would have been seen four times in five; "
        "to see one of 5 points as surely takes about 7,500 deals more."
    )


def test_cannot_tell_with_deals_enough(say: Make) -> None:
    """No deals are asked for where a gap that matters would have been seen."""
    note = say("cannot tell", difference=0.03, low=-0.01, high=0.07, detectable_difference=0.048, deals_needed=0).note
    assert note == "With these deals, a gap of 5 points would have been seen four times in five."


@pytest.mark.parametrize(
    ("owners", "has_owners", "why"),
    [(4, True, "the deals are those of 4 reps, and a range takes 5"), (1, False, "the export does not say whose deals they are")],
)
def test_no_interval_says_why(say: Make, owners: int, has_owners: bool, why: str) -> None:  # noqa: FBT001
    """Without a range the gap stands alone, with the reason."""
    said = say("fewer than 5 owners", low=None, high=None, owners=owners, using={"has_owners": has_owners})
    assert said.sentence == f"{LIKE_FOR_LIKE} the gap is +14 points, but nobody can say how sure that is: {why}."
    assert said.caveat


def test_not_comparable(say: Make) -> None:
    """Too few partners: how many there are, and no gap."""
    said = say(
        "not comparable", difference=None, low=None, high=None, deals=1366, deals_compared=410, share_compared=0.3, alike=Alike(("stage",))
    )
    assert said.sentence == (
        "The groups are not comparable: only 410 of 1,366 deals have one of the other group that is alike in stage on day 30, so no gap is told."
    )
    assert not said.caveat


def test_too_few_shows_counts_and_no_rate(say: Make) -> None:
    """Counts, and what a first reading takes."""
    said = say("too few", customer_deals=12, customer_won=1, seller_deals=100, seller_won=30)
    assert said.sentence == (
        "Too few to say: 12 customer-focused deals (1 won) and 100 seller-focused deals (30 won) can be compared at day 30; "
        "a first reading takes 30 of each, with 5 won and 5 not."
    )


@pytest.mark.parametrize(
    ("customer", "seller", "said_of_them"),
    [
        (0, 240, "All 240 deals that can be compared are seller-focused"),
        (240, 0, "All 240 deals that can be compared are customer-focused"),
        (2, 0, "Both deals that can be compared are customer-focused"),
        (0, 1, "The one deal that can be compared is seller-focused"),
    ],
)
def test_one_group(say: Make, customer: int, seller: int, said_of_them: str) -> None:
    """With one group there is nothing to compare with."""
    said = say("one group only", customer_deals=customer, seller_deals=seller)
    assert said.sentence.startswith(said_of_them)
    assert ("more answers" if customer else "fewer answers") in said.note


def test_no_history(say: Make) -> None:
    """Step 2 is an association of what is filled today, and says so."""
    said = say("no field history", (80, 100, 40, 100), (78, 100, 41, 100), None, None)
    assert said.sentence.startswith("Deals whose fields are filled today, for at least 3 of 6 buyer questions, won 78% (78 of 100)")
    assert said.note == "Fields may have been filled after the deal closed, so this cannot tell cause from effect."
    assert not said.compares_ages
    assert not said.caveat


def test_no_history_and_too_few(say: Make) -> None:
    """Both are said."""
    said = say("no field history", (80, 100, 40, 100), (7, 10, 41, 100), None, None)
    assert "Too few to say: 10 customer-focused deals and 100 seller-focused deals closed" in said.sentence
    assert "cannot tell cause from effect" in said.note


def test_no_questions(say: Make) -> None:
    """Nothing mapped: which setting to write."""
    said = say("no questions mapped", using={"questions": 0})
    assert "[questions] in sameside.toml" in said.note
    assert not said.compares_ages


def test_no_deals(say: Make) -> None:
    """An empty scope, and one of which no deal is old enough, are two sentences."""
    assert say("no deals", deals=0).sentence == "No deal matches these filters."
    assert say("no deals", deals=1412).sentence == "None of the 1,412 deals in scope can be compared at day 30 yet."
    assert say("no deals", deals=1).sentence == "The one deal in scope cannot be compared at day 30 yet."


def test_nothing_that_alike_deals_share(say: Make) -> None:
    """An export that tells neither stage, rep nor anything else makes no deals alike, and the sentence says so."""
    assert say("more", alike=Alike()).sentence.startswith(
        "Compared like for like – though the export tells nothing that alike deals could share – customer-focused deals won"
    )


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({}, "at least 3 of 6 buyer questions"),
        ({"answers_needed": 6}, "all 6 buyer questions"),
        ({"questions": 1, "answers_needed": 1}, "the one buyer question"),
    ],
)
def test_how_many_answers_it_takes(say: Make, given: dict[str, int], needed: str) -> None:
    """The definition is in the sentence itself."""
    said = say("one group only", customer_deals=0, using=given)
    assert f"customer-focused takes {needed} answered by day 30" in said.sentence


@pytest.mark.parametrize("state", states())
def test_no_sentence_speaks_of_causes(say: Make, state: str) -> None:
    """Descriptions describe: no state claims that one thing brought about another."""
    said = say(state)
    text = f"{said.in_a_word} {said.sentence} {said.note} {said.caveat}".replace("cannot tell cause from effect", "")
    assert said.sentence
    assert not CLAIMS.search(text)
