"""Metrics of the drill-down, from raw rows: against R and published data, and by hand."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.queries import Database, Scope
from tests.sql.companies import Deals, decided, table

pytestmark = pytest.mark.thorough

Built = Callable[..., duckdb.DuckDBPyConnection]

RELATIVE = 1e-9
Z = 1.959963984540054


# Companies of their own in one database: the pipeline of their deals is the name.
CASES = {
    "few": [
        *decided(9, 10, 2, segment="A"), *decided(10, 10, 0, segment="A"),
        *decided(0, 10, 2, segment="B"), *decided(1, 9, 0, segment="B"),
        *decided(9, 20, 2, segment="C"), *decided(0, 30, 0, segment="C"),
    ],
    "one group": [*decided(6, 10, 2, segment="A"), *decided(3, 10, 0, segment="A"), *decided(1, 5, 0, segment="B")],
    "no win": [*decided(0, 5, 2), *decided(0, 5, 0)],
    "slope": [
        *(each for owner in ("Ann", "Bob", "Cleo", "Dan", "Eve") for each in decided(1, 2, 0, owner=owner)),
        *(each for owner in ("Ann", "Bob", "Cleo", "Dan") for each in decided(2, 2, 3, owner=owner)),
        *decided(0, 2, 3, owner="Eve"),
    ],
    "owners": [
        *decided(20, 100, 0, owner="Ann"), *decided(30, 60, 2, owner="Bob"), *decided(20, 40, 0, owner="Bob"), *decided(80, 100, 2, owner="Cleo"),
    ],
    "alike owners": [*decided(10, 20, 0, owner="Ann"), *decided(11, 20, 2, owner="Bob")],
    "nobody": decided(1, 4, 2, owner=""),
    "fit": [*decided(3, 4, 2, fit="true"), *decided(1, 4, 0, fit="true"), *decided(0, 2, 0, fit="false")],
    "equal amounts": [each for number, owner in enumerate("ABCDEF") for each in decided(2 + number, 10 + number, 2, owner=owner)],
    "six owners": [
        *(each for owner in "ABCDEF" for each in decided(4, 10, 0, owner=owner)),
        *(each for number, owner in enumerate("ABCDEF") for each in decided(6 + number % 3, 10, 2, owner=owner)),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(built: Built) -> duckdb.DuckDBPyConnection:
    """Return the database of all cases."""
    return built(deals=table(CASES))


def told(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query, by column."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def of_case(con: duckdb.DuckDBPyConnection, metric: str, case: str, more: str = "") -> list[dict[str, Any]]:
    """Return the rows of a metric for the deals of one case."""
    return told(con, f"from metrics.{metric}(scope := map {{'pipeline': ['{case}']}}{more})")


def golden(shared: Path, name: str) -> dict[str, Any]:
    """Return the expected values of a golden file."""
    found: dict[str, Any] = json.loads((shared / "golden" / f"{name}.json").read_text())["expected"]
    return found


def test_admissions_agree_with_r_and_turn_round(built: Built, shared: Path) -> None:
    """Admissions to Berkeley as deals, men as the customer-focused ones, departments as segments.

    The like-for-like difference is the slope of least squares with an effect for each department, and each department has its numbers.
    Mantel-Haenszel odds ratio, risk ratio and difference, Breslow-Day, Cochran's Q and Cochran-Mantel-Haenszel are those of R and
    metafor. Men were admitted 14 points more often overall, and less often in four of six departments: a warning.
    """
    with (shared / "golden/ucb_admissions.csv").open(newline="") as file:
        groups = [
            Deals(int(row["n"]), row["admit"] == "Admitted", 2 * (row["gender"] == "Male"), segment=row["dept"])
            for row in csv.DictReader(file)
        ]
    con = built(deals=table({"": groups}))
    expected = golden(shared, "g02_ucb_cmh")
    crude, together = expected["crude"], expected["mantelhaen"]
    groups_of_crude = {row["focus"]: (row["won"], row["deals"], row["win_rate"]) for row in told(con, "from metrics.win_rate()")}
    assert groups_of_crude == {
        "customer-focused": (crude["x1"], crude["n1"], pytest.approx(crude["p1"])),
        "seller-focused": (crude["x0"], crude["n0"], pytest.approx(crude["p0"])),
    }
    found = {row["measure"]: row for row in told(con, "from metrics.mantel_haenszel()")}
    assert [row["observed"] for row in found.values()] == pytest.approx([crude["or"], crude["p1"] / crude["p0"], crude["rd"]], rel=RELATIVE)
    for measure, name in (("odds_ratio", "mh_log_or"), ("risk_ratio", "mh_log_rr"), ("risk_difference", "mh_rd")):
        row, want = found[measure], expected[name]
        estimate, low, high = (row[each] if name == "mh_rd" else math.log(row[each]) for each in ("estimate", "low", "high"))
        got = (estimate, low, high, row["standard_error"], row["p"])
        assert got == pytest.approx((want["est"], *want["ci"], want["se"], want["p"]), rel=RELATIVE)
        heterogeneity = (want["BD"], want["BDp"]) if name == "mh_log_or" else (want["Q"], want["Qp"])
        assert (row["heterogeneity"], row["heterogeneity_p"]) == pytest.approx(heterogeneity, rel=RELATIVE)
        assert (row["association"], row["association_p"]) == pytest.approx((together["chi2_nocc"], together["p_nocc"]), rel=RELATIVE)
        assert (row["strata"], row["strata_used"], row["deals"], row["deals_used"], row["heterogeneity_df"]) == (6, 6, 4526, 4526, 5)
    alike = {
        row["comparison"]: row
        for row in told(con, "from metrics.like_for_like(strata := ['segment'])")
        if row["contrast"] == "buyer" and row["measure"] == "win_rate"
    }
    assert alike["as observed"]["difference"] == pytest.approx(crude["rd"], rel=RELATIVE)
    assert alike["like for like"]["difference"] == pytest.approx(expected["ols_dept_fe"]["beta"], rel=RELATIVE)
    assert alike["like for like"]["difference"] == pytest.approx(expected["direct_standardised_rd"]["weights_mh"], rel=RELATIVE)
    departments = [
        row for row in told(con, "from metrics.effects(dimension := 'segment', strata := ['owner'])") if row["measure"] == "win_rate"
    ]
    columns = {
        "customer_won": "x1",
        "customer_deals": "n1",
        "seller_won": "x0",
        "seller_deals": "n0",
        "customer_rate": "p1",
        "seller_rate": "p0",
    }
    for row, department in zip(departments, expected["by_dept"], strict=True):
        assert [row[column] for column in columns] == pytest.approx([department[name] for name in columns.values()], rel=RELATIVE)
    ratio = golden(shared, "g18_formulas")["mover_ratio"][1]
    (robustness,) = told(con, "from metrics.robustness(strata := ['segment'])")
    assert [robustness[f"observed_{name}"] for name in ("ratio", "low", "high")] == pytest.approx(
        [ratio["ratio"], *ratio["ci"]], rel=RELATIVE
    )
    odds = found["odds_ratio"]
    assert (odds["estimate"], odds["low"], odds["high"]) == pytest.approx((together["or"], *together["ci"]), rel=RELATIVE)
    dimensions = {row["dimension"]: row for row in told(con, "from metrics.simpson()")}
    segment = dimensions["segment"]
    assert (segment["observed"], segment["within"]) == pytest.approx((crude["rd"], expected["mh_rd"]["est"]), rel=RELATIVE)
    against = [each for each in expected["by_dept"] if each["p1"] < each["p0"]]
    assert (segment["values_told"], segment["values_against"], segment["is_warning"]) == (6, len(against), True)
    assert segment["share_against"] == pytest.approx(sum(each["n1"] + each["n0"] for each in against) / 4526, rel=RELATIVE)
    assert (dimensions["team"]["values_told"], dimensions["team"]["is_warning"]) == (1, False)


def test_rates_clustered_by_owner_agree_with_scipy(built: Built, shared: Path) -> None:
    """Six owners who win unequally: Wilson's interval at the effective number through the metric, wider than the plain one by far."""
    case = golden(shared, "g18_formulas")["wilson_cluster"]
    groups = [group for place, (won, deals) in enumerate(case["reps"]) for group in decided(won, deals, 2, owner="ABCDEF"[place])]
    con = built(deals=table({"": groups}))
    (rate,) = told(con, "from metrics.win_rate()")
    assert [rate[name] for name in ("win_rate", "effective_deals", "low", "high")] == pytest.approx(
        [case["p"], case["n_eff_t"], *case["wilson_neff_t"]], rel=RELATIVE
    )
    # The effective number is a ratio of variances, shrunk for the few owners.
    assert rate["effective_deals"] * (case["t"] / Z) ** 2 == pytest.approx(case["n_eff"], rel=RELATIVE)
    assert rate["win_rate"] * (1 - rate["win_rate"]) / case["n_eff"] == pytest.approx(case["var_linearised"], rel=RELATIVE)
    (figures,) = told(con, "from metrics.crm_figures()")
    assert [figures["low"], figures["high"]] == pytest.approx(case["plain_wilson"], rel=RELATIVE)


