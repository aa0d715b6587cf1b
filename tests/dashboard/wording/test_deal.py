"""What is said of a single deal: its reasons, its friction, its address in the CRM, its days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from dashboard.terms import Terms
from dashboard.wording import deal
from dashboard.wording.timeline import timeline

QUESTION: dict[str, Any] = {
    "topic": "pain",
    "label": "Pain",
    "is_neutral": False,
    "state_today": "blank",
    "junk_reason": None,
    "junk_text": None,
    "start_days": [],
    "end_days": [],
    "unknown_until_day": None,
    "is_approximate": False,
    "is_known_at_landmark": False,
}


def questions(*given: dict[str, Any]) -> pl.DataFrame:
    lists = {"start_days": pl.List(pl.Int64), "end_days": pl.List(pl.Int64)}
    return pl.DataFrame([QUESTION | each for each in given], schema_overrides=lists)


def test_each_question_that_was_not_known_has_its_reason() -> None:
    """Late, junk, cleared, never, not known when; one that was known needs none."""
    asked = questions(
        {"is_known_at_landmark": True, "start_days": [3]},
        {"start_days": [71]},
        {"state_today": "junk", "junk_reason": "placeholder", "junk_text": "tbd"},
        {"start_days": [3], "end_days": [9]},
        {},
        {"is_known_at_landmark": None, "unknown_until_day": 1_000_000},
        {"is_neutral": True},
    )
    said = [each.replace("\N{NO-BREAK SPACE}", " ") for each in deal.reasons(asked, {"day_l": 30})]
    assert said == [
        "“Pain” was answered on day 71, after the landmark.",
        "“Pain” is no answer (placeholder): “tbd”.",
        "“Pain” was cleared on day 9.",
        "“Pain” was never answered.",
        "“Pain”: not known when.",
    ]


def test_friction_counts_its_days() -> None:
    """Never is said, and so is not known."""
    facts = {"close_date_pushes": 2, "push_days": [5, 9], "steps_back": 0, "step_back_days": [], "longest_stay_days": None}
    said = [each.replace("\N{NO-BREAK SPACE}", " ") for each in deal.friction(facts)]
    assert said == [
        "The expected close date was put off: 2 times, on day 5 and day 9.",
        "It went back to an earlier stage: never.",
        "How long it stood in a stage is not known.",
    ]


def test_the_address_in_the_crm_quotes_the_id() -> None:
    """An id can be no path and no query of its own."""
    assert deal.link("https://crm.example/{deal_id}/view", "a/b?c=1&#") == "https://crm.example/a%2Fb%3Fc%3D1%26%23/view"
    assert deal.link(None, "1") is None


def test_a_stretch_ends_where_the_answer_was_cleared(terms: Callable[..., Terms]) -> None:
    """Or with the deal."""
    stages = pl.DataFrame(schema={"stage": pl.String, "entered_day": pl.Int64, "until_day": pl.Int64, "is_last": pl.Boolean})
    asked = questions({"start_days": [3, 20], "end_days": [9]}, {"start_days": [5], "end_days": [7]})
    made = timeline({"age_days": 50, "day_l": 30, "outcome": "lost"}, stages, asked, terms())
    assert made is not None
    assert [track.stretches for track in made.tracks] == [((3, 9), (20, 50)), ((5, 7),)]
    assert [track.was_cleared for track in made.tracks] == [False, True]
    assert [day for day, _ in made.marks] == [30, 50]
    assert timeline({"age_days": None}, stages, asked, terms()) is None
