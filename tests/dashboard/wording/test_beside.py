"""What stands beside the verdict: the claim, what explains part of it, time, and nothing that too few deals would tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.terms import Alike
from dashboard.wording.beside import facts

ALIKE = Alike(("stage", "owner", "icp_fit"), ("segment", "amount_band"))
STEPS = ((984, 2102, 9, 1517), (970, 1918, 23, 1701), (805, 1462, 102, 1768), (204, 329, 319, 1037))
Make = Callable[..., Any]


@pytest.fixture
def tell(verdicts: Make, ladder: Make, terms: Make) -> Callable[..., dict[str, str]]:
    """Return a function that gives the facts by their labels, for a state and what is given of the metric's row."""

    def build(
        state: str = "more", *, steps: Any = STEPS, alike: Alike = ALIKE, reasons: dict[int, str] | None = None, **given: Any
    ) -> dict[str, str]:
        told = facts(verdicts(state, **given), ladder(*steps, reasons=reasons), alike, terms())
        return {fact.label: fact.text.replace("\N{NO-BREAK SPACE}", " ") for fact in told}

    return build


def test_the_claim_shrinks_fact_by_fact(tell: Make) -> None:
    """From what the CRM would report to what is left, with the counts behind each rate."""
    assert tell(days={"state": "less"}) == {
        "The CRM would report": "+46 points: 47% (984 of 2,102) against 1% (9 of 1,517) of closed deals.",
        "At equal age": "+31 points: 62% (204 of 329) won by day 210, of the others 31% (319 of 1,037).",
        "Explained by the mix": "17 of these 31 points: the groups differ in stage, rep and fit.",
        "Beyond tidy record-keeping": "+8 points (95% interval −9 to 25), once what filled neutral fields go with is taken off.",
        "Time": (
            "Alike customer-focused deals stay open 25 days less (95% interval 18 to 31), won or lost, over the 180 days after day 30."
        ),
        "Not held equal": "Segment and amount: too few deals would have had a partner.",
    }


@pytest.mark.parametrize(("after", "becomes"), [(0.38, "+38 points"), (-0.05, "−5 points")])
def test_a_mix_that_explains_nothing(tell: Make, after: float, becomes: str) -> None:
    """Made alike, a gap may also grow, or turn."""
    told = tell(difference=after)["Explained by the mix"]
    assert told == f"None of it. Among alike deals the gap of +31 points becomes {becomes}."


def test_a_mix_that_explains_all(tell: Make) -> None:
    """Down to zero is all of it."""
    assert tell("cannot tell", difference=0.001, low=-0.1, high=0.1)["Explained by the mix"].startswith("31 of these 31 points")


def test_without_neutral_fields(tell: Make) -> None:
    """What cannot be told is said, with the setting that would tell it."""
    told = tell(beyond_tidiness=None, beyond_low=None, beyond_high=None, reasons={6: "no neutral fields"})
    assert "[neutral] in sameside.toml" in told["Beyond tidy record-keeping"]


def test_a_neutral_line_without_a_range(tell: Make) -> None:
    """With few reps the figure stands alone."""
    told = tell("fewer than 5 owners", low=None, high=None, beyond_low=None, beyond_high=None, days={"low": None, "high": None})
    assert told["Beyond tidy record-keeping"].startswith("+8 points, once")
    assert told["Time"] == "Alike customer-focused deals stay open 25 days less, won or lost, over the 180 days after day 30; no range."


def test_longer_and_shorter_and_neither(tell: Make) -> None:
    """Time has its own state, its own direction and its own doubts."""
    longer = tell(days={"state": "more", "difference": 6.2, "low": 1.4, "high": 11.0})["Time"]
    assert longer.startswith("Alike customer-focused deals stay open 6 days longer (95% interval 1 to 11)")
    neither = tell(days={"state": "cannot tell", "difference": -4.7, "low": -9.8, "high": 0.4})["Time"]
    assert neither.startswith("No clear difference in how long alike deals stay open: −5 days (95% interval −10 to 0)")
    toned = tell(days={"state": "less", "is_toned_down": True, "reasons": ["few owners"], "owners": 7})["Time"]
    assert "deals tend to stay open 25 days less" in toned
    assert toned.endswith("Only a tendency: the deals are those of only 7 reps.")


def test_nothing_let_go_is_not_spoken_of(tell: Make) -> None:
    """Every factor held equal needs no line."""
    assert "Not held equal" not in tell(alike=Alike(("stage", "owner")))


@pytest.mark.parametrize("state", ["too few", "one group only", "not comparable"])
def test_without_alike_deals_nothing_is_said_of_them(tell: Make, state: str) -> None:
    """The claim and the gap at equal age are all there is."""
    assert list(tell(state)) == ["The CRM would report", "At equal age"]


@pytest.mark.parametrize("state", ["no deals", "no field history", "no questions mapped"])
def test_without_deals_or_history_there_is_nothing_beside(tell: Make, state: str) -> None:
    """The sentence stands alone."""
    assert tell(state) == {}


def test_no_rate_of_too_few(tell: Make) -> None:
    """A group of fewer than 30 deals has no rate, in the CRM's figures as in ours."""
    assert tell("too few", steps=((1, 5, 1, 900), *STEPS[1:3], (5, 29, 5, 100))) == {}
