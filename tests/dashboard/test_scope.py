"""What is chosen ↔ one Scope: quarters, defaults that narrow nothing, and the URL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from dashboard.data import Scope
from dashboard.scope import Choices, days_of, fiscal_quarters, scope_of, size_of_band

QUARTERS = fiscal_quarters((date(2024, 1, 12), date(2025, 6, 30)), 1)
CHOICES = Choices({"segment": ["SMB", "Enterprise"]}, QUARTERS, landmark_day=30, answers_needed=3, questions=6)

Show = Callable[..., AppTest]
Load = Callable[..., Path]


def test_calendar_quarters() -> None:
    """A fiscal year that is the calendar's needs no other name."""
    assert [quarter.name for quarter in QUARTERS] == ["Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024", "Q1 2025", "Q2 2025"]
    assert (QUARTERS[0].first, QUARTERS[0].last) == (date(2024, 1, 1), date(2024, 3, 31))


def test_fiscal_years_are_named_for_their_end() -> None:
    """A year that starts in February 2024 is FY2025, and January still belongs to the year before."""
    quarters = fiscal_quarters((date(2024, 1, 31), date(2024, 5, 1)), 2)
    assert [quarter.name for quarter in quarters] == ["Q4 FY2024", "Q1 FY2025", "Q2 FY2025"]
    assert (quarters[0].first, quarters[0].last) == (date(2023, 11, 1), date(2024, 1, 31))
    of_start = fiscal_quarters((date(2024, 1, 31), date(2024, 5, 1)), 2, "start")
    assert [quarter.name for quarter in of_start] == ["Q4 FY2023", "Q1 FY2024", "Q2 FY2024"]


@given(some.dates(date(1990, 1, 1), date(2090, 1, 1)), some.integers(0, 2000), some.integers(1, 12))
def test_quarters_cover_the_days_without_a_gap(first: date, length: int, start_month: int) -> None:
    """Each begins the day after the last, the first begins in the fiscal rhythm, and the names are all different."""
    quarters = fiscal_quarters((first, first + timedelta(length)), start_month)
    assert quarters[0].first <= first <= quarters[0].last
    assert quarters[-1].first <= first + timedelta(length) <= quarters[-1].last
    assert all(one.last + timedelta(1) == next_.first for one, next_ in pairwise(quarters))
    assert (quarters[0].first.month - start_month) % 3 == 0
    assert len({quarter.name for quarter in quarters}) == len(quarters)


def test_no_deals_no_quarters() -> None:
    """Nothing to choose from."""
    assert fiscal_quarters(None, 1) == []


def test_a_range_narrows_only_the_ends_that_it_cuts() -> None:
    """The first quarter does not shut out deals that were created before it by correction of the data."""
    assert days_of(QUARTERS, ("Q1 2024", "Q4 2024")) == (None, date(2024, 12, 31))
    assert days_of(QUARTERS, ("Q2 2024", "Q2 2025")) == (date(2024, 4, 1), None)


def test_defaults_are_the_empty_scope() -> None:
    """The file's own settings need no mention."""
    assert scope_of(CHOICES, CHOICES.defaults) == Scope()


def test_what_is_chosen_is_in_the_scope() -> None:
    """Each widget narrows its own part."""
    chosen = {"segment": ["SMB"], "created": ("Q2 2024", "Q2 2024"), "landmark": 60, "answers": 2, "no_decision": "out"}
    assert scope_of(CHOICES, chosen) == Scope(
        segment=("SMB",),
        created_from=date(2024, 4, 1),
        created_to=date(2024, 6, 30),
        landmark_day=60,
        answers_needed=2,
        no_decision="out",
    )


def test_bands_of_amounts_are_in_order_of_size() -> None:
    """However many there are, the smallest first and deals without an amount last."""
    bands = ["250,000 and more", "(none)", "10,000 to 50,000", "under 10,000", "50,000 to 250,000"]
    assert sorted(bands, key=size_of_band) == [
        "under 10,000",
        "10,000 to 50,000",
        "50,000 to 250,000",
        "250,000 and more",
        "(none)",
    ]


def test_the_url_sets_the_widgets(show: Show, few_deals: Load) -> None:
    """A link reopens what was seen."""
    app = show(few_deals(40, 20, segments=("SMB", "R&D = 100%")), segment="R&D = 100%", landmark="60")
    assert app.multiselect(key="segment").value == ["R&D = 100%"]
    assert "Segment: R&D = 100%" in [each.value.replace("\\", "") for each in app.caption]


def test_a_value_that_is_no_choice_is_dropped(show: Show, few_deals: Load) -> None:
    """An old or hostile link opens the default view."""
    app = show(few_deals(40, 20, segments=("SMB", "Enterprise")), segment="<script>", landmark="999", answers="-1")
    assert app.multiselect(key="segment").value == []
    assert "41 deals in scope" in app.caption[0].value


def test_dimensions_with_one_value_are_not_asked_for(show: Show, few_deals: Load) -> None:
    """A choice of one is none."""
    app = show(few_deals(40, 20))
    assert [each.key for each in app.multiselect] == ["owner"]


def test_a_dimension_goes_by_the_name_people_use(show: Show, few_deals: Load) -> None:
    """Owners are reps."""
    assert show(few_deals(40, 20)).multiselect(key="owner").label == "Rep"


def test_reset_puts_every_widget_back(show: Show, few_deals: Load) -> None:
    """One click, and the scope is empty again."""
    app = show(few_deals(40, 20), owner=["A", "B"], landmark="60")
    assert app.multiselect(key="owner").value == ["A", "B"]
    app.sidebar.button[0].click().run()
    assert not app.exception
    assert app.multiselect(key="owner").value == []
    assert app.session_state["scope in force"] == Scope()


@pytest.mark.thorough
@pytest.mark.parametrize("days", ["14", "30", "60", "90"])
def test_landmark_days_on_offer(show: Show, few_deals: Load, days: str) -> None:
    """Each of them can be linked to, and is what the page then speaks of."""
    app = show(few_deals(80, 40), landmark=days)
    assert any(f"day {days} after creation" in caption.value for caption in app.caption)
