"""Every state that the evidence can be in has its sentence, and none claims more than was seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.wording import verdict as wording
from dashboard.wording.verdict import Verdict

CRM = (80, 100, 40, 100)
Make = Callable[..., Any]


@pytest.fixture
def say(ladder: Make, terms: Make) -> Callable[..., Verdict]:
    """Return a function that gives the verdict on step 4, or on all steps, with interval and terms."""

    def build(
        *steps: tuple[int, int, int, int] | None,
        interval: tuple[float, float] | None = None,
        owners: int = 8,
        deals: int = 500,
        **given: Any,
    ) -> Verdict:
        every = steps if len(steps) == 4 else (CRM, CRM, CRM, *steps)
        said = wording.verdict(ladder(*every, interval=interval, owners=owners), terms(**given), deals)
        return Verdict(said.state, plain(said.sentence), plain(said.beside))

    return build


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_more(say: Make) -> None:
    """An interval above zero is a gap, with both rates, their counts, and what the CRM would report."""
    said = say((163, 430, 201, 745), interval=(0.05, 0.17))
    assert said.state == "more"
    assert said.sentence == (
        "At day 30, deals with at least 3 of 6 buyer questions answered went on to win 38% (163 of 430), "
        "the others 27% (201 of 745): a gap of 11 points (95% interval 5 to 17)."
    )
    assert said.beside == (
        "The CRM as it stands would report 40. The groups are not yet made alike – stage, segment, rep and fit are "
        "not taken out – so read this as a description, not an effect."
    )


def test_no_clear_difference(say: Make) -> None:
    """An interval that holds zero is no clear difference, whichever way it leans."""
    said = say((31, 100, 29, 100), interval=(-0.04, 0.08))
    assert said.state == "unclear"
    assert said.sentence.startswith("No clear difference. At day 30")
    assert said.sentence.endswith("a gap of +2 points (95% interval −4 to 8).")


@pytest.mark.parametrize("interval", [(0.0, 0.1), (-0.1, 0.0)])
def test_an_interval_that_touches_zero_holds_it(say: Make, interval: tuple[float, float]) -> None:
    """The doubtful case is told as doubtful."""
    assert say((31, 100, 29, 100), interval=interval).state == "unclear"


def test_less(say: Make) -> None:
    """An interval below zero is said as plainly."""
    said = say((22, 100, 30, 100), interval=(-0.14, -0.02))
    assert said.state == "less"
    assert "they won less often, by a gap of −8 points (95% interval −14 to −2)" in said.sentence


@pytest.mark.parametrize(
    ("owners", "has_owners", "why"),
    [
        (4, True, "those of 4 reps, and a range takes 5"),
        (1, False, "the export does not say whose deals they are"),
        (6, True, "one group's deals are those of too few reps"),
    ],
)
def test_no_interval_says_why(say: Make, owners: int, has_owners: bool, why: str) -> None:  # noqa: FBT001
    """Without a range the gap stands alone, with the reason."""
    said = say((38, 100, 27, 100), owners=owners, has_owners=has_owners)
    assert said.state == "no interval"
    assert "a gap of 11 points. There is no range for it" in said.sentence
    assert why in said.sentence
    assert "95%" not in said.sentence


@pytest.mark.parametrize("counts", [(5, 12, 30, 100), (30, 100, 5, 12), (5, 29, 5, 29)])
def test_too_few_shows_counts_and_no_rate(say: Make, counts: tuple[int, int, int, int]) -> None:
    """Fewer than 30 deals in a group: counts, and what a first reading takes."""
    said = say(counts, interval=(0.05, 0.17))
    assert said.state == "too few"
    assert f"{counts[1]} customer-focused deals and {counts[3]} seller-focused deals decided; 30" in said.sentence
    assert "%" not in said.sentence


def test_thirty_are_enough(say: Make) -> None:
    """The mark itself is in."""
    assert say((15, 30, 10, 30), interval=(0.05, 0.17)).state == "more"


@pytest.mark.parametrize(
    ("counts", "said_of_them"),
    [
        ((0, 0, 60, 240), "All 240 deals that can be compared are seller-focused"),
        ((90, 240, 0, 0), "All 240 deals that can be compared are customer-focused"),
        ((0, 0, 0, 1), "The one deal that can be compared is seller-focused"),
    ],
)
def test_one_group(say: Make, counts: tuple[int, int, int, int], said_of_them: str) -> None:
    """With one group there is nothing to compare with."""
    said = say(counts)
    assert said.state == "one group"
    assert said.sentence.startswith(said_of_them)


def test_nothing_compared_is_too_few(say: Make) -> None:
    """No deal old enough: none of either group."""
    said = say(None)
    assert said.state == "too few"
    assert "0 customer-focused deals and 0 seller-focused deals" in said.sentence


def test_no_history(say: Make) -> None:
    """Steps 1 and 2 are an association of what is filled today, and say so."""
    said = say(CRM, (78, 100, 41, 100), None, None, has_field_history=False)
    assert said.state == "no history"
    assert said.sentence.startswith("Deals whose fields are filled today, for at least 3 of 6 buyer questions, won 78%")
    assert said.beside == "Fields may have been filled after the deal closed, so this cannot tell cause from effect."
    assert not said.compares_ages
    assert said.has_gap


def test_no_history_and_too_few(say: Make) -> None:
    """Both are said."""
    said = say(CRM, (7, 10, 41, 100), None, None, has_field_history=False)
    assert "Too few to say: 10 customer-focused deals" in said.sentence
    assert "cannot tell cause from effect" in said.beside


def test_no_questions(say: Make) -> None:
    """Nothing mapped: which setting to write."""
    said = say(None, None, None, None, questions=0)
    assert said.state == "no questions"
    assert "[questions] in sameside.toml" in said.beside
    assert not said.has_gap


def test_no_deals(say: Make) -> None:
    """An empty scope is a sentence."""
    said = say(None, None, None, None, deals=0)
    assert said.state == "no deals"
    assert not said.has_gap


def test_the_crm_is_not_quoted_from_too_few(say: Make) -> None:
    """What the CRM would report is left out where it has too few deals to report it."""
    said = say((1, 5, 1, 900), CRM, CRM, (38, 100, 27, 100), interval=(0.05, 0.17))
    assert said.beside.startswith("The groups are not yet made alike")


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
    assert f"deals with {needed} answered" in say((38, 100, 27, 100), interval=(0.05, 0.17), **given).sentence


def test_no_sentence_speaks_of_causes(say: Make) -> None:
    """Descriptions describe: no state claims that one thing brought about another."""
    states = [
        say((163, 430, 201, 745), interval=(0.05, 0.17)),
        say((22, 100, 30, 100), interval=(-0.14, -0.02)),
        say((31, 100, 29, 100), interval=(-0.04, 0.08)),
        say((38, 100, 27, 100), owners=3),
        say((5, 12, 30, 100)),
        say((0, 0, 60, 240)),
        say(CRM, (78, 100, 41, 100), None, None, has_field_history=False),
    ]
    claims = re.compile(r"\b(causes?d?|drives?|because of|leads? to|thanks to|boosts?|improves?|pays off)\b")
    for said in states:
        text = f"{said.in_a_word} {said.sentence} {said.beside}".replace("cannot tell cause from effect", "")
        assert not claims.search(text)
