"""Why a figure moved: each reason on its own, and that the parts add up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some

from etl import cli
from etl.difference import FIGURES, LIKE_FOR_LIKE, REASONS, Side, _walk, changes, difference, settings_that_differ, side_of
from etl.errors import UsageError
from etl.export import Form, export
from etl.queries import Database, Scope
from tests.conftest import load_into
from tests.frozen import AFTER, BEFORE, SETTINGS, files

pytestmark = pytest.mark.thorough

CUSTOMER, SELLER = "customer-focused", "seller-focused"
SCHEMA = {
    "source": pl.String,
    "deal_id": pl.String,
    "part": pl.String,
    "focus": pl.String,
    "is_won": pl.Boolean,
    "changes_known": pl.Int64,
}

State = tuple[str, str, bool | None, int]
"""part, focus, is_won, changes_known"""

WON: State = ("compared", CUSTOMER, True, 1)
LOST: State = ("compared", CUSTOMER, False, 1)


def side(deals: Mapping[str, State], **more: Any) -> Side:
    frame = pl.DataFrame([("crm", name, *state) for name, state in deals.items()], schema=SCHEMA, orient="row")
    settings = {"landmark_day": 30, "answers_needed": 2, "horizon_days": 180}
    return replace(Side("x", settings, {}, frame, None), **more)


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        (None, WON, ["came"]),
        (WON, None, ["went"]),
        (("too young", CUSTOMER, None, 1), LOST, ["became old enough"]),
        (WON, LOST, ["changed outcome"]),
        (WON, ("compared", SELLER, True, 2), ["late history"]),
        (("timing unknown", "unclassified", True, 0), WON, ["late history"]),
        (WON, ("timing unknown", "unclassified", True, 0), ["late history"]),
        (WON, ("compared", SELLER, True, 1), ["re-tagged"]),
        (WON, ("compared", SELLER, False, 1), ["re-tagged", "changed outcome"]),
        (LOST, ("decided by the landmark", CUSTOMER, False, 1), ["other"]),
        (WON, WON, []),
        (("too young", CUSTOMER, None, 1), ("no creation date", CUSTOMER, None, 1), []),
    ],
)
def test_each_deal_has_its_reason(old: State | None, new: State | None, reasons: list[str]) -> None:
    """A deal that counts other than before has one reason, or two where its tag and its outcome changed; any other has none."""
    sides = [side({"moved": state} if state else {}) for state in (old, new)]
    assert changes(*sides)["reason"].to_list() == reasons


def test_the_parts_of_a_small_move_by_hand() -> None:
    """Two of four, then one came and won (3/5), one lost is won after all (4/5), one went that was lost (4/4)."""
    before = side({"a": WON, "b": WON, "c": LOST, "d": LOST})
    after = side({"a": WON, "b": WON, "c": WON, "e": WON})
    rate = difference(before, after).filter(figure="customer_win_rate")
    parts = dict(rate.select("reason", "change").filter(pl.col("change") != 0).iter_rows())
    assert parts == pytest.approx({"came": 3 / 5 - 2 / 4, "changed outcome": 4 / 5 - 3 / 5, "went": 1 - 4 / 5, "after": 1 / 2})
    assert rate["figure_value"].to_list() == pytest.approx([0.5, 0.6, 0.6, 0.6, 0.6, 0.8, 0.8, 1.0, 1.0])


STATES = some.tuples(
    some.sampled_from(["compared", "compared", "too young", "timing unknown", "decided by the landmark"]),
    some.sampled_from([CUSTOMER, SELLER]),
    some.booleans(),
    some.integers(0, 1),
)
SIDES = some.builds(side, some.dictionaries(some.sampled_from("abcdefghij"), STATES))


@given(SIDES, SIDES)
def test_the_parts_add_up_exactly(before: Side, after: Side) -> None:
    """Whatever moved, the walk ends exactly at what B counts by itself, and the parts of each figure add up to its change."""
    steps = _walk(before, after)
    assert steps[-2].counts == steps[-1].counts
    told = difference(before, after)
    assert told.height == len(FIGURES) * (len(REASONS) + 2) + 2
    for figure in FIGURES:
        rows = told.filter(figure=figure)
        if rows["change"][1:].null_count() == 0:
            assert rows["change"][1:-1].sum() == pytest.approx(rows["change"][-1], abs=1e-12)


@given(SIDES)
def test_nothing_moved_where_nothing_changed(one: Side) -> None:
    """A version beside itself has no deal that moved."""
    assert changes(one, one).is_empty()


def test_versions_of_other_deals_are_refused_and_other_settings_are_told() -> None:
    """Snapshots of two scopes have no common deals to compare; another landmark is said."""
    with pytest.raises(UsageError, match="scopes differ"):
        difference(side({}), side({}, scope={"segment": ["SMB"]}))
    other = side({}, settings={"landmark_day": 60, "answers_needed": 2, "horizon_days": 180})
    assert settings_that_differ(side({}), other) == ["landmark day: 30, then 60"]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, Database]:
    """Return two loads, of December 2025 and of March 2026."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    return (
        load_into(folder / "a", files(BEFORE), SETTINGS, as_of=date(2025, 12, 1)),
        load_into(folder / "b", files(AFTER), SETTINGS, as_of=date(2026, 3, 1)),
    )


