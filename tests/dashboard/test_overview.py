"""The Overview in each of its states: what it says, and that its numbers are the database's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.config import load_config
from etl.load import Request, load
from etl.queries import Database, Scope
from tests.conftest import Loader
from tests.dashboard.exports import QUESTION, deals_by_rule
from tests.dashboard.pages import answer, dots, plain, read

ROOT = Path(__file__).parents[2]

Show = Callable[..., AppTest]
Load = Callable[..., Path]

ALIKE = "Compared like for like – same stage, rep, segment and amount on day 30 –"


def rungs(app: AppTest) -> list[float]:
    """Return where the ladder's dots stand."""
    return next(iter(dots(app)), [])


def wins(database: Database, scope: Scope) -> str:
    """Return the gap among alike deals, or that there is no clear one, as metrics.verdict has it, with its interval."""
    row = database.verdict(scope).row(0, named=True)
    low, high = (100 * row[end] for end in ("low", "high"))
    if row["state"] == "cannot tell":
        ends = rounding.between(rounding.number(low), rounding.number(high))
        return plain(f"no clear difference: {rounding.points(row['difference'], signed=True)} (95% interval {ends})")
    by = "tend to win more often: by {} (95%" if row["is_toned_down"] else "won {} more often (95%"
    return plain(
        f"{by.format(rounding.points(row['difference']))} interval {rounding.between(rounding.number(low), rounding.number(high))})"
    )


def of(row: dict[str, Any], group: str) -> str:
    return plain(rounding.of(row[f"{group}_won"], row[f"{group}_deals"]))


@pytest.mark.parametrize(
    ("parameters", "scope"),
    [
        ({}, Scope()),
        ({"segment": "SMB", "landmark": "60"}, Scope(segment=("SMB",), landmark_day=60)),
        ({"icp_fit": "fits", "answers": "2"}, Scope(icp_fit=("fits",), answers_needed=2)),
    ],
    ids=["default", "segment and landmark", "fit and answers"],
)
def test_the_numbers_are_the_databases(show: Show, sample: Database, parameters: dict[str, str], scope: Scope) -> None:
    """Sentence, tiles, ladder and header show what the metrics say for the scope that the URL names."""
    app = show(sample.path.parent, **parameters)
    text = read(app)
    assert wins(sample, scope) in answer(app)
    row = sample.evidence_ladder(scope).row(3, named=True)
    ends = plain(rounding.between(*(rounding.number(100 * row[end]) for end in ("low", "high"))))
    assert f"{plain(rounding.percent(row['customer_rate']))} ({of(row, 'customer')})" in text
    assert f"{plain(rounding.percent(row['seller_rate']))} ({of(row, 'seller')})" in text
    assert f"95% interval {ends}" in text
    assert rungs(app) == pytest.approx((100 * sample.evidence_ladder(scope)["difference"]).to_list())
    for figure in sample.headline(scope).iter_rows(named=True):
        assert figure["customer_count"] > 0
        assert f"{figure['customer_count']:,}" in text or f"{figure['customer_deals']:,}" in text
    deals = sample.left_out(scope)["deals"].sum()
    assert f"{deals:,} deals in scope" in text
    assert "A comparison, not proof: something that is not recorded may explain it." in text
    assert "not made alike" in text


def test_tiles_hold_both_groups(show: Show, sample: Database) -> None:
    """Four figures, each of customer-focused beside seller-focused deals."""
    app = show(sample.path.parent)
    tables = [each.value for each in app.markdown if "| :green[" in each.value]
    assert len(tables) == 4
    assert all(":orange[Seller" in table for table in tables)


def test_the_csv_is_the_frame_with_its_definition(show: Show, sample: Database) -> None:
    """What is downloaded has the metric's rows, and says under which definition and scope."""
    app = show(sample.path.parent, segment="SMB")
    assert "Download CSV" in [each.proto.label for each in app.get("download_button")]
    from dashboard.data import Data  # noqa: PLC0415 - only where a session may run

    scope = Scope(segment=("SMB",))
    frame = pl.read_csv(Data(str(sample.path)).csv(sample.evidence_ladder(scope), scope))
    assert frame["difference"].to_list() == pytest.approx(sample.evidence_ladder(scope)["difference"].to_list())
    assert frame.select("as_of", "landmark_day", "answers_needed", "horizon_days", "scope").unique().height == 1
    assert frame["scope"][0] == "Segment: SMB"


