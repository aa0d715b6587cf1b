"""Every expected value of the golden files is checked by a test that is named here, or has a reason here why no metric needs it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]

# Values by where they stand, as file/name/name, where a * stands for any names.
CHECKED = {
    "g01_wilson/[xn]": "test_macros::test_wilson_is_that_of_r",
    "g01_wilson/wilson": "test_macros::test_wilson_is_that_of_r",
    "g02_ucb_cmh/crude/*": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/by_dept/*": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mantelhaen/or": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mantelhaen/ci": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mantelhaen/*_nocc": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_*/est": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_*/se": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_*/ci": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_*/p": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_log_or/BD*": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_log_or/MH*": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_log_rr/Q*": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/mh_rd/Q*": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/ols_dept_fe/beta": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/direct_standardised_rd/weights_mh": "test_drill_down::test_admissions_agree_with_r_and_turn_round",
    "g02_ucb_cmh/logit_dept/standardised_rd": "test_standardise::test_methods_agree_with_r_on_admissions",
    "g02_ucb_cmh/direct_standardised_rd/weights_total": "test_standardise::test_methods_agree_with_r_on_admissions",
    "g03_km_lung/km*/n": "test_curves::test_closings_are_counted_as_by_r",
    "g03_km_lung/km*/events": "test_curves::test_closings_are_counted_as_by_r",
    "g03_km_lung/km*/rmst/*": "test_curves::test_mean_days_open_are_those_of_r",
    "g03_km_lung/km*/quantile/*": "test_curves::test_quantiles_are_those_of_r",
    "g03_km_lung/km*/at/time": "test_curves::test_open_share_is_that_of_r",
    "g03_km_lung/km*/at/n_risk": "test_curves::test_open_share_is_that_of_r",
    "g03_km_lung/km*/at/surv": "test_curves::test_open_share_is_that_of_r",
    "g03_km_lung/km*/at/se_greenwood": "test_curves::test_open_share_is_that_of_r",
    "g03_km_lung/km*/at/loglog_*": "test_curves::test_open_share_is_that_of_r",
    "g03_km_lung/logrank/*": "test_curves::test_log_rank_is_that_of_r",
    "g03_km_lung/logrank_strat_phecog/*": "test_curves::test_log_rank_is_that_of_r",
    "g06_aj_mgus2/*/n": "test_curves::test_closings_are_counted_as_by_r",
    "g06_aj_mgus2/*/n_e[12]": "test_curves::test_closings_are_counted_as_by_r",
    "g06_aj_mgus2/*/at/time": "test_curves::test_won_and_lost_shares_are_those_of_r",
    "g06_aj_mgus2/*/at/n_risk": "test_curves::test_won_and_lost_shares_are_those_of_r",
    "g06_aj_mgus2/*/at/state0": "test_curves::test_won_and_lost_shares_are_those_of_r",
    "g06_aj_mgus2/*/at/cif[12]": "test_curves::test_won_and_lost_shares_are_those_of_r",
    "g06_aj_mgus2/*/at/ij_se[12]": "test_curves::test_won_and_lost_shares_are_those_of_r",
    "g06_aj_mgus2/*/etm/*": "test_curves::test_won_and_lost_shares_are_those_of_r",
    "g06_aj_mgus2/*/rmtl/tau": "test_curves::test_mean_days_open_are_those_of_r",
    "g06_aj_mgus2/*/rmtl/open": "test_curves::test_mean_days_open_are_those_of_r",
    "g06_aj_mgus2/*/conditional_median_cause1/horizon": "test_curves::test_days_to_win_are_those_of_r",
    "g06_aj_mgus2/*/conditional_median_cause1/cif_at_horizon": "test_curves::test_days_to_win_are_those_of_r",
    "g06_aj_mgus2/*/conditional_median_cause1/t": "test_curves::test_days_to_win_are_those_of_r",
    "g06_aj_mgus2/*/conditional_median_cause1/q[27]5": "test_curves::test_days_to_win_are_those_of_r",
    "g10_petersen/beta": "test_drill_down_macros::test_clustered_slope_is_that_of_petersens_data",
    "g10_petersen/se_firm": "test_drill_down_macros::test_clustered_slope_is_that_of_petersens_data",
    "g10_petersen/se_year": "test_drill_down_macros::test_clustered_slope_is_that_of_petersens_data",
    "g14_calculators/p": "test_calculators::test_benjamini_hochberg",
    "g14_calculators/bh*": "test_calculators::test_benjamini_hochberg",
    "g14_calculators/trend/*": "test_drill_down::test_rates_by_answers_and_their_trend_agree_with_r",
    "g14_calculators/evalue/*": "test_drill_down_macros::test_e_values_are_those_published",
    "g14_calculators/tost/*": "test_drill_down_macros::test_equivalence_is_that_of_two_one_sided_tests",
    "g14_calculators/mde/*": "test_drill_down_macros::test_the_gap_that_can_be_seen_is_that_of_a_power_calculation",
    "g18_formulas/t_975/*": "test_macros::test_t_quantiles_are_those_of_scipy",
    "g18_formulas/chi2_sf/*": "test_calculators::test_chi_squared_p",
    "g18_formulas/wilson_cluster/*": "test_drill_down::test_rates_clustered_by_owner_agree_with_scipy",
    "g18_formulas/value_weighted/*": "test_drill_down::test_value_weighted_rate_agrees_with_numpy",
    "g18_formulas/mover_ratio/*": "test_drill_down_macros::test_intervals_of_a_ratio",
    "g18_formulas/confidence_sequence/alpha": "test_drill_down_macros::test_always_valid_width_is_that_of_the_confidence_sequence",
    "g18_formulas/confidence_sequence/c_lambert": "test_drill_down_macros::test_always_valid_width_is_that_of_the_confidence_sequence",
    "g18_formulas/confidence_sequence/cases/[ns]*": "test_drill_down_macros::test_always_valid_width_is_that_of_the_confidence_sequence",
    "g18_formulas/confidence_sequence/cases/half_width": "test_drill_down_macros::test_always_valid_width_is_that_of_the_confidence_sequence",
    "g18_formulas/eb_shrink/*": "test_calculators::test_shrinkage_and_heterogeneity",
    "g18_formulas/evalue_from_rd/*": "test_drill_down_macros::test_e_values_are_those_published",
    "sample_expected/naive_closed/est": "test_golden::test_every_step_of_the_ladder_agrees_with_the_golden_values",
    "sample_expected/naive_valid_text/est": "test_golden::test_every_step_of_the_ladder_agrees_with_the_golden_values",
    "sample_expected/naive_no_backfill/est": "test_golden::test_every_step_of_the_ladder_agrees_with_the_golden_values",
    "sample_expected/naive_cycle_days_won_mean/est": "test_golden::test_every_step_of_the_ladder_agrees_with_the_golden_values",
    "sample_expected/naive_cycle_days_won_median/est": "test_golden::test_what_the_crm_tells_of_tags_agrees_with_the_golden_values",
    "sample_expected/share_tagged_naive/est": "test_golden::test_what_the_crm_tells_of_tags_agrees_with_the_golden_values",
    "sample_expected/landmark_raw/[es]*": "test_golden::test_like_for_like_agrees_with_the_golden_values",
    "sample_expected/landmark_days_open_raw/[es]*": "test_golden::test_like_for_like_agrees_with_the_golden_values",
    "sample_expected/landmark_like_for_like/[es]*": "test_golden::test_like_for_like_agrees_with_the_golden_values",
    "sample_expected/landmark_days_open_like_for_like/[es]*": "test_golden::test_like_for_like_agrees_with_the_golden_values",
    "sample_expected/placebo_fields_like_for_like/[es]*": "test_golden::test_like_for_like_agrees_with_the_golden_values",
    "sample_expected/buyer_minus_placebo/[es]*": "test_golden::test_like_for_like_agrees_with_the_golden_values",
    "sample_expected/landmark_like_for_like_no_rep/[es]*": "test_golden::test_other_strata_and_other_landmarks_agree_with_the_golden_values",
    "sample_expected/stage3_like_for_like/[es]*": "test_golden::test_other_strata_and_other_landmarks_agree_with_the_golden_values",
    "sample_expected/stage3_raw/[es]*": "test_golden::test_the_entry_into_a_stage_as_observed_agrees_with_the_golden_value",
    "sample_expected/overlap_share/est": "test_golden::test_the_share_with_a_partner_agrees_with_the_golden_value",
    "sample_expected/n_landmark/est": "test_golden::test_cohort_and_shares_agree_with_the_golden_values",
    "sample_expected/share_tagged_landmark/est": "test_golden::test_cohort_and_shares_agree_with_the_golden_values",
    "sample_expected/win_rate_closed/est": "test_golden::test_cohort_and_shares_agree_with_the_golden_values",
    "sample_expected/open_share/est": "test_golden::test_cohort_and_shares_agree_with_the_golden_values",
    "sample_expected/landmark_gcomp_logit/[es]*": "test_standardise::test_methods_agree_with_the_golden_values",
    "sample_expected/landmark_ipw/est": "test_standardise::test_methods_agree_with_the_golden_values",
    "sample_expected/landmark_overlap_weights/est": "test_standardise::test_methods_agree_with_the_golden_values",
    "sample_expected/ps_range_m*/est": "test_standardise::test_methods_agree_with_the_golden_values",
    "sample_expected/time_varying_rate_ratio_stage4/est": "test_drill_down::test_rate_ratios_agree_with_the_golden_values",
    "sample_expected/naive_ever_tagged_rate_ratio/est": "test_drill_down::test_rate_ratios_agree_with_the_golden_values",
    "sample_expected_R/aj/*": "test_curves::test_curves_of_the_golden_sample_are_those_of_r",
    "sample_expected_R/mh_sato/rd": "test_golden::test_the_values_of_r_agree_with_those_of_the_prototype",
    "sample_expected_R/[nlb]*": "test_golden::test_the_values_of_r_agree_with_those_of_the_prototype",
}

NOT_NEEDED = {
    "g01_wilson/clopper_pearson": "exact intervals are wider than they need be; every rate has Wilson's",
    "g02_ucb_cmh/mantelhaen/*_cc": "with continuity correction, which no figure uses",
    "g02_ucb_cmh/mh_log_or/TA*": "Tarone's correction of Breslow-Day, a difference in the eighth digit",
    "g02_ucb_cmh/mh_log_or/Q*": "heterogeneity of the odds ratio is told by Breslow-Day",
    "g02_ucb_cmh/mh_log_rr/[MBT]*": "empty in the file",
    "g02_ucb_cmh/mh_rd/[MBT]*": "empty in the file",
    "g02_ucb_cmh/ols_dept_fe/se_hc*": "errors of independent deals; the like-for-like difference leaves owners out",
    "g02_ucb_cmh/logit_dept/beta": "a coefficient on the scale of the logit, which is shown to nobody",
    "g02_ucb_cmh/logit_dept/se": "of that coefficient",
    "g02_ucb_cmh/logit_dept/standardised_p[01]": "their difference is what is told, and is checked",
    "g02_ucb_cmh/direct_standardised_rd/weights_*male": "weights of one group alone, which no method uses",
    "g02_ucb_cmh/direct_standardised_rd/se_*": "errors of independent deals; those of other methods are clustered by owner",
    "g03_km_lung/km*/at/plain_*": "intervals are on the scale of log(-log)",
    "g03_km_lung/km*/at/log_*": "intervals are on the scale of log(-log)",
    "g03_km_lung/peto_rho1/*": "a weighted test, which no figure uses",
    "g03_km_lung/cox_*": "no figure is a hazard ratio of a proportional model",
    "g06_aj_mgus2/*/at/cmprsk_est[12]": "the same shares by another package of R, equal to cif1 and cif2",
    "g06_aj_mgus2/*/at/cmprsk_var[12]": "another estimator of the variance; those of survfit and of etm are checked",
    "g06_aj_mgus2/*/rmtl/cause*": "days lost to a cause; days open are what is shown",
    "g06_aj_mgus2/*/conditional_median_cause1/raw_median_events_only": "the median of the seen wins, biased by censoring; for contrast in the file",
    "g06_aj_mgus2/*/pseudo_mean_cause1/*": "no figure is made of pseudo-observations",
    "g06_aj_mgus2/by_sex/gray/*": "Gray's test is not offered; the log-rank test is of any close",
    "g10_petersen/se_firm_CR0": "without the correction for few owners, which every clustered error has",
    "g14_calculators/by": "for p values that depend on each other in any way; questions have Benjamini and Hochberg's q",
    "g14_calculators/holm": "against a single false finding among all; questions are ranked, and have Benjamini and Hochberg's q",
    "g18_formulas/confidence_sequence/cases/rho2": "a step on the way to half_width, which is checked",
    "g18_formulas/confidence_sequence/cases/fixed_half_width": "1.96 standard errors, for contrast in the file",
    "sample_expected/*_iid_se/[es]*": "errors of independent deals, which are too small where owners differ",
    "sample_expected/*/t": "the prototype's approximation of a quantile, 6e-6 off; test_t_quantiles_are_those_of_scipy has the exact ones",
    "sample_expected_R/mh_sato/se": "of independent deals",
}


def leaves(value: Any, place: str) -> Iterator[str]:
    """Yield where each single value stands; places in a list are left out."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, f"{place}/{name}")
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, place)
    else:
        yield place


