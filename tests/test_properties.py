"""What must not move a headline, and what must: each test changes a loaded file, builds it anew and compares the metrics."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.build import build
from etl.config import load_config
from etl.load import Request, load
from etl.queries import Database, Scope

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]
Change = Callable[..., Database]

TAGS = """
    select deals.deal_id, answers_known, focus, is_tidy, part, is_won_by_horizon, days_open
    from metrics.tagged_deals() as tagged join marts.deals as deals on deals.deal_key = tagged.deal_key
    order by deal_id
"""
AFTER = """
    from raw.deals, raw.settings
    where deals.deal_key = field_changes.deal_key and date_diff('day', deals.created_date, changed_date) > landmark_day
"""


@pytest.fixture
def changed(sample: Database, tmp_path: Path) -> Change:
    """Return a function that runs statements on a copy of the sample, and builds it anew."""

    def change(*statements: str) -> Database:
        copy = tmp_path / "changed.duckdb"
        shutil.copy(sample.path, copy)
        copy.chmod(0o644)
        with duckdb.connect(str(copy)) as con:
            for statement in statements:
                con.execute(statement)
            build(con)
        return Database(copy)

    return change


def figures(database: Database) -> pl.DataFrame:
    """Return everything that a headline says: verdict, steps 4 to 6 and tiles, but for the count of deals left out."""
    ladder = database.evidence_ladder(Scope()).filter(pl.col("step") >= 4).select("difference", "low", "high", "days_open_difference")
    tiles = database.headline(Scope()).select("customer_value", "seller_value", "low", "high")
    verdict = database.verdict(Scope()).select(pl.selectors.numeric())
    return pl.concat([frame.unpivot().select("value") for frame in (ladder, tiles, verdict)], how="vertical_relaxed")


def test_history_after_the_landmark_moves_no_tag(sample: Database, changed: Change) -> None:
    """Answers that come, change or go after day L: no tag, no cohort, no headline moves."""
    later = changed(
        f"update raw.field_changes set new_state = 'too short' {AFTER}",
        f"""
        insert into raw.field_changes
        select field_changes.deal_key, field_no, changed_at + interval 3 day, changed_date + 3, new_state, 'answered', 'history' {AFTER.replace("from raw.deals", "from raw.field_changes, raw.deals")}
        """,
    )
    assert later.sql(TAGS).equals(sample.sql(TAGS))
    assert figures(later).equals(figures(sample))


def test_history_before_the_landmark_moves_tags(sample: Database, changed: Change) -> None:
    """The counterpart, so that the test above can fail: the same change before day L moves many."""
    earlier = changed(f"update raw.field_changes set new_state = 'too short' {AFTER.replace('> landmark_day', '<= landmark_day')}")
    assert (earlier.sql(TAGS)["focus"] != sample.sql(TAGS)["focus"]).sum() > 100


def test_what_the_fields_hold_today_moves_no_tag(sample: Database, changed: Change) -> None:
    """Fields whose changes are recorded with their texts: what they came to hold says nothing of day L."""
    cleared = changed(
        """
        delete from raw.field_values using raw.field_changes as changes
        where changes.deal_key = field_values.deal_key and changes.field_no = field_values.field_no and changes.new_state <> 'not recorded'
        """
    )
    assert cleared.sql(TAGS).equals(sample.sql(TAGS))


def test_young_deals_move_no_headline(sample: Database, changed: Change) -> None:
    """Deals younger than L + H are counted beside the comparison, and are not in it."""
    young = "select deal_key from raw.deals, raw.settings where date_diff('day', created_date, as_of) < landmark_day + horizon_days"
    tables = ("stage_changes", "owner_changes", "field_changes", "field_values")
    without = changed(
        f"create temp table young as {young}",
        *(f"delete from raw.{table} where deal_key in (from young)" for table in tables),
        "delete from raw.deals where deal_key in (from young)",
        "update raw.load_files set rows_loaded = rows_loaded",
    )
    assert without.sql("from marts.deals").height < sample.sql("from marts.deals").height - 500
    assert figures(without).equals(figures(sample))


def test_what_became_of_a_deal_later_moves_no_stratum(sample: Database, changed: Change) -> None:
    """Final amount, final stage and final owner of deals that were decided: strata and clusters are as of the landmark."""
    renamed = changed(
        "update raw.deals set amount = amount * 100, stage = 'Anything'",
        "insert into raw.owner_changes select deal_key, created_at + interval 500 day, created_date + 500, owner, 'Somebody new', 'history' from raw.deals "
        "where created_date is not null and deal_key not in (select deal_key from raw.owner_changes)",
        "update raw.deals set owner = 'Somebody new' where created_date is not null",
        "insert into raw.stages select 'Anything', 'open', 'test', 'salesforce'",
    )
    rows = "select measure, contrast, comparison, difference, standard_error from metrics.like_for_like()"
    assert renamed.sql(rows).equals(sample.sql(rows))


def test_the_order_of_rows_moves_nothing(sample: Database, changed: Change) -> None:
    """Rows in another order, down to the last digit."""
    tables = ("deals", "stage_changes", "owner_changes", "field_changes", "field_values")
    shuffled = changed(*(f"create or replace table raw.{name} as from raw.{name} order by hash(deal_key, {len(name)})" for name in tables))
    assert figures(shuffled).equals(figures(sample))


def test_the_names_of_owners_move_nothing(sample: Database, changed: Change) -> None:
    """Other names, same deals: estimates and intervals stay, but for the order in which fractions are added."""
    renamed = changed(
        "update raw.deals set owner = md5(owner)", "update raw.owner_changes set old_owner = md5(old_owner), new_owner = md5(new_owner)"
    )
    assert figures(renamed)["value"].to_list() == pytest.approx(figures(sample)["value"].to_list(), abs=1e-9)


def test_without_history_there_is_no_verdict(sample: Database, changed: Change) -> None:
    """No field history: no tag at equal age, no step beyond the second, and the verdict says why."""
    bare = changed(
        "delete from raw.field_changes", "update raw.fields set tracked_since = null", "update raw.settings set has_field_history = false"
    )
    assert bare.verdict(Scope())["state"].to_list() == ["no field history"] * 2
    assert bare.evidence_ladder(Scope())["difference"].is_null().to_list() == [False, False, True, True, True, True]
    assert bare.evidence_ladder(Scope())["reason"].to_list()[2:] == ["no field history"] * 4
    assert sample.verdict(Scope())["state"][0] in ("more", "cannot tell")


def test_files_may_come_in_any_order(tmp_path: Path, sample: Database) -> None:
    """The files of one export, named one by one and backwards, give the same load."""
    folder = tmp_path / "export"
    shutil.unpack_archive(ROOT / "sample_data" / "salesforce.zip", folder)
    files = tuple(sorted(folder.rglob("*.csv"), reverse=True))
    assert len(files) > 3
    backwards = Database(load(Request(files, tmp_path / "data", load_config())).database)
    assert figures(backwards).equals(figures(sample))