def test_values_with_few_deals_give_no_warning(cases: duckdb.DuckDBPyConnection) -> None:
    """Of two segments that turn the gap round, one has 9 seller-focused deals only: chance decides there, and one is no majority."""
    found = {row["dimension"]: row for row in of_case(cases, "simpson", "few")}["segment"]
    assert found["observed"] == pytest.approx(18 / 40 - 11 / 49)
    assert (found["values_told"], found["values_against"], found["is_warning"]) == (2, 1, False)


def test_strata_of_one_group_are_counted_and_not_used(cases: duckdb.DuckDBPyConnection) -> None:
    """Segment B holds seller-focused deals only: the common estimate is that of A alone, without heterogeneity to test."""
    found = of_case(cases, "mantel_haenszel", "one group")
    assert [row["estimate"] for row in found] == pytest.approx([3.5, 2, 0.3])
    assert {(row["strata"], row["strata_used"], row["deals"], row["deals_used"], row["heterogeneity_p"]) for row in found} == {
        (2, 1, 25, 20, None)
    }


def test_without_a_win_there_is_no_ratio(cases: duckdb.DuckDBPyConnection) -> None:
    """The difference is 0; what would divide by 0 is null, not an error."""
    found = of_case(cases, "mantel_haenszel", "no win")
    assert [(row["estimate"], row["low"], row["association"]) for row in found[:2]] == [(None, None, None)] * 2
    assert found[2]["estimate"] == 0