def test_two_loads_differ_for_the_reasons_that_were_planted(pair: tuple[Database, Database]) -> None:
    """Each deal moved for what was done to it, and each figure is the one that the headline of its own load shows."""
    sides = [side_of(database.path, Scope()) for database in pair]
    reasons = dict(changes(*sides).select("deal_id", "reason").iter_rows())
    assert reasons == {
        "turns": "changed outcome",
        "late": "late history",
        "goes": "went",
        "ages": "became old enough",
        "comes": "came",
    }
    told = difference(*sides)
    for database, reason in zip(pair, ("before", "after"), strict=True):
        shown = database.headline(Scope()).row(0, named=True)
        values = dict(told.filter(reason=reason).select("figure", "figure_value").iter_rows())
        assert values["customer_win_rate"] == shown["customer_value"]
        assert values["seller_win_rate"] == shown["seller_value"]
        assert values["win_rate_difference"] == shown["difference"]
        assert (values["customer_won"], values["customer_deals"]) == (shown["customer_count"], shown["customer_deals"])
    assert set(told["figure"]) == {*FIGURES, LIKE_FOR_LIKE}


@pytest.mark.parametrize("form", [Form("csv"), Form("excel", "de_DE"), Form("parquet")])
def test_snapshots_tell_the_same_as_the_files_they_are_of(pair: tuple[Database, Database], tmp_path: Path, form: Form) -> None:
    """In each format, also where ids and numbers were guarded and written for Excel."""
    snapshots = [export(database, tmp_path, Scope(), form) for database in pair]
    of_snapshots = difference(*(side_of(path, Scope()) for path in snapshots))
    assert of_snapshots.equals(difference(*(side_of(database.path, Scope()) for database in pair)))


def test_a_snapshot_that_was_tampered_with_is_refused(pair: tuple[Database, Database], tmp_path: Path) -> None:
    """Figures are frozen: a changed file is no evidence."""
    snapshot = export(pair[0], tmp_path, Scope())
    with (snapshot / "tagged_deals.csv").open("a") as file:
        file.write("x")
    with pytest.raises(UsageError, match="not what the manifest says"):
        side_of(snapshot, Scope())
    with pytest.raises(UsageError, match="no manifest"):
        side_of(tmp_path, Scope())


@pytest.mark.parametrize(("style", "read"), [("csv", lambda text: text.count("\n") - 1), ("json", lambda text: len(json.loads(text)))])
def test_the_command_tells_it_as_table_csv_and_json(pair: tuple[Database, Database], style: str, read: Callable[[str], int]) -> None:
    """The rows are those of `difference`."""
    words = ["diff", *(str(database.path) for database in pair)]
    assert read(CliRunner().invoke(cli.cli, [*words, "--format", style]).stdout) == len(FIGURES) * (len(REASONS) + 2) + 2
    assert "late history" in CliRunner().invoke(cli.cli, words).stdout
