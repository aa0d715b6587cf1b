"""The page of the buyer questions in each of its states: what it says, and that its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.queries import Database, Scope
from tests.dashboard.pages import answer, charts, dots, plain, read

Show = Callable[..., AppTest]
Load = Callable[..., Path]

PAGE = "app_pages/questions.py"


def counted(row: dict[str, int], group: str) -> str:
    return plain(rounding.of(row[f"{group}_won"], row[f"{group}_deals"]))


@pytest.mark.parametrize(
    ("parameters", "scope"),
    [({}, Scope()), ({"landmark": "60", "icp_fit": "fits"}, Scope(landmark_day=60, icp_fit=("fits",)))],
    ids=["default", "filtered"],
)
def test_the_numbers_are_the_databases(show: Show, sample: Database, parameters: dict[str, str], scope: Scope) -> None:
    """Dots stand at the differences of both measures and of all questions at once, and the known shares at those of the rates."""
    app = show(sample.path.parent, PAGE, **parameters)
    effects = sample.effects(scope).filter((pl.min_horizontal("customer_deals", "seller_deals") >= 30) & (pl.col("share_compared") >= 0.5))
    won, days, both = dots(app)
    assert sorted(won) == pytest.approx(sorted(100 * effects.filter(measure="win_rate")["difference"]))
    assert sorted(days) == pytest.approx(sorted(effects.filter(measure="days_open")["difference"]))
    jointly = sample.questions_jointly(scope)
    told = effects.filter(measure="win_rate", is_control=False)["by_value"].to_list()
    expected = (100 * jointly.filter(pl.col("question").is_in(told))["difference"]).to_list()
    assert sorted(both[1::2]) == pytest.approx(sorted(expected))
    text = read(app)
    rates = sample.question_rates(scope).filter(is_answered=True, is_control=False)
    assert rates.height == 6
    for row in rates.iter_rows(named=True):
        total = int(sample.question_rates(scope).filter(question=row["question"])["deals"].sum())
        assert plain(f"{rounding.percent(row['share'])} ({rounding.of(row['deals'], total)})") in text


def test_findings_are_those_after_correction(show: Show, sample: Database) -> None:
    """The sentence names the questions with q up to 5%, with sizes and intervals, and no other."""
    app = show(sample.path.parent, PAGE)
    labels = dict(sample.questions().select("topic", "label").rows())
    effects = sample.effects(Scope()).filter(measure="win_rate", is_control=False)
    found = effects.filter(pl.col("q") <= 0.05)
    assert 0 < found.height < effects.height
    assert answer(app).startswith(f"{found.height} of {effects.height} questions stand out: alike deals in which they were known by day 30")
    for row in effects.iter_rows(named=True):
        is_named = f"“{labels[row['by_value']]}” by {plain(rounding.points(row['difference']))}" in answer(app)
        assert is_named == (row["q"] <= 0.05)


def test_neutral_fields_stand_apart(show: Show, sample: Database) -> None:
    """They come below a heading of their own, are labelled as controls, and are told beside the answer."""
    app = show(sample.path.parent, PAGE)
    written = [trace for trace in charts(app)[0]["data"] if trace["mode"] == "text"]
    at = {plain(text).strip("</b>"): y for trace in written for text, y in zip(trace["text"], trace["y"], strict=True)}
    controls = [at[name] for name in ("Product Line", "Lead Source Detail", "Internal Reference")]
    assert at["Who champions it"] < at["Fields that say nothing about the buyer"] < min(controls)
    assert "too few: filled in 20 deals, not in 1,346" in at
    assert "None of 2 goes with a clear difference in wins" in read(app)


@pytest.mark.thorough
def test_a_question_that_stands_out(show: Show, few_deals: Load) -> None:
    """One question, ten reps: found, named, and told against what."""
    app = show(few_deals(400, 200, won=(8, 3), reps=tuple("ABCDEFGHIJ")), PAGE)
    assert answer(app).startswith(
        "The one question stands out: alike deals in which it was known by day 30 won more often, “What hurts” by 50 points (95% interval"
    )
    assert "nothing to correct for" in read(app)
    assert "There is no telling" in read(app)  # one question has no others to hold equal
    assert len(dots(app)) == 2


@pytest.mark.thorough
def test_the_other_way_round_is_said_as_plainly(show: Show, few_deals: Load) -> None:
    """With few reps it is a tendency."""
    app = show(few_deals(330, 165, won=(2, 7)), PAGE)
    assert "tend to win less often, “What hurts” by" in answer(app)
    assert "A tendency" in read(app)


def test_none_stands_out(show: Show, few_deals: Load) -> None:
    """Said plainly, with the largest difference and its interval."""
    app = show(few_deals(330, 165, reps=tuple("ABCDEFGHIJK"), has_stages=True), PAGE)
    assert answer(app).startswith("The one question does not stand out: whether it was known by day 30 or not")
    assert "(95% interval" in answer(app)


def test_few_reps_give_no_range(show: Show, few_deals: Load) -> None:
    """With four reps differences stand without intervals, and the page says why."""
    app = show(few_deals(240, 120, won=(8, 3), reps=tuple("ABCD")), PAGE)
    assert answer(app).startswith("Nobody can say which questions stand out: the deals are those of 4 reps, and a range takes 5.")
    assert "95% interval" not in answer(app)


@pytest.mark.thorough
@pytest.mark.parametrize("answered", [10, 120], ids=["too few", "one group"])
def test_too_few_are_counts(show: Show, few_deals: Load, answered: int) -> None:
    """Ten deals with the answer, or none without it: a sentence, counts, and no dot."""
    app = show(few_deals(120, answered), PAGE)
    assert answer(app).startswith("Too few to say: no question was known by day 30 in 30 deals and unknown in 30 others")
    assert dots(app) == []
    assert f"too few: known in {answered} deals, not in {120 - answered}" in read(app)
