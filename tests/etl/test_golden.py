"""The evidence ladder against two independent implementations, from the raw files, through the metric that the dashboard calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.queries import KEPT_DAYS, Database, Scope

TOLERANCE = 1e-9
T_23 = 2.0686576104190406  # R: qt(0.975, 23); the t of the file is an approximation that is 6e-6 off


def test_every_step_of_the_ladder_agrees_with_the_golden_values(
    golden_sample: Database, golden_values: dict[str, dict[str, float]]
) -> None:
    """The gaps of all six steps are those of R and of the prototype, to 1e-9, and so are the standard errors."""
    ladder = golden_sample.evidence_ladder(Scope())
    names = ("naive_closed", "naive_valid_text", "naive_no_backfill", "landmark_raw", "landmark_like_for_like", "buyer_minus_placebo")
    assert ladder["difference"].to_list() == pytest.approx([golden_values[name]["est"] for name in names], abs=TOLERANCE)
    assert ladder["standard_error"][3:].to_list() == pytest.approx([golden_values[name]["se"] for name in names[3:]], abs=TOLERANCE)
    assert ladder["days_to_win_difference"][0] == pytest.approx(golden_values["naive_cycle_days_won_mean"]["est"], abs=TOLERANCE)


CASES = {
    "landmark_raw": ("as observed", "win_rate", "buyer"),
    "landmark_days_open_raw": ("as observed", "days_open", "buyer"),
    "landmark_like_for_like": ("like for like", "win_rate", "buyer"),
    "landmark_days_open_like_for_like": ("like for like", "days_open", "buyer"),
    "placebo_fields_like_for_like": ("like for like", "win_rate", "neutral"),
    "buyer_minus_placebo": ("like for like", "win_rate", "buyer minus neutral"),
}


@pytest.mark.parametrize("name", CASES)
def test_like_for_like_agrees_with_the_golden_values(
    golden_sample: Database, golden_values: dict[str, dict[str, float]], name: str
) -> None:
    """Estimate, standard error and t interval of each comparison, to 1e-9."""
    comparison, measure, contrast = CASES[name]
    rows = golden_sample.like_for_like(Scope())
    row = rows.filter(comparison=comparison, measure=measure, contrast=contrast).row(0, named=True)
    want = golden_values[name]
    assert (row["difference"], row["standard_error"]) == pytest.approx((want["est"], want["se"]), abs=TOLERANCE)
    assert row["high"] - row["difference"] == pytest.approx(T_23 * want["se"], abs=TOLERANCE)


def test_other_strata_and_other_landmarks_agree_with_the_golden_values(
    golden_sample: Database, golden_values: dict[str, dict[str, float]]
) -> None:
    """Without owners in the strata, and at the entry into the third stage, to 1e-9."""
    calls = {
        "landmark_like_for_like_no_rep": "strata := ['stage', 'icp_fit', 'segment']",
        "stage3_like_for_like": "landmark_stage := 'Proposal'",
    }
    for name, argument in calls.items():
        row = golden_sample.sql(
            f"from metrics.like_for_like({argument}) where comparison = 'like for like' and measure = 'win_rate' and contrast = 'buyer'"
        ).row(0, named=True)
        assert (row["difference"], row["standard_error"]) == pytest.approx(
            (golden_values[name]["est"], golden_values[name]["se"]), abs=TOLERANCE
        )


def test_the_entry_into_a_stage_as_observed_agrees_with_the_golden_value(
    golden_sample: Database, golden_values: dict[str, dict[str, float]]
) -> None:
    """Before deals are made alike, to 1e-9."""
    row = golden_sample.sql(
        """
        from metrics.like_for_like(landmark_stage := 'Proposal')
        where comparison = 'as observed' and measure = 'win_rate' and contrast = 'buyer'
        """
    ).row(0, named=True)
    want = golden_values["stage3_raw"]
    assert (row["difference"], row["standard_error"]) == pytest.approx((want["est"], want["se"]), abs=TOLERANCE)


def test_what_the_crm_tells_of_tags_agrees_with_the_golden_values(
    golden_sample: Database, golden_values: dict[str, dict[str, float]]
) -> None:
    """The share of closed deals that are tagged by their texts of today, and the gap between the median cycles of the won ones."""
    step = golden_sample.evidence_ladder(Scope()).row(0, named=True)
    share = step["customer_deals"] / (step["customer_deals"] + step["seller_deals"])
    assert share == pytest.approx(golden_values["share_tagged_naive"]["est"], abs=TOLERANCE)
    medians = golden_sample.sql(
        """
        select median(cycle_days) filter (where answers_filled_today >= 3) - median(cycle_days) filter (where answers_filled_today < 3) as gap
        from metrics.scoped_deals()
        where outcome = 'won'
        """
    )
    assert medians["gap"][0] == golden_values["naive_cycle_days_won_median"]["est"]


def test_the_values_of_r_agree_with_those_of_the_prototype(
    shared: Path, golden_sample: Database, golden_values: dict[str, dict[str, float]]
) -> None:
    """What R made of the same deals, beside the values above; the same strata pooled by metafor give one difference too."""
    of_r: dict[str, Any] = json.loads((shared / "golden/landmark/sample_expected_R.json").read_text())
    values = {name: value for name, value in of_r.items() if isinstance(value, float) and not name.endswith("_se")}
    assert len(values) == 8
    for name, value in values.items():
        assert value == pytest.approx(golden_values[name]["est"], abs=TOLERANCE), name
    alike = golden_sample.like_for_like(Scope()).filter(comparison="like for like", measure="win_rate", contrast="buyer").row(0, named=True)
    assert (alike["difference"], alike["standard_error"]) == pytest.approx(
        (of_r["mh_sato"]["rd"], of_r["landmark_like_for_like_se"]), abs=TOLERANCE
    )
    assert golden_sample.left_out(Scope()).filter(part="compared")["deals"].to_list() == [of_r["n_landmark"]]


def test_the_share_with_a_partner_agrees_with_the_golden_value(golden_sample: Database, golden_values: dict[str, dict[str, float]]) -> None:
    """Deals in strata that hold both groups, as a share of those compared; and the verdict on a sample without an effect."""
    verdict = golden_sample.verdict(Scope()).row(0, named=True)
    assert verdict["share_compared"] == pytest.approx(golden_values["overlap_share"]["est"], abs=TOLERANCE)
    assert (verdict["state"], verdict["is_toned_down"]) == ("cannot tell", False)


def test_other_settings_are_judged_alike(golden_sample: Database) -> None:
    """At each landmark with the threshold in force, and each threshold at the landmark in force: the verdict as asked one by one, but for its doubts."""
    found = golden_sample.sensitivity(Scope())
    asked = [(day, 3) for day in KEPT_DAYS] + [(30, needed) for needed in (1, 2, 4)]
    assert 30 in KEPT_DAYS
    assert found.select("landmark_day", "answers_needed").rows() == [each for each in asked for _ in ("win_rate", "days_open")]
    for scope in (Scope(), Scope(landmark_day=14), Scope(answers_needed=4)):
        rows = found.filter(landmark_day=scope.landmark_day or 30, answers_needed=scope.answers_needed or 3)
        told = golden_sample.verdict(scope).drop("is_toned_down", "reasons")
        assert rows.select(told.columns).equals(told)


def test_cohort_and_shares_agree_with_the_golden_values(golden_sample: Database, golden_values: dict[str, dict[str, float]]) -> None:
    """The landmark cohort, its tagged share, the plain win rate and the open share are those expected."""
    step = golden_sample.evidence_ladder(Scope()).row(3, named=True)
    figures = golden_sample.crm_figures(Scope()).row(0, named=True)
    assert step["customer_deals"] + step["seller_deals"] == golden_values["n_landmark"]["est"]
    assert step["customer_deals"] / 1907 == pytest.approx(golden_values["share_tagged_landmark"]["est"], abs=TOLERANCE)
    assert figures["win_rate"] == pytest.approx(golden_values["win_rate_closed"]["est"], abs=TOLERANCE)
    assert figures["open"] / figures["deals"] == pytest.approx(golden_values["open_share"]["est"], abs=TOLERANCE)


def test_history_after_the_landmark_moves_no_tag(golden_sample: Database) -> None:
    """The tag of a deal is that of a count by hand over the history up to day 30, and of nothing after it."""
    by_hand = golden_sample.sql(
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