def test_rates_by_answers_and_their_trend_agree_with_r(built: Built, shared: Path) -> None:
    """The trend example of R's manual, with one to four answers for its scores: prop.trend.test; the rate falls with the score.

    Rates stand there for every number of answers, null for none, which no deal has; with one owner Wilson's plain interval.
    """
    expected = golden(shared, "g14_calculators")["trend"]
    counts = list(zip(expected["scores"], expected["x"], expected["n"], strict=True))
    numbered = [f"{number} | Field{number}__c | {number} | question {number}" for number in range(1, 5)]
    con = built(
        deals=table({"": [each for answers, won, deals in counts for each in decided(won, deals, answers)]}),
        fields="\n".join(["field_no | field | question_no | topic", *numbered]),
        questions="\n".join(["question_no | topic", *(f"{number} | question {number}" for number in range(1, 5))]),
    )
    (trend,) = told(con, "from metrics.answers_trend()")
    assert (trend["chi_squared"], trend["p"]) == pytest.approx((expected["chisq"], expected["p"]), rel=RELATIVE)
    assert trend["z"] == pytest.approx(-math.sqrt(expected["chisq"]), rel=RELATIVE)
    assert (trend["deals"], trend["owners"], trend["standard_error"]) == (397, 1, None)
    rates = told(con, "from metrics.win_rate_by_answers()")
    assert [(row["answers"], row["won"], row["deals"]) for row in rates] == [(0, 0, 0), *counts]
    assert (rates[0]["win_rate"], rates[0]["low"], rates[0]["high"], rates[0]["effective_deals"]) == (None, None, None, None)
    rate, n = 70 / 82, 82
    half = Z * math.sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n))
    assert (rates[4]["win_rate"], rates[4]["low"]) == pytest.approx((rate, (rate + Z * Z / (2 * n) - half) / (1 + Z * Z / n)), rel=RELATIVE)


