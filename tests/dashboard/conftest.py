"""What tests of the dashboard share: frames made by hand, exports of a few lines, and the app run on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import plotly.graph_objects as go
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.terms import Terms
from tests.dashboard.exports import QUESTION, deals_by_rule
from tests.dashboard.pages import shown


class Text(NamedTuple):
    """A text on a figure: what it says, where, and in which colour."""

    text: str
    x: float
    y: float
    colour: str


class Mark(NamedTuple):
    """A dot on a figure: where it stands, its look, what it says when pointed at, and what it stands for when it is selected."""

    x: float
    y: float
    colour: str
    symbol: str
    size: int
    edge: str
    hover: str
    key: str


ROOT = Path(__file__).parents[2]

STEP_NAMES = (
    "as the CRM reports it",
    "without junk answers",
    "without answers written after the fact",
    "at equal deal age",
    "like for like",
    "beyond tidy record-keeping",
)
STEPS = ((80, 100, 40, 100), (78, 100, 41, 100), (60, 100, 30, 100), (38, 100, 27, 100))


@pytest.fixture
def written() -> Callable[..., list[Text]]:
    """Return a function that gives the texts on a figure that are plain, those in a place as they are written."""

    def of(figure: go.Figure) -> list[Text]:
        written = [trace for trace in figure.data if trace.mode == "text"]
        return [Text(*each, trace.textfont.color) for trace in written for each in zip(trace.text, trace.x, trace.y, strict=True)]

    return of


@pytest.fixture
def dots() -> Callable[..., list[Mark]]:
    """Return a function that gives the dots on a figure, in order; those that say nothing only where they are asked for."""

    def of(figure: go.Figure, *, are_silent: bool = False) -> list[Mark]:
        return [dot for trace in figure.data if trace.mode == "markers" for dot in _marks(trace) if dot.hover or are_silent]

    return of


def _marks(trace: Any) -> list[Mark]:
    look, edge = trace.marker, trace.marker.line
    columns = (trace.x, trace.y, look.color, look.symbol, look.size, edge.color, trace.hovertext, trace.customdata)
    return [Mark(*each) for each in zip(*columns, strict=True)]


@pytest.fixture
def lines() -> Callable[..., list[tuple[Any, ...]]]:
    """Return a function that gives the plain lines on a figure, of those that `is_asked` takes: both ends' x, both ends' y."""

    def of(figure: go.Figure, is_asked: Callable[[Any], bool]) -> list[tuple[Any, ...]]:
        drawn = [trace for trace in figure.data if trace.mode == "lines" and is_asked(trace.line)]
        return [(*trace.x[at : at + 2], *trace.y[at : at + 2]) for trace in drawn for at in range(0, len(trace.x), 3)]

    return of


@pytest.fixture
def terms() -> Callable[..., Terms]:
    """Return a function that makes terms: 3 of 6 questions by day 30, a horizon of 180 days, and what is given."""

    def make(**given: Any) -> Terms:
        usual: dict[str, Any] = {
            "landmark_day": 30,
            "answers_needed": 3,
            "questions": 6,
            "horizon_days": 180,
            "currency": "EUR",
            "as_of": date(2026, 6, 30),
            "has_field_history": True,
            "has_owners": True,
        }
        return Terms(**usual | given)

    return make


@pytest.fixture
def ladder() -> Callable[..., pl.DataFrame]:
    """Return a function that makes an evidence ladder of (customer won, deals, seller won, deals) for steps 1 to 4.

    `interval` is that of step 4; None for a step is a step without any deals. `alike` and `beyond` are difference, low and high of
    steps 5 and 6; `reasons` maps a step to why something of it is missing.
    """

    def make(
        *steps: tuple[int, int, int, int] | None,
        interval: tuple[float, float] | None = None,
        alike: tuple[float, float | None, float | None] | None = None,
        beyond: tuple[float, float | None, float | None] | None = None,
        reasons: dict[int, str] | None = None,
    ) -> pl.DataFrame:
        rows = [counted(*(counts or (0, 0, 0, 0))) for counts in steps or STEPS]
        rows[3] |= dict(zip(("low", "high"), interval or (None, None), strict=True))
        rows += [weighted(*(figures or (None, None, None))) for figures in (alike, beyond)]
        for number, (row, name) in enumerate(zip(rows, STEP_NAMES, strict=True), start=1):
            before = rows[number - 2]["difference"] if number > 1 else None
            removed = None if before is None or row["difference"] is None else before - row["difference"]
            row |= {"step": number, "step_name": name, "removed": removed, "reason": (reasons or {}).get(number), "deals_left_out": 12}
        return pl.DataFrame(rows, infer_schema_length=None)

    return make


def counted(won: int, deals: int, seller_won: int, seller_deals: int) -> dict[str, Any]:
    """Return the figures of a step whose groups are counted."""
    rate, seller_rate = (w / d if d else None for w, d in ((won, deals), (seller_won, seller_deals)))
    return {
        "customer_won": won,
        "customer_deals": deals,
        "customer_rate": rate,
        "seller_won": seller_won,
        "seller_deals": seller_deals,
        "seller_rate": seller_rate,
        "difference": None if rate is None or seller_rate is None else rate - seller_rate,
        "low": None,
        "high": None,
        "deals_used": deals + seller_deals,
    }


def weighted(difference: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    """Return the figures of a step whose groups are weighted, so that neither has counts of its own."""
    empty = dict.fromkeys(("customer_won", "customer_deals", "customer_rate", "seller_won", "seller_deals", "seller_rate"))
    return empty | {"difference": difference, "low": low, "high": high, "deals_used": 0 if difference is None else 150}


@pytest.fixture
def verdicts() -> Callable[..., pl.DataFrame]:
    """Return a function that makes metrics.verdict: the win rate in a state, with what is given; `days` is the row of days open."""

    def make(state: str = "more", days: dict[str, Any] | None = None, **given: Any) -> pl.DataFrame:
        usual: dict[str, Any] = {
            "measure": "win_rate",
            "state": state,
            "is_toned_down": bool(given.get("reasons")),
            "reasons": [],
            "difference": 0.14,
            "low": 0.04,
            "high": 0.23,
            "beyond_tidiness": 0.08,
            "beyond_low": -0.09,
            "beyond_high": 0.25,
            "customer_deals": 329,
            "seller_deals": 1037,
            "customer_won": 204,
            "seller_won": 319,
            "deals": 1366,
            "deals_compared": 849,
            "share_compared": 849 / 1366,
            "owners": 41,
            "margin": 0.05,
            "detectable_difference": 0.127,
            "deals_needed": 7451,
        }
        usual_days = {"measure": "days_open", "state": state, "difference": -24.5, "low": -30.6, "high": -18.4, "margin": None}
        rows = [usual | given, usual | usual_days | {"is_toned_down": False} | (days or {})]
        return pl.DataFrame(rows, schema_overrides={"reasons": pl.List(pl.String)}, infer_schema_length=None)

    return make


@pytest.fixture(scope="session")
def few_deals(loaded: Callable[..., Path]) -> Callable[..., Path]:
    """Return a function that loads deals made by rule, see tests/dashboard/exports.py, and returns their data folder, for reading only."""
    return lambda *counts, **more: loaded(deals_by_rule(*counts, **more), QUESTION)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that runs a page of the app on a data folder; see shown in tests/dashboard/pages.py."""
    return partial(shown, monkeypatch)