def test_definitions_are_printed_under_the_numbers_and_on_the_csv(show: Show, sample: Database) -> None:
    """Decided deals, without no-decision losses, by value: the figures change, and all say how they were counted."""
    app = show(sample.path.parent, denominator="decided", no_decision="out", count_by="value")
    scope = Scope(denominator="decided", no_decision="out", count_by="value")
    text = read(app)
    row = sample.headline(scope).row(0, named=True)
    assert row["counted_by"] == "value"
    assert plain(rounding.percent(row["customer_value"], rounding.points_step(row["low"], row["high"]))) in text
    for said in (
        "by value",
        "Deals still open then are left out.",
        "Deals lost to no decision are left out.",
        "a description, not a comparison",
    ):
        assert said in text
    assert "Deals in the denominator: decided" in text
    from dashboard.data import Data  # noqa: PLC0415 - only where a session may run

    csv = pl.read_csv(Data(str(sample.path)).csv(sample.headline(scope), scope))
    assert "Deals lost to no decision are left out." in csv["definition"][0]


@pytest.mark.thorough
def test_numbers_and_days_follow_the_locale(show: Show, tmp_path: Path) -> None:
    """A German organisation reads points for thousands, and its own months."""
    (tmp_path / "sameside.toml").write_text('[organisation]\nlocale = "de_DE"\n')
    config = load_config(tmp_path / "sameside.toml")
    loaded = load(Request((ROOT / "sample_data" / "salesforce.zip",), tmp_path / "data", config))
    text = read(show(loaded.database.parent))
    assert "Data as of 30. Juni 2026" in text
    assert "3.994 deals in scope" in text
    assert "62 % (204 of 329)" in text
    assert "29.000 €" in text


@pytest.mark.parametrize(
    ("deals", "answered", "won", "drawn", "said"),
    [
        (330, 165, (8, 3), 5, f"{ALIKE} customer-focused deals won 52 points more often (95% interval 44 to 59)."),
        (330, 165, (2, 7), 5, f"{ALIKE} customer-focused deals won 48 points less often (95% interval 41 to 56)."),
        (330, 165, (5, 5), 5, f"{ALIKE} there is no clear difference: +3 points (95% interval −12 to 18)."),
        (
            2200,
            1100,
            (5, 5),
            5,
            f"{ALIKE} there is no meaningful difference: 0.0 points (95% interval 0.0 to 0.0), which lies within ±5 points",
        ),
        (120, 60, (10, 3), 4, "Too few to say: 60 customer-focused deals (60 won) and 60 seller-focused deals (18 won)"),
    ],
    ids=["more", "less", "cannot tell", "no meaningful difference", "too few lost"],
)
def test_states(show: Show, few_deals: Load, deals: int, answered: int, won: tuple[int, int], drawn: int, said: str) -> None:
    """What can be said is said, and no more; eleven reps, so that each has deals of every kind."""
    app = show(few_deals(deals, answered, won=won, reps=tuple("ABCDEFGHIJK"), has_stages=True))
    assert said in answer(app)
    assert "Only a tendency" not in read(app)
    assert len(rungs(app)) == drawn


def test_what_is_not_known_tones_down(show: Show, few_deals: Load) -> None:
    """Without stage history, and with eight reps, the page tells a tendency, why, and does not claim equal stages."""
    app = show(few_deals(240, 120, won=(8, 3)))
    assert answer(app).startswith(
        "Compared like for like – same rep and segment on day 30 – customer-focused deals tend to win more often: by 50 points"
    )
    assert "Only a tendency: the deals are those of only 8 reps; the export holds no stage history" in read(app)


