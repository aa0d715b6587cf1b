"""The text around the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from dashboard.wording import common, frame

Make = Callable[..., Any]
PARTS = (
    "compared",
    "too young",
    "decided by the landmark",
    "timing unknown",
    "no creation date",
    "closed without a date",
    "cycle below zero",
    "no questions mapped",
)


def left_out(*parts: tuple[str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(parts, schema=["part", "deals", "won"], orient="row")


def test_the_header_says_what_the_page_rests_on() -> None:
    """Day of the export, day of the load, deals in scope."""
    line = frame.header_line(date(2026, 6, 30), datetime(2026, 7, 1, 9, 12), 1412)  # noqa: DTZ001 - UTC by contract
    assert line == "Data as of 30 June 2026 · loaded 1 July 2026 · 1,412 deals in scope"


def test_deals_left_out_are_counted(terms: Make) -> None:
    """All but the compared ones; without history that is every deal."""
    assert frame.left_out_label(left_out(("compared", 400, 90), ("too young", 30, 2), ("odd", 7, 0)), terms()) == "37 left out: why?"
    assert frame.left_out_label(left_out(("compared", 400, 90)), terms()) == "none left out"
    untimed = left_out(("timing unknown", 400, 90))
    assert frame.left_out_label(untimed, terms(has_field_history=False)) == "none comparable at equal age: why?"


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_told_in_words(terms: Make, part: str) -> None:
    """No part of metrics.tagged_deals is shown by its key alone."""
    (line,) = frame.left_out_lines(left_out((part, 3, 1)), terms())
    assert line.startswith("3 deals ")
    assert line != f"3 deals {part}" or part == "closed without a date"


def test_a_part_that_is_new_is_still_shown(terms: Make) -> None:
    """Nothing is dropped for want of a wording."""
    assert frame.left_out_lines(left_out(("brand new", 1, 0)), terms()) == ["1 deal brand new"]


def test_decided_deals_are_shown_with_their_wins(terms: Make) -> None:
    """They are told apart, and never mixed in."""
    (line,) = frame.left_out_lines(left_out(("decided by the landmark", 412, 96)), terms(landmark_day=14))
    assert line == "412 deals decided by day 14, too early to compare; 96 of them won"


def test_filters_in_force_are_named() -> None:
    """In the words of the sidebar."""
    described = {"owner": ("Søren", "(none)"), "segment": ("SMB",), "created_to": date(2025, 6, 30), "landmark_day": 60}
    assert frame.scope_line(described) == "Rep: Søren, (none) · Segment: SMB · Created to 30 June 2025"
    assert frame.scope_line({}) == ""


def test_an_error_says_what_to_do(terms: Make) -> None:
    """What is wrong, what to do, and where it was looked for."""
    title, lines = frame.unavailable("there is no database yet", "x/deals.duckdb", "Run `sameside demo`.")
    assert title == "There is no database yet."
    assert lines == ["Run `sameside demo`.", "Looked for at x/deals.duckdb."]


def test_the_definition_is_complete(terms: Make) -> None:
    """Landmark day, answers needed, horizon, cohort, and what an empty field means."""
    text = " ".join(common.definition(terms()))
    for said in ("at least 3 of 6", "end of day 30", "by day 210", "180 days", "210 days or more before 30 June 2026"):
        assert said in text
    assert "An empty field means “not documented”, not “does not care about the customer”." in text


def test_without_history_the_definition_is_of_today(terms: Make) -> None:
    """No landmark where nothing is known of time."""
    text = " ".join(common.definition(terms(has_field_history=False)))
    assert "on the day of the export" in text
    assert "day 30" not in text


def test_the_crms_own_figures_are_exact(terms: Make) -> None:
    """So that they are recognised."""
    crm = {"win_rate": 0.276709, "won": 1093, "lost": 2857, "mean_days_won": 73.485, "won_amount": 53_902_800}
    assert common.crm_line(crm, terms()).replace("\N{NO-BREAK SPACE}", " ") == (
        "As your CRM shows these deals: win rate 27.7% (1,093 won of 3,950 closed), 73.5 days to a win on average, €53,902,800 won."
    )
    assert common.crm_line(crm | {"win_rate": None}, terms()).endswith("none is closed yet.")
