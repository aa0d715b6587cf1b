"""The page of reps and teams in each of its states: what it says, and that its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.dashboard.pages import answer, charts, dots, plain, read

Show = Callable[..., AppTest]
Load = Callable[..., Path]

PAGE = "app_pages/team.py"
HOSTILE = "![x](http://evil.example/p.png) <img src='http://evil.example/q.png'> $x$ %{y}"


def marked(chart: dict[str, Any]) -> dict[str, Any]:
    """Return the trace of a chart that holds its dots, the first that says something when pointed at."""
    found: dict[str, Any] = next(trace for trace in chart["data"] if trace.get("hovertext"))
    return found


@pytest.mark.parametrize(
    ("parameters", "scope"),
    [({}, Scope()), ({"landmark": "60", "segment": "SMB"}, Scope(landmark_day=60, segment=("SMB",)))],
    ids=["default", "filtered"],
)
def test_the_numbers_are_the_databases(show: Show, sample: Database, parameters: dict[str, str], scope: Scope) -> None:
    """Sentence, funnel, table of reps, adoption and teams show what the metrics say."""
    app = show(sample.path.parent, PAGE, **parameters)
    rates, whole = sample.owner_rates(scope), sample.group_rates(scope, "all").row(0, named=True)
    share = f"{rounding.percent(whole['share_customer_focused'])} of the deals are customer-focused"
    assert plain(f"{share} ({rounding.of(whole['customer_deals'], whole['deals'])}; 95% interval") in answer(app)
    outside = rates.filter((pl.col("funnel") != "within") & (pl.col("owner") != "(none)")).height
    assert plain(rounding.of(outside, rates.filter(pl.col("owner") != "(none)").height)) in answer(app)
    spots = marked(charts(app)[0])
    assert sorted(spots["x"]) == sorted(rates["deals"])
    assert sorted(spots["y"]) == pytest.approx(sorted(100 * rates["win_rate"]))
    quarters = sample.adoption(scope).filter(pl.col("deals") >= 30)
    assert marked(charts(app)[1])["y"] == pytest.approx((100 * quarters["share"]).to_list())
    table = next(each.value for each in app.dataframe if "Rep" in each.value.columns and "Pulled" in each.value.columns)
    assert table["Deals"].tolist() == rates["deals"].to_list()
    assert table["Pulled"].tolist() == pytest.approx((100 * rates["shrunk_rate"]).to_list())
    late = sample.late_answers(scope, "all").row(0, named=True)
    assert plain(rounding.of(late["late_answers"], late["answers"])) in read(app)


def test_teams_stand_beside_each_other(show: Show, sample: Database) -> None:
    """A row and a panel for each team, at the database's figures."""
    app = show(sample.path.parent, PAGE)
    teams = sample.group_rates(Scope(), "team").filter(pl.col("deals") >= 30)
    assert dots(app)[-2] == pytest.approx((100 * teams["win_rate"]).to_list())
    panels = [each for each in app.main.markdown if each.value.startswith("**") and ":green[" in each.value]
    assert len(panels) == teams.height == 5


def test_few_deals_have_no_rate_in_the_table(show: Show, sample: Database) -> None:
    """Counts instead, and the pulled rate, which allows for them."""
    app = show(sample.path.parent, PAGE)
    table = next(each.value for each in app.dataframe if "Pulled" in each.value.columns)
    few = table[table["Deals"] < 30]
    assert len(few) > 0
    assert few["Win rate"].isna().all()
    assert (few["95% interval"] == "too few").all()
    assert few["Pulled"].notna().all()


def test_no_more_than_chance(show: Show, few_deals: Load) -> None:
    """Reps who win alike are told to differ no more than chance has it."""
    app = show(few_deals(400, 200, won=(5, 5), reps=tuple("ABCDE")), PAGE)
    assert answer(app) == (
        "By day 30, 50% of the deals are customer-focused (200 of 400; 95% interval 45 to 55). Win rates differ no more than chance may "
        "have it: 0 of 5 reps lie outside the limits that hold 95 in 100 by chance."
    )
    assert "No more than chance" in read(app)
    assert "not for judging people" in read(app)


def test_few_reps_are_too_few(show: Show, few_deals: Load) -> None:
    """With fewer than five the page says so."""
    app = show(few_deals(120, 60, reps=("A", "B", "C")), PAGE)
    assert answer(app).startswith("Only 3 reps: too few to tell how reps differ. By day 30, 50% of the deals")


def test_without_reps(show: Show, few_deals: Load) -> None:
    """An export that names nobody has no funnel and no table of reps, but adoption."""
    app = show(few_deals(120, 60, reps=("",)), PAGE)
    assert answer(app).startswith(
        "The export does not say whose deals these are. By day 30, 50% of the deals are customer-focused (60 of 120;"
    )
    assert "Rep by rep" not in read(app)
    assert "Team by team" not in read(app)
    assert "Adoption over time" in read(app)


def test_too_few_deals(show: Show, few_deals: Load) -> None:
    """Twenty deals: adoption is a sentence, and no reps are compared by range."""
    app = show(few_deals(20, 10), PAGE)
    assert "Too few to say: 20 deals past day 30; a quarter takes 30 for a share." in read(app)
    assert "among the" not in answer(app)


def test_hostile_names_are_text(show: Show, few_deals: Load) -> None:
    """A rep's name that is markup is escaped in the chart, and shown as it is in words."""
    app = show(few_deals(200, 100, won=(10, 10), reps=(HOSTILE, "B", "C", "D", "E")), PAGE)
    [spec] = [chart.proto.spec for chart in app.get("plotly_chart")][:1]
    assert "<img" not in spec
    assert "](http" not in "".join(each.value for each in app.main.markdown)