def test_unknown_answers_have_no_number(built: Built) -> None:
    """A question tracked from day 40 on is unknown on day 30, and so is the number of answers of every deal."""
    con = built(
        deals=table({"": decided(3, 6, 3)}),
        fields="""
            field_no | field       | question_no | topic           | tracked_since
            1        | Pain__c     | 1           | pain            | day -100
            2        | Success__c  | 2           | success_measure | day -100
            3        | Champion__c | 3           | champion        | day 40
        """,
    )
    assert told(con, "select deals, slope, p from metrics.answers_trend()") == [{"deals": 0, "slope": None, "p": None}]
    assert sum(row["deals"] for row in told(con, "from metrics.win_rate_by_answers()")) == 0
    assert told(con, "select deals from metrics.win_rate()") == [{"deals": 6}]


def test_the_slope_per_answer_is_clustered_by_owner(cases: duckdb.DuckDBPyConnection) -> None:
    """Five owners with two unanswered deals, one won, and two with three answers, all won but for Eve, worked out by hand.

    Ten deals with 0 and ten with 3 answers, 13 of them won: means 1.5 and 0.65, sum of squares 45, of products 24 - 1.5 · 13 = 4.5,
    slope 0.1. An owner's score is the sum of (x - 1.5) (y - 0.65 - 0.1 (x - 1.5)): 0.6 for the four, -2.4 for Eve, together 0.
    """
    (found,) = of_case(cases, "answers_trend", "slope")
    error = math.sqrt(5 / 4 * 19 / 18 * (4 * 0.6**2 + 2.4**2)) / 45
    assert (found["slope"], found["standard_error"]) == pytest.approx((0.1, error), rel=RELATIVE)
    assert found["high"] - found["slope"] == pytest.approx(2.7764451051977987 * error, rel=RELATIVE)


def test_owners_are_pulled_toward_the_whole_and_laid_in_a_funnel(cases: duckdb.DuckDBPyConnection) -> None:
    """20, 50 and 80 of 100 won: prior as by hand, rates pulled, and only the middle one within what chance allows."""
    found = {row["owner"]: row for row in of_case(cases, "owner_rates", "owners")}
    # Squares 100 (0.09 + 0.09) = 18; by chance 0.25 · 2; room 300 - 100 = 200, so the correlation is 17.5 / (0.25 · 198).
    prior = 0.25 * 198 / 17.5 - 1
    assert [row["prior_deals"] for row in found.values()] == pytest.approx([prior] * 3, rel=RELATIVE)
    assert found["Ann"]["shrunk_rate"] == pytest.approx((20 + prior / 2) / (100 + prior), rel=RELATIVE)
    assert [found[owner]["funnel"] for owner in ("Ann", "Bob", "Cleo")] == ["below 99.8%", "within", "above 99.8%"]
    assert found["Bob"]["funnel_high_95"] == pytest.approx(0.5 + Z * 0.05, rel=RELATIVE)
    assert found["Bob"]["funnel_low_998"] == pytest.approx(0.5 - 3.0902323061678132 * 0.05, rel=RELATIVE)
    assert (found["Bob"]["share_customer_focused"], found["Cleo"]["share_customer_focused"]) == (0.6, 1)
    assert (found["Ann"]["median_days"], found["Ann"]["won"], found["Ann"]["deals"]) == (60, 20, 100)


def test_owners_who_differ_by_chance_are_one(cases: duckdb.DuckDBPyConnection) -> None:
    """10 and 11 of 20 won: the best guess of either is the whole's rate, with the whole's interval."""
    found = of_case(cases, "owner_rates", "alike owners")
    assert [(row["prior_deals"], row["shrunk_rate"]) for row in found] == [(None, pytest.approx(21 / 40))] * 2
    low = (21 + Z * Z / 2 - Z * math.sqrt(21 * 19 / 40 + Z * Z / 4)) / (40 + Z * Z)
    assert found[0]["shrunk_low"] == pytest.approx(low, rel=RELATIVE)


