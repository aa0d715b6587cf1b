"""Whether the finding holds, in words: all, some and none of the checks, and a finding that is nil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard.terms import Alike, Terms
from dashboard.wording.is_it_real import Check, answer, bears, gap_step

SURE = Check("among the same rep’s deals", "Within each rep", "", 0.2, 0.1, 0.3)
UNSURE = Check("beyond tidy record-keeping", "Beyond tidy record-keeping", "", 0.08, -0.09, 0.25)
REVERSED = Check("without any one rep", "Without any one rep", "", -0.2, -0.3, -0.1)


@pytest.mark.parametrize(
    ("state", "checks", "in_a_word", "said"),
    [
        ("more", [SURE], "It holds", "holds in the one check."),
        ("more", [SURE, UNSURE], "It holds in part", "holds in 1 of 2 checks: among the same rep’s deals."),
        ("more", [UNSURE, REVERSED], "It does not hold", "holds in none of 2 checks."),
        ("more", [], "Not put to the test", "could not be checked any further"),
        ("cannot tell", [UNSURE, UNSURE], "Nothing to confirm", "None of the 2 checks sees one either."),
        ("cannot tell", [SURE, UNSURE], "Nothing to confirm", "1\xa0of\xa02 checks would see one"),
        ("too few", [SURE], "Too few to say", "Too few to say"),
    ],
)
def test_the_headline(
    verdicts: Callable[..., pl.DataFrame], terms: Callable[..., Terms], state: str, checks: list[Check], in_a_word: str, said: str
) -> None:
    """A check on the other side of 0, or whose interval holds 0, does not confirm."""
    found = answer(verdicts(state), checks, Alike(("stage",)), terms(), 4000)
    assert found.in_a_word == in_a_word
    assert said in found.sentence


def test_what_no_longer_holds_is_told_with_its_interval(verdicts: Callable[..., pl.DataFrame], terms: Callable[..., Terms]) -> None:
    """The note names it."""
    assert (
        answer(verdicts(), [SURE, UNSURE], Alike(), terms(), 9).note
        == "No longer certain: beyond tidy record-keeping (+8, −9\xa0to\xa025)."
    )


def test_an_end_near_zero_is_told_in_tenths() -> None:
    """An end that would read 0 shows on which side of 0 it lies."""
    assert (gap_step(-0.002, 0.27), gap_step(0.04, 0.23), gap_step(0.0, 0.2)) == (0.1, 1.0, 1.0)


def test_an_interval_that_holds_0_needs_nothing_unseen(verdicts: Callable[..., pl.DataFrame]) -> None:
    """An E-value of 1 for the limit is said in words."""
    robust: dict[str, Any] = {"e_value": 1.4, "e_value_of_limit": 1.0, "always_valid_low": -0.1, "always_valid_high": 0.2}
    unseen, needed, weekly = bears(robust, verdicts("cannot tell"))
    assert "nothing unseen is needed" in unseen.text
    assert "About 7,500 more" in needed.text
    assert weekly.text.endswith("−10\xa0to\xa020 points and holds 0.")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("more", "make both the answers and the win 2.2 times as likely; 1.5 times"),
        ("less", "make the answers 2.2 times as likely and the win 2.2 times less likely, or the other way round; 1.5 times"),
    ],
)
def test_what_is_unseen_would_have_to_work_both_ways_for_fewer_wins(verdicts: Callable[..., pl.DataFrame], state: str, said: str) -> None:
    """An E-value says how strong it would have to be; where fewer deals are won, one of the two goes down."""
    robust: dict[str, Any] = {"e_value": 2.2, "e_value_of_limit": 1.5, "always_valid_low": None, "always_valid_high": None}
    found = verdicts(state)
    sign = 1 if state == "more" else -1
    unseen, *_ = bears(robust, found.with_columns(difference=sign * pl.col("difference").abs()))
    assert said in unseen.text
