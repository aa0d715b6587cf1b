"""The ladder in words: steps, changes, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from dashboard.wording import ladder as wording

STEPS = ((80, 100, 40, 100), (78, 100, 41, 100), (60, 100, 30, 100), (38, 100, 27, 100))
Make = Callable[..., Any]


def plain(lines: list[str]) -> list[str]:
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def test_each_step_is_a_sentence(ladder: Make, terms: Make) -> None:
    """The picture can be read without being seen."""
    assert plain(wording.sentences(ladder(*STEPS, interval=(0.05, 0.17)), terms())) == [
        "As the CRM reports it: a gap of +40 points over 200 deals; any text in the field today counts.",
        "Junk answers out: a gap of +37 points over 200 deals; −3 points: placeholders and pasted texts do not count.",
        "Late answers out: a gap of +30 points over 200 deals; −7 points: answers written before the close only.",
        "At equal deal age: a gap of +11 (5 to 17) points over 200 deals; −19 points: answers written by day 30 only.",
        "Like for like: not computed in this version.",
        "Beyond tidy record-keeping: not computed in this version.",
    ]


def test_a_step_without_change_says_so(ladder: Make, terms: Make) -> None:
    """No change is no number."""
    assert wording.rungs(ladder(STEPS[0], STEPS[0], *STEPS[2:]), terms())[1].note.startswith("no change: ")


@given(some.floats(-100, 100), some.floats(-100, 100))
def test_changes_add_up_as_shown(before: float, after: float) -> None:
    """What a step took away is the difference of the figures that stand on the page."""
    shown = [int(wording.tick(wording._shown(gap)).replace("−", "-")) for gap in (before, after)]
    change = wording._change(before, after).split("\N{NO-BREAK SPACE}")[0].replace("−", "-")
    assert (0 if change == "no change" else int(change)) == shown[1] - shown[0]


def test_after_a_step_without_a_gap_the_change_is_to_the_one_before(ladder: Make, terms: Make) -> None:
    """A step with too few deals is passed over."""
    rungs = wording.rungs(ladder(*STEPS[:2], (5, 12, 30, 100), STEPS[3]), terms())
    assert rungs[2].gap is None
    assert rungs[3].note.startswith("−26")


def test_the_alternative_text_names_each_gap(ladder: Make, terms: Make) -> None:
    """A line for a screen reader."""
    said = wording.alt(ladder(*STEPS, interval=(0.05, 0.17)), terms()).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Gap in win rate in points, step by step: As the CRM reports it +40; Junk answers out +37; Late answers out "
        "+30; At equal deal age +11 (5 to 17)."
    )
    assert wording.alt(ladder(None, None, None, None), terms()) == "No step has enough deals to show a gap."


def test_the_table_is_exact_and_hides_what_is_too_few(ladder: Make) -> None:
    """A tenth of a point where there are deals enough, counts where there are not, nothing where there are none."""
    table = wording.table(ladder(STEPS[0], None, (5, 12, 30, 100), STEPS[3], interval=(0.0512, 0.1688)))
    rows = [plain(list(row)) for row in table.rows()]
    assert rows == [
        ["1 As the CRM reports it", "80.0% (80 of 100)", "40.0% (40 of 100)", "+40.0 points", "–", "200", "12"],
        ["3 Late answers out", "5 of 12", "30 of 100", "too few", "–", "112", "12"],
        ["4 At equal deal age", "38.0% (38 of 100)", "27.0% (27 of 100)", "+11.0 points", "5.1 to 16.9", "200", "12"],
    ]
