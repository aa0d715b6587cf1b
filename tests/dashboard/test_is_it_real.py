"""The page that asks whether the finding is real, in each of its states; its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from etl.queries import Database, Scope
from tests.dashboard.pages import dots, read

Show = Callable[..., AppTest]
Load = Callable[..., Path]

PAGE = "app_pages/is_it_real.py"


@pytest.mark.thorough
def test_the_numbers_are_the_databases(show: Show, sample: Database) -> None:
    """Forest, balance, settings and methods show what the metrics say; the headline counts the checks that hold."""
    app, scope = show(sample.path.parent, PAGE), Scope()
    compared = sample.like_for_like(scope).filter(measure="win_rate")
    own = sample.like_for_like(scope, strata=("owner",)).filter(measure="win_rate", comparison="like for like", contrast="buyer")
    alike = compared.filter(comparison="like for like", contrast="buyer")["difference"][0]
    observed = compared.filter(comparison="as observed", contrast="buyer")["difference"][0]
    beyond = compared.filter(comparison="like for like", contrast="buyer minus neutral")["difference"][0]
    forest = [observed, alike, own["difference"][0], beyond, alike, alike]
    assert dots(app)[0] == pytest.approx([100 * gap for gap in forest])
    balance = sample.balance(scope)
    assert max(dots(app)[1]) == pytest.approx(
        balance.select(pl.max_horizontal(pl.col("difference", "difference_alike").abs().max())).item()
    )
    tried = sample.sensitivity(scope).filter(measure="win_rate")
    told = tried.filter(~pl.col("state").is_in(["too few", "one group only", "not comparable", "no deals"]))
    for chart, rows in (
        (2, told.filter(answers_needed=3).sort("landmark_day")),
        (3, told.filter(landmark_day=30).sort("answers_needed")),
    ):
        assert dots(app)[chart] == pytest.approx([100 * gap for gap in rows["difference"]])
    methods = [observed, alike, *sample.other_methods(scope)["difference"]]
    assert dots(app)[4] == pytest.approx([100 * gap for gap in methods])
    text = read(app)
    assert "win 14 points more often (95% interval 4 to 23) holds in 2 of 4 checks" in text
    assert "No longer certain: beyond tidy record-keeping (+8, −9 to 25) and however often it is looked at (+13.6, −0.2 to 27.3)." in text
    assert "Not held equal, as too few deals would have had a partner: segment, amount, deal type and lead source" in text
    assert "2.2 times as likely; 1.5 times" in text
    assert "About 7,500 more" in text


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("deals", "answered", "won", "reps", "charts", "said"),
    [
        (330, 165, (8, 3), "ABCDEFGHIJK", 5, "holds in all 3 checks"),
        (330, 165, (5, 5), "ABCDEFGHIJK", 5, "there is no clear difference that could be put to the test: +3 points"),
        (120, 60, (8, 3), "ABCD", 5, "the gap is +50 points, but no check can tell whether it holds"),
        (120, 10, (5, 5), "ABCDEFGH", 2, "Too few to say: 10 customer-focused deals"),
        (120, 0, (5, 5), "ABCDEFGH", 2, "All 120 deals that can be compared are seller-focused"),
    ],
    ids=["more", "nil", "few reps", "too few", "one group"],
)
def test_states(show: Show, few_deals: Load, deals: int, answered: int, won: tuple[int, int], reps: str, charts: int, said: str) -> None:
    """What can be said is said, and no more is drawn than there is."""
    app = show(few_deals(deals, answered, won=won, reps=tuple(reps), has_stages=True), PAGE)
    assert said in read(app)
    assert len(app.get("plotly_chart")) == charts