def test_one_owner_is_pulled_nowhere(cases: duckdb.DuckDBPyConnection) -> None:
    """There is nothing to learn from how owners differ."""
    found = of_case(cases, "owner_rates", "nobody")
    assert [(row["owner"], row["win_rate"], row["shrunk_rate"], row["shrunk_low"]) for row in found] == [("(none)", 0.25, None, None)]


def test_fit_and_focus_make_six_cells(cases: duckdb.DuckDBPyConnection) -> None:
    """Cells without deals stand there with 0 deals and no rate; shares add up."""
    found = of_case(cases, "fit_by_focus", "fit")
    assert [(row["icp_fit"], row["focus"], row["won"], row["deals"], row["win_rate"], row["share_of_deals"]) for row in found] == [
        ("fits", "customer-focused", 3, 4, 0.75, 0.4),
        ("fits", "seller-focused", 1, 4, 0.25, 0.4),
        ("does not fit", "customer-focused", 0, 0, None, 0),
        ("does not fit", "seller-focused", 0, 2, 0, 0.2),
        ("unknown", "customer-focused", 0, 0, None, 0),
        ("unknown", "seller-focused", 0, 0, None, 0),
    ]


def test_value_weighted_rate_agrees_with_numpy(built: Built, shared: Path) -> None:
    """Ten deals of unequal size: rate, effective number and Wilson's interval at it, through the metric; and what the largest three make."""
    case = golden(shared, "g18_formulas")["value_weighted"]
    groups = [Deals(1, bool(won), 2, amount=amount) for amount, won in zip(case["amount"], case["won"], strict=True)]
    (found,) = told(built(deals=table({"": groups})), "from metrics.value_weighted() where figure = 'value_weighted_win_rate'")
    assert (found["figure_value"], found["effective_deals"]) == pytest.approx((case["rate"], case["n_used"]), rel=RELATIVE)
    assert (found["low"], found["high"]) == pytest.approx(case["wilson"], rel=RELATIVE)
    assert found["largest_share"] == pytest.approx((90000 + 45000 + 22000) / sum(case["amount"]), rel=RELATIVE)
    assert (found["won_with_amount"], found["deals"], found["amount_from"]) == (5, 10, "the export date")


def test_equal_amounts_weigh_as_deals_do(cases: duckdb.DuckDBPyConnection) -> None:
    """With six owners and one size of deal, rate and interval are those of metrics.win_rate."""
    (weighted,) = (row for row in of_case(cases, "value_weighted", "equal amounts") if row["figure"] == "value_weighted_win_rate")
    (plain,) = of_case(cases, "win_rate", "equal amounts")
    assert [weighted[name] for name in ("figure_value", "low", "high", "owners", "effective_deals")] == pytest.approx(
        [plain[name] for name in ("win_rate", "low", "high", "owners", "effective_deals")], rel=RELATIVE
    )


def test_robustness_follows_from_the_verdict(cases: duckdb.DuckDBPyConnection) -> None:
    """Six owners win 4 of 10 unanswered deals; of 10 answered ones 6, 7, 8, 6, 7 and 8."""
    (found,) = of_case(cases, "robustness", "six owners", ", strata := ['owner']")
    verdict = of_case(cases, "verdict", "six owners", ", strata := ['owner']")[0]
    rates = {row["focus"][0]: row for row in of_case(cases, "win_rate", "six owners")}
    assert (found["difference"], found["low"], found["high"]) == (verdict["difference"], verdict["low"], verdict["high"])
    assert found["difference"] == pytest.approx(0.3)
    ratios = [(0.4 + limit) / 0.4 for limit in (0.3, verdict["low"])]
    e_values = [ratio + math.sqrt(ratio * (ratio - 1)) for ratio in ratios]
    assert (found["risk_ratio"], found["e_value"], found["e_value_of_limit"]) == pytest.approx((ratios[0], *e_values), rel=RELATIVE)
    assert found["always_valid_high"] - 0.3 == pytest.approx(0.3 - found["always_valid_low"], rel=RELATIVE)
    assert found["always_valid_low"] < found["low"]
    assert found["equivalence_p"] > 0.999
    # Both rates at their worst at once are less likely than the interval allows for.
    assert found["observed_ratio"] == pytest.approx(42 / 24)
    assert rates["c"]["low"] / rates["s"]["high"] < found["observed_low"] < 42 / 24
    assert 42 / 24 < found["observed_high"] < rates["c"]["high"] / rates["s"]["low"]


