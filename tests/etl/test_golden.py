"""The evidence ladder against two independent implementations, from the raw files, through the metric that the dashboard calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from etl.config import Config
from etl.load import Request, load
from etl.mapping import CrmMapping
from etl.queries import Database, Scope

TOLERANCE = 1e-9


@pytest.fixture
def golden(shared: Path, tmp_path: Path, mapped: Callable[[str], CrmMapping], configured: Callable[[str], Config]) -> Database:
    """Return the golden sample, loaded through the generic mapping."""
    inputs = tuple((shared / "golden" / "landmark").glob("*.csv"))
    request = Request(inputs, tmp_path, configured("golden_config"), mapped("golden"), as_of=date(2026, 6, 19))
    return Database(load(request).database)


def test_steps_one_to_four_agree_with_the_golden_values(golden: Database, shared: Path) -> None:
    """The gaps of steps 1 to 4 are those of R and of the prototype, to 1e-9."""
    expected = json.loads((shared / "golden/landmark/sample_expected.json").read_text())["expected"]
    ladder = golden.evidence_ladder(Scope())
    names = ("naive_closed", "naive_valid_text", "naive_no_backfill", "landmark_raw")
    assert ladder["difference"].to_list() == pytest.approx([expected[name]["est"] for name in names], abs=TOLERANCE)
    assert ladder["standard_error"][3] == pytest.approx(expected["landmark_raw"]["se"], abs=TOLERANCE)


def test_cohort_and_shares_agree_with_the_golden_values(golden: Database, shared: Path) -> None:
    """The landmark cohort, its tagged share, the plain win rate and the open share are those expected."""
    expected = json.loads((shared / "golden/landmark/sample_expected.json").read_text())["expected"]
    step = golden.evidence_ladder(Scope()).row(3, named=True)
    figures = golden.crm_figures(Scope()).row(0, named=True)
    assert step["customer_deals"] + step["seller_deals"] == expected["n_landmark"]["est"]
    assert step["customer_deals"] / 1907 == pytest.approx(expected["share_tagged_landmark"]["est"], abs=TOLERANCE)
    assert figures["win_rate"] == pytest.approx(expected["win_rate_closed"]["est"], abs=TOLERANCE)
    assert figures["open"] / figures["deals"] == pytest.approx(expected["open_share"]["est"], abs=TOLERANCE)


def test_history_after_the_landmark_moves_no_tag(golden: Database) -> None:
    """The tag of a deal is that of a count by hand over the history up to day 30, and of nothing after it."""
    by_hand = golden.sql(
        """
        select count(*) as differing
        from metrics.tagged_deals() as tagged
        join (
            select deals.deal_key, count(starts.day) as answers
            from marts.deals as deals
            left join (
                select deal_key, first_answered_day as day from marts.deal_answers where not is_neutral and first_answered_day <= 30
            ) as starts on starts.deal_key = deals.deal_key
            group by deals.deal_key
        ) as counted on counted.deal_key = tagged.deal_key
        where tagged.answers_known <> counted.answers
        """
    )
    assert by_hand["differing"][0] == 0