@pytest.fixture(scope="module")
def places(shared: Path) -> set[str]:
    """Return where each expected value of all golden files stands."""
    files = {path.stem: json.loads(path.read_text()) for path in (shared / "golden").rglob("*.json")}
    return {place for stem, content in files.items() for place in leaves(content.get("expected", content), stem)}


def test_every_golden_value_is_checked_or_has_a_reason(places: set[str]) -> None:
    """A value that comes into a file has to be put on one of the lists."""
    assert len(places) > 300
    assert sorted(place for place in places if not any(fnmatchcase(place, pattern) for pattern in CHECKED | NOT_NEEDED)) == []


def test_no_golden_value_is_on_both_lists(places: set[str]) -> None:
    """What is checked needs no reason."""
    twice = [
        (place, *fitting)
        for place in sorted(places)
        if len(fitting := [one for some in (CHECKED, NOT_NEEDED) for one in some if fnmatchcase(place, one)]) > 1
    ]
    assert twice == []


def test_every_line_stands_for_a_value(places: set[str]) -> None:
    """A line whose value is gone from the files goes too."""
    assert [pattern for pattern in CHECKED | NOT_NEEDED if not any(fnmatchcase(place, pattern) for place in places)] == []


def test_every_test_that_is_named_exists_and_reads_golden_values() -> None:
    """By its module and name; it has the folder of golden files, or a fixture made of it, among its arguments."""
    sources = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in (*TESTS.glob("sql/*.py"), *TESTS.glob("etl/*.py"))}
    reading = {
        f"{stem}::{node.name}"
        for stem, source in sources.items()
        for node in source.body
        if isinstance(node, ast.FunctionDef)
        and {"shared", "golden_values", "formulas", "calculators"} & {each.arg for each in node.args.args}
    }
    assert sorted(set(CHECKED.values()) - reading) == []