@pytest.fixture(scope="module")
def histories(built: Built) -> duckdb.DuckDBPyConnection:
    """Return three companies with histories: deals 1 to 3, 4 to 7, and 8 to 10."""
    return built(
        deals="""
            deal_key | pipeline | owner | outcome | close_date | answered | amount | currency
            1        | friction | Ann   | won     | day 60     | 1 2      |        | EUR
            2        | friction | Ann   | open    | day 90     |          |        | EUR
            3        | friction | Ann   | lost    | day 99     |          |        | EUR
            4        | amounts  | Ann   | won     | day 60     | 1 2      | 900    | EUR
            5        | amounts  | Ann   | lost    | day 60     | 1 2      | 300    | EUR
            6        | amounts  | Ann   | won     | day 60     | 1 2      | 500    | EUR
            7        | amounts  | Ann   | won     | day 60     | 1 2      | 500    | USD
            8        | time     | Ann   | won     | day 100    | 1 2      |        | EUR
            9        | time     | Bob   | won     | day 50     |          |        | EUR
            10       | time     | Cleo  | open    |            | 1 2      |        | EUR
            11       | stages   | Ann   | open    |            |          |        | EUR
            12       | stages   | Ann   | open    |            |          |        | EUR
            13       | stages   | Ann   | open    |            |          |        | EUR
            14       | stages   | Ann   | open    |            |          |        | EUR
        """,
        stages="""
            stage      | stage_outcome
            Discovery  | open
            Proposal   | open
            Pilot      | open
            Legal      | open
            Review     | open
            Closed Won | won
        """,
        stage_changes="""
            deal_key | changed_date | stage      | close_date | amount
            1        | day 0        | Discovery  | day 40     |
            1        | day 10       | Proposal   | day 50     |
            1        | day 40       | Discovery  | day 45     |
            1        | day 50       | Proposal   | day 55     |
            1        | day 60       | Closed Won | day 60     |
            2        | day 0        | Discovery  | day 90     |
            4        | day 0        | Discovery  |            | 100
            4        | day 60       | Closed Won |            | 900
            5        | day 0        | Discovery  |            | 300
            6        | day 40       | Discovery  |            | 500
            7        | day 0        | Discovery  |            | 500
            11       | day 0        | Pilot      |            |
            11       | day 5        | Legal      |            |
            12       | day 0        | Pilot      |            |
            12       | day 7        | Legal      |            |
            13       | day 0        | Legal      |            |
            13       | day 9        | Pilot      |            |
            14       | day 0        | Pilot      |            |
            14       | day 3        | Review     |            |
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            8        | 1        | day 10       | answered
            8        | 2        | day 40       | answered
        """,
    )


def test_amounts_are_those_of_the_landmark_where_the_history_tells_them(histories: duckdb.DuckDBPyConnection) -> None:
    """Deal 4 stood at 100 on day 30 and was won at 900; deal 5 at 300; deal 6 told no amount by then, deal 7 has another currency."""
    found = {row["figure"]: row for row in of_case(histories, "value_weighted", "amounts")}
    rate = found["value_weighted_win_rate"]
    assert (rate["figure_value"], rate["deals"], rate["amount_from"]) == (0.25, 2, "the landmark")
    # Won 900 and 500; three deals in euros were open 30 days each after the landmark.
    assert (found["average_won_deal"]["figure_value"], found["sales_velocity"]["figure_value"]) == pytest.approx((700, 1400 / 90))
    assert (found["average_won_deal"]["won_with_amount"], found["average_won_deal"]["low"]) == (2, None)


