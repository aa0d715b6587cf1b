"""The ladder in words: steps, changes, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard import rounding
from dashboard.wording import ladder as wording
from dashboard.wording.verdict import Verdict

STEPS = ((80, 100, 40, 100), (78, 100, 41, 100), (60, 100, 30, 100), (38, 100, 27, 100))
FULL: dict[str, Any] = {"interval": (0.05, 0.17), "alike": (0.06, 0.01, 0.11), "beyond": (0.04, -0.02, 0.10)}
MORE = Verdict("more", "", "", "")
TOO_FEW = Verdict("too few", "", "", "")
Make = Callable[..., Any]


def plain(lines: list[str]) -> list[str]:
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def test_each_step_is_a_sentence(ladder: Make, terms: Make) -> None:
    """The picture can be read without being seen."""
    assert plain(wording.sentences(wording.rungs(ladder(*STEPS, **FULL), MORE, terms()))) == [
        "As the CRM reports it: a gap of +40 points over 200 deals; any text in the field today counts.",
        "Junk answers out: a gap of +37 points over 200 deals; −3 points: placeholders, noise, copied, pasted and imported texts do not count.",
        "Late answers out: a gap of +30 points over 200 deals; −7 points: answers written before the close only.",
        "At equal deal age: a gap of +11 (5 to 17) points over 200 deals; −19 points: answers written by day 30 only.",
        "Like for like: a gap of +6 (1 to 11) points over 150 deals; −5 points: only deals that are alike on day 30.",
        "Beyond tidy record-keeping: a gap of +4 (−2 to 10) points over 150 deals; −2 points: less what filled neutral fields go with.",
    ]


def test_a_step_without_change_says_so(ladder: Make, terms: Make) -> None:
    """No change is no number."""
    assert wording.rungs(ladder(STEPS[0], STEPS[0], *STEPS[2:]), MORE, terms())[1].note.startswith("no change: ")


@given(some.floats(-1, 1), some.floats(-1, 1))
def test_changes_add_up_as_shown(before: float, after: float) -> None:
    """What a step took away is the difference of the figures that stand on the page."""
    shown = [int(rounding.number(100 * gap, signed=True).replace("−", "-")) for gap in (before, after)]
    change = wording._change(before, after).split("\N{NO-BREAK SPACE}")[0].replace("−", "-")
    assert (0 if change == "no change" else int(change)) == shown[1] - shown[0]


def test_after_a_step_without_a_gap_the_change_is_to_the_one_before(ladder: Make, terms: Make) -> None:
    """A step with too few deals is passed over."""
    rungs = wording.rungs(ladder(*STEPS[:2], (5, 12, 30, 100), STEPS[3]), MORE, terms())
    assert rungs[2].gap is None
    assert rungs[3].note.startswith("−26")


@pytest.mark.parametrize(
    ("given", "strong"),
    [
        (FULL, [6]),
        (FULL | {"beyond": None, "reasons": {6: "no neutral fields"}}, [5]),
        (FULL | {"alike": None, "beyond": None, "reasons": {5: "not comparable", 6: "not comparable"}}, [4]),
        ({"alike": (0.06, None, None), "reasons": dict.fromkeys((4, 5, 6), "fewer than 5 owners")}, []),
    ],
    ids=["six", "five", "four", "none"],
)
def test_the_last_interval_is_the_strong_one(ladder: Make, terms: Make, given: dict[str, Any], strong: list[int]) -> None:
    """The eye goes to what the most was taken out of, and a gap without an interval is never the strong one."""
    rungs = wording.rungs(ladder(*STEPS, **given), MORE, terms())
    assert [number for number, rung in enumerate(rungs, start=1) if rung.is_strong] == strong


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no questions mapped", "needs buyer questions"),
        ("no field history", "needs field history"),
        ("one group only", "needs deals of both groups"),
        ("not comparable", "not comparable: too few deals have a partner"),
        ("no neutral fields", "needs neutral fields"),
        ("brand new", "brand new"),
    ],
)
def test_a_step_without_a_gap_says_why(ladder: Make, terms: Make, reason: str, words: str) -> None:
    """In picture, sentence, alternative text and table."""
    frame = ladder(*STEPS, **FULL | {"beyond": None, "reasons": {6: reason}})
    rungs = wording.rungs(frame, MORE, terms())
    assert (rungs[5].gap, rungs[5].note) == (None, words)
    assert wording.sentences(rungs)[5] == f"Beyond tidy record-keeping: {words}."
    assert wording.alt(rungs).endswith(f"Beyond tidy record-keeping {words}.")
    assert wording.table(frame, MORE).row(5)[3] == words


def test_a_gap_without_an_interval_says_so(ladder: Make, terms: Make) -> None:
    """Beside the gap, and why in the hover."""
    rung = wording.rungs(ladder(*STEPS, alike=(0.06, None, None), reasons={5: "fewer than 5 owners"}), MORE, terms())[4]
    assert rung.label == "+6 (no interval)"
    assert "No interval: fewer than 5 reps" in rung.hover


def test_too_few_to_say_is_too_few_in_the_picture(ladder: Make, terms: Make) -> None:
    """Alike deals show no gap where the verdict says that they are too few."""
    rungs = wording.rungs(ladder(*STEPS, **FULL), TOO_FEW, terms())
    assert [rung.note for rung in rungs[4:]] == ["too few", "too few"]
    assert rungs[3].gap is not None


def test_the_alternative_text_names_each_gap(ladder: Make, terms: Make) -> None:
    """A line for a screen reader."""
    said = wording.alt(wording.rungs(ladder(*STEPS, **FULL), MORE, terms())).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Gap in win rate in points, step by step: As the CRM reports it +40; Junk answers out +37; Late answers out +30; "
        "At equal deal age +11 (5 to 17); Like for like +6 (1 to 11); Beyond tidy record-keeping +4 (−2 to 10)."
    )


def test_the_table_is_exact_and_hides_what_is_too_few(ladder: Make) -> None:
    """A tenth of a point where there are deals enough, counts where there are not, and a reason where there is nothing."""
    frame = ladder(
        STEPS[0],
        None,
        (5, 12, 30, 100),
        STEPS[3],
        interval=(0.0512, 0.1688),
        alike=(0.062, 0.011, 0.113),
        reasons={2: "one group only", 6: "no neutral fields"},
    )
    rows = [plain(list(row)) for row in wording.table(frame, MORE).rows()]
    assert rows == [
        ["1 As the CRM reports it", "80.0% (80 of 100)", "40.0% (40 of 100)", "+40.0 points", "–", "–", "200", "12"],
        ["2 Junk answers out", "0 of 0", "0 of 0", "needs deals of both groups", "–", "–", "0", "12"],
        ["3 Late answers out", "5 of 12", "30 of 100", "too few: 12 customer-focused, 100 seller-focused", "–", "–", "112", "12"],
        ["4 At equal deal age", "38.0% (38 of 100)", "27.0% (27 of 100)", "+11.0 points", "5.1 to 16.9", "–", "200", "12"],
        ["5 Like for like", "–", "–", "+6.2 points", "1.1 to 11.3", "−4.8 points", "150", "12"],
        ["6 Beyond tidy record-keeping", "–", "–", "needs neutral fields", "–", "–", "0", "12"],
    ]
