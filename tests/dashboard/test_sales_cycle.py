"""The page of the sales cycle in each of its states: what it says, and that its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.dashboard.pages import charts, dots, plain, read

Show = Callable[..., AppTest]
Load = Callable[..., Path]

PAGE = "app_pages/sales_cycle.py"


@pytest.mark.parametrize(
    ("parameters", "scope"),
    [({}, Scope()), ({"landmark": "60", "answers": "2"}, Scope(landmark_day=60, answers_needed=2))],
    ids=["default", "landmark and answers"],
)
def test_the_numbers_are_the_databases(show: Show, sample: Database, parameters: dict[str, str], scope: Scope) -> None:
    """Sentence, marked ages, medians, spread, stages and friction are those of the metrics for the scope that the URL names."""
    app = show(sample.path.parent, PAGE, **parameters)
    text, day = read(app), scope.landmark_day or 30
    open_ = sample.verdict(scope).row(1, named=True)
    assert plain(rounding.days(abs(open_["difference"]))) in text
    for row in sample.curve_at(scope).filter(focus="difference").iter_rows(named=True):
        if row["figure"] != "days_open" and row["low"] is not None:
            step = rounding.points_step(row["low"], row["high"])
            ends = rounding.between(*(rounding.number(100 * row[end], step) for end in ("low", "high")))
            assert plain(f"{rounding.number(100 * row['estimate'], step, signed=True)} ({ends})") in text
    found = sample.cycle_quantiles(scope).filter(quantile=0.5)
    medians = [
        day + found.filter(measure=measure, focus=focus)["days"][0]
        for measure in ("won by the horizon", "any close")
        for focus in ("customer-focused", "seller-focused")
    ]
    assert dots(app)[3] == medians
    assert dots(app)[4] == sample.cycle_spread(scope)["days_50"].to_list()
    times = sample.stage_times(scope)
    stays = times.filter(times["focus"] != "difference", times["stays"] >= 30)
    assert dots(app)[5] == stays["median_days"].to_list()
    friction = sample.friction(scope)
    for chart, until in ((6, "landmark"), (7, "horizon")):
        shares = friction.filter(until=until)["share_with_any"].to_list()
        assert dots(app)[chart] == pytest.approx([100 * share for share in shares])


def test_curves_are_drawn_to_the_horizon(show: Show, sample: Database) -> None:
    """Each of three charts draws both groups from the landmark to the horizon, with the shares of the last day."""
    app = show(sample.path.parent, PAGE)
    at = sample.curve_at(Scope()).filter(day=180)
    for chart, state in enumerate(("won", "lost", "open")):
        lines = [trace for trace in charts(app)[chart]["data"] if "hovertemplate" in trace]
        assert [trace["name"] for trace in lines] == ["Customer-focused", "Seller-focused"]
        for trace, focus in zip(lines, ("customer-focused", "seller-focused"), strict=True):
            assert (trace["x"][0], trace["x"][-1]) == (30, 210)
            assert trace["y"][-1] == pytest.approx(100 * at.filter(figure=state, focus=focus)["estimate"][0])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("deals", "answered", "said"),
    [
        (330, 165, "there is no clear difference in days open over the 180 days after day 30"),
        (120, 10, "Too few to say: 10 customer-focused deals (5 won) and 110 seller-focused deals (55 won)"),
        (120, 0, "All 120 deals that can be compared are seller-focused"),
        (20, 10, "Too few to say"),
    ],
    ids=["nil", "too few of one", "one group", "too few"],
)
def test_states(show: Show, few_deals: Load, deals: int, answered: int, said: str) -> None:
    """What can be said is said; a group of too few deals has no curve, and is named with its count."""
    app = show(few_deals(deals, answered, reps=tuple("ABCDEFGHIJK"), has_stages=True), PAGE)
    text = read(app)
    assert said in text
    if 0 < answered < 30:
        assert f"too few ({answered} deals)" in text
    names = {trace.get("name") for chart in charts(app) for trace in chart["data"]}
    assert ("Customer-focused" in names) == (answered >= 30)


@pytest.mark.thorough
def test_without_stage_history_the_page_says_so(show: Show, few_deals: Load) -> None:
    """No stay and no sign of friction is made up: sentences stand where the charts would."""
    text = read(show(few_deals(240, 120), PAGE))
    assert "The export holds no stage history" in text
    assert "nobody knows what held deals up" in text