def test_friction_is_counted_by_deal(histories: duckdb.DuckDBPyConnection) -> None:
    """Deal 1 is pushed on days 10 and 50 and goes back on day 40; deal 2 stays where it is; deal 3 has no history.

    Its close date of day 60, written when it closed, is no push; deal 2 has been in one stage until the export, on day 364.
    """
    assert told(histories, "from marts.deal_friction where deal_key <= 3 order by deal_key") == [
        {
            "deal_key": 1, "close_date_pushes": 2, "steps_back": 1, "longest_stay_days": 30,
            "push_days": [10, 50], "step_back_days": [40], "stage_change_days": [0, 10, 40, 50, 60],
        },
        {
            "deal_key": 2, "close_date_pushes": 0, "steps_back": 0, "longest_stay_days": 364,
            "push_days": [], "step_back_days": [], "stage_change_days": [0],
        },
        {
            "deal_key": 3, "close_date_pushes": None, "steps_back": None, "longest_stay_days": None,
            "push_days": None, "step_back_days": None, "stage_change_days": None,
        },
    ]  # fmt: skip


def test_friction_is_counted_until_landmark_and_horizon(histories: duckdb.DuckDBPyConnection) -> None:
    """By day 30 deal 1 was pushed once and has been in a stage for 20 days at most; deal 3 is known of nothing."""
    found = {
        (row["sign"], row["until"], row["focus"][0]): (row["deals"], row["mean"], row["deals_with_any"])
        for row in of_case(histories, "friction", "friction")
    }
    assert found == {
        ("close_date_pushes", "landmark", "c"): (1, 1, 1),
        ("close_date_pushes", "horizon", "c"): (1, 2, 1),
        ("steps_back", "landmark", "c"): (1, 0, 0),
        ("steps_back", "horizon", "c"): (1, 1, 1),
        ("longest_stay_days", "landmark", "c"): (1, 20, 0),
        ("longest_stay_days", "horizon", "c"): (1, 30, 1),
        ("close_date_pushes", "landmark", "s"): (1, 0, 0),
        ("close_date_pushes", "horizon", "s"): (1, 0, 0),
        ("steps_back", "landmark", "s"): (1, 0, 0),
        ("steps_back", "horizon", "s"): (1, 0, 0),
        ("longest_stay_days", "landmark", "s"): (1, 30, 1),
        ("longest_stay_days", "horizon", "s"): (1, 210, 1),
    }


def test_most_deals_tell_which_way_is_back(histories: duckdb.DuckDBPyConnection) -> None:
    """Two of three deals go from Pilot on to Legal, one from Legal to Pilot: that one steps back, and who skips a stage does not."""
    found = told(histories, "select deal_key, step_back_days from marts.deal_friction where steps_back > 0 and deal_key > 10")
    assert found == [{"deal_key": 13, "step_back_days": [9]}]


def test_time_counts_for_the_side_of_the_tag_on_the_day(histories: duckdb.DuckDBPyConnection) -> None:
    """Deal 8 is tagged from day 40 and won on day 100, deal 9 never and won on day 50, deal 10 from creation and open for 364 days.

    One stratum without age bands: 60 + 364 days and one win with the tag, 40 + 50 days and one win without. By the texts of today all
    of deal 8 counts as tagged. With a band from day 60 on only the days before compare, 20 + 60 with the tag and 40 + 50 without.
    """
    ever, varying = of_case(histories, "rate_ratio_over_time", "time", ", strata := ['segment'], age_bands := []::integer[]")
    assert (varying["customer_won"], varying["customer_days"], varying["seller_won"], varying["seller_days"]) == (1, 424, 1, 90)
    assert (varying["rate_ratio"], varying["strata_used"], varying["days_used"]) == (pytest.approx((1 / 424) / (1 / 90)), 1, 514)
    assert (ever["customer_days"], ever["seller_days"], ever["rate_ratio"]) == (464, 50, pytest.approx((1 / 464) / (1 / 50)))
    assert (varying["owners"], varying["low"], ever["low"]) == (3, None, None)
    (_, banded) = of_case(histories, "rate_ratio_over_time", "time", ", strata := ['segment'], age_bands := [60]")
    assert (banded["rate_ratio"], banded["days_used"], banded["strata_used"]) == (0, 170, 1)