def test_what_was_let_go_is_named(show: Show, sample: Database) -> None:
    """Of what was asked for, all that is not held equal and that the scope leaves open."""
    row = sample.like_for_like(Scope(segment=("SMB",))).filter(pl.col("comparison") == "like for like").row(0, named=True)
    assert (row["strata"], "segment" in row["strata_asked"]) == (["stage", "team"], True)
    text = read(show(sample.path.parent, segment="SMB"))
    assert "same stage and team on day 30" in text
    assert "Rep, fit, amount, deal type and lead source: too few deals would have had a partner." in text


def test_groups_without_partners_are_not_comparable(show: Show, few_deals: Load) -> None:
    """Where the stage on the landmark day tells the groups apart, no gap among alike deals is shown, and why."""
    app = show(few_deals(240, 120, won=(8, 3), has_stages=True, stages=("Discovery", "Proposal")))
    assert answer(app).startswith("The groups are not comparable: no deal has one of the other group that is alike in stage on day 30")
    assert len(rungs(app)) == 4
    assert "not comparable: too few deals have a partner" in read(app)


def test_deals_that_are_too_young_are_no_deals_to_compare(show: Show, few_deals: Load) -> None:
    """Deals in scope of which none can be compared: a sentence, the steps that need no landmark, and no tiles."""
    app = show(few_deals(120, 60, won=(8, 3), segments=("SMB", "New")), created=["Q4 FY2026", "Q4 FY2026"])
    assert answer(app) == "The one deal in scope cannot be compared at day 30 yet."
    assert "Sales velocity" not in read(app)


def test_too_few_shows_counts_on_the_tiles(show: Show, few_deals: Load) -> None:
    """No rate is shown of ten deals."""
    app = show(few_deals(120, 10, has_stages=True))
    text = read(app)
    assert rungs(app) == []
    assert "| :gray[too few] | 50% |" in text
    assert "5 of 10" in text
    assert "No comparison" in text


def test_few_reps_give_no_range(show: Show, few_deals: Load) -> None:
    """With four reps the gap stands without an interval, and the page says why."""
    app = show(few_deals(120, 60, won=(8, 3), reps=tuple("ABCD")))
    assert "the gap is +50 points, but nobody can say how sure that is: the deals are those of 4 reps, and a range takes 5." in answer(app)
    assert "95% interval" not in answer(app)
    assert len(rungs(app)) == 5


def test_without_history(show: Show, few_deals: Load) -> None:
    """An association, the banner that says what to switch on, two steps, and no tiles."""
    app = show(few_deals(120, 60, won=(8, 3), has_history=False))
    text = read(app)
    assert "Deals whose fields are filled today, for the one buyer question, won 80% (48 of 60)" in text
    assert "cannot tell cause from effect" in text
    assert "field history tracking" in text
    assert len(rungs(app)) == 2
    assert "Sales velocity" not in text


def test_without_questions(show: Show, few_deals: Load) -> None:
    """No buyer field in the export: the page names the setting, and shows no figure."""
    app = show(few_deals(40, 20, field="Other__c", has_history=False))
    assert "None of the buyer questions is found in the export" in read(app)
    assert rungs(app) == []


@pytest.mark.thorough
def test_new_data_are_picked_up_and_told(show: Show, load_files: Loader) -> None:
    """A version published while the page is open is shown at the next interaction."""
    app = show(load_files(deals_by_rule(120, 60), QUESTION).path.parent)
    assert "121 deals in scope" in read(app)
    load_files(deals_by_rule(130, 60), QUESTION)
    app.run()
    assert not app.exception
    assert "131 deals in scope" in read(app)
    assert [toast.value for toast in app.toast] == ["New data were loaded. They are shown now."]
    app.run()
    assert not app.toast


def test_hostile_names_are_shown_and_do_nothing(show: Show, few_deals: Load) -> None:
    """A rep whose name is markup is named in the filter line as it is written."""
    name = "![x](http://evil.example/p.png) :red[a] $x$ <b>"
    app = show(few_deals(80, 40, reps=(name, "B")), owner=name)
    assert f"Rep: {name}" in read(app)
    assert "](http" not in "".join(each.value for each in app.caption)