def test_days_of_unknown_tag_count_for_neither_side(built: Built) -> None:
    """Two of three answers are needed, and two questions are tracked from day 20 on: until then nobody can tell."""
    con = built(
        deals="""
            deal_key | outcome | close_date | answered
            1        | won     | day 50     |
        """,
        fields="""
            field_no | field       | question_no | topic           | tracked_since
            1        | Pain__c     | 1           | pain            | day -100
            2        | Success__c  | 2           | success_measure | day 20
            3        | Champion__c | 3           | champion        | day 20
        """,
    )
    (_, varying) = told(con, "from metrics.rate_ratio_over_time()")
    assert (varying["customer_days"], varying["seller_days"], varying["seller_won"], varying["rate_ratio"]) == (0, 30, 1, None)


def test_rate_ratios_agree_with_the_golden_values(golden_sample: Database, golden_values: dict[str, dict[str, float]]) -> None:
    """Ever tagged over all deals, and time-varying in the last stage, to 1e-9; its error is that of leaving each owner out by hand."""
    database = golden_sample
    call = "strata := ['owner', 'icp_fit', 'segment'], age_bands := []::integer[], in_stage := 'Negotiation'"
    ever, varying = database.sql(f"from metrics.rate_ratio_over_time({call})").to_dicts()
    assert ever["rate_ratio"] == pytest.approx(golden_values["naive_ever_tagged_rate_ratio"]["est"], abs=RELATIVE)
    assert varying["rate_ratio"] == pytest.approx(golden_values["time_varying_rate_ratio_stage4"]["est"], abs=RELATIVE)
    kept = database.choices("owner")[:6]
    whole, *without = (
        database.sql(f"from metrics.rate_ratio_over_time({call}, scope := map {{'owner': {owners}}})").row(1, named=True)
        for owners in (kept, *([each for each in kept if each != owner] for owner in kept))
    )
    distances = [math.log(each["rate_ratio"] / whole["rate_ratio"]) ** 2 for each in without]
    assert whole["standard_error"] == pytest.approx(math.sqrt(5 / 6 * sum(distances)), rel=RELATIVE)
    reach = 2.5705818356363146 * whole["standard_error"]
    assert (math.log(whole["high"] / whole["rate_ratio"]), whole["owners"]) == pytest.approx((reach, 6), rel=RELATIVE)


def test_every_question_of_the_drill_down_can_be_asked(golden_sample: Database) -> None:
    """The rows that each metric gives for the golden sample, narrowed to small companies and at another landmark.

    Its history tells stages and no close dates, so friction has two signs of three; none of its deals lacks a fit or has a team.
    """
    database = golden_sample
    scope = Scope(segment=("SMB",), landmark_day=14)
    owners = database.sql("select count(distinct owner) as owners from marts.deals where segment = 'SMB'")["owners"][0]
    asked = {
        "win_rate_by_answers": 5, "answers_trend": 1, "owner_rates": owners, "fit_by_focus": 6, "value_weighted": 6, "mantel_haenszel": 3,
        "simpson": 9, "robustness": 1, "friction": 8, "rate_ratio_over_time": 2, "other_methods": 4,
    }  # fmt: skip
    assert {name: getattr(database, name)(scope).height for name in asked} == asked
    whole, narrowed = (database.owner_rates(each)["deals"].sum() for each in (Scope(), scope))
    assert narrowed < whole


def test_where_nothing_is_compared_nothing_is_said(cases: duckdb.DuckDBPyConnection) -> None:
    """Without deals the metrics hold their fixed rows, with nulls, and no error."""
    (robustness,) = of_case(cases, "robustness", "no such")
    assert [robustness[name] for name in ("difference", "e_value", "equivalence_p", "always_valid_low", "observed_ratio")] == [None] * 5
    assert [row["estimate"] for row in of_case(cases, "mantel_haenszel", "no such")] == [None, None, None]
    assert [row["rate_ratio"] for row in of_case(cases, "rate_ratio_over_time", "no such")] == [None, None]
    assert [row["deals"] for row in of_case(cases, "fit_by_focus", "no such")] == [0] * 6
    for metric in ("owner_rates", "value_weighted", "simpson", "friction"):
        assert of_case(cases, metric, "no such") == []
