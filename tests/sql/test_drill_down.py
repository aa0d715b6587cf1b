"""Metrics of the drill-down, from raw rows: against R and published data, and by hand."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

Built = Callable[..., duckdb.DuckDBPyConnection]

RELATIVE = 1e-9
Z = 1.959963984540054
FOUR_QUESTIONS = {
    "questions": "question_no | topic\n" + "\n".join(f"{number} | question {number}" for number in range(1, 5)),
    "fields": "field_no | field | question_no | topic\n"
    + "\n".join(f"{number} | Field{number}__c | {number} | question {number}" for number in range(1, 5)),
}


@dataclass(frozen=True)
class Deals:
    """As many deals alike: created on day 0 and decided on day 60, with their first fields answered since creation."""

    number: int
    is_won: bool
    answers: int
    owner: str = "Ann"
    segment: str = "SMB"
    fit: str = ""
    amount: float = 100


def rows(groups: Iterable[Deals]) -> str:
    """Return the deals as a table of text."""
    lines = [
        f"{'won' if group.is_won else 'lost'} | day 60 | {group.owner} | {group.segment} | {group.fit} | {group.amount} | "
        + " ".join(str(number) for number in range(1, group.answers + 1))
        for group in groups
        for _ in range(group.number)
    ]
    header = "deal_key | outcome | close_date | owner | segment | is_icp_fit | amount | answered"
    return "\n".join([header, *(f"{number} | {line}" for number, line in enumerate(lines, 1))])


def decided(won: int, deals: int, answers: int, **more: Any) -> list[Deals]:
    """Return as many deals, some of them won."""
    return [Deals(won, True, answers, **more), Deals(deals - won, False, answers, **more)]


def told(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query, by column."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def golden(shared: Path, name: str) -> dict[str, Any]:
    """Return the expected values of a golden file."""
    found: dict[str, Any] = json.loads((shared / "golden" / f"{name}.json").read_text())["expected"]
    return found


@pytest.fixture
def admissions(built: Built, shared: Path) -> duckdb.DuckDBPyConnection:
    """Return admissions to Berkeley as deals: men are the customer-focused ones, departments segments, the admitted won."""
    with (shared / "golden/ucb_admissions.csv").open(newline="") as file:
        groups = [
            Deals(int(row["n"]), row["admit"] == "Admitted", 2 * (row["gender"] == "Male"), segment=row["dept"])
            for row in csv.DictReader(file)
        ]
    return built(deals=rows(groups))


def test_stratified_ratios_agree_with_r(admissions: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Mantel-Haenszel odds ratio, risk ratio and risk difference, Breslow-Day, Cochran's Q and Cochran-Mantel-Haenszel of R and metafor."""
    expected = golden(shared, "g02_ucb_cmh")
    found = {row["measure"]: row for row in told(admissions, "from metrics.mantel_haenszel()")}
    for measure, name in (("odds_ratio", "mh_log_or"), ("risk_ratio", "mh_log_rr"), ("risk_difference", "mh_rd")):
        row, want = found[measure], expected[name]
        log = (lambda share: share) if measure == "risk_difference" else math.log
        got = (log(row["estimate"]), row["standard_error"], log(row["low"]), log(row["high"]), row["p"])
        assert got == pytest.approx((want["est"], want["se"], *want["ci"], want["p"]), rel=RELATIVE)
        heterogeneity = (want["BD"], want["BDp"]) if measure == "odds_ratio" else (want["Q"], want["Qp"])
        assert (row["heterogeneity"], row["heterogeneity_p"]) == pytest.approx(heterogeneity, rel=RELATIVE)
        together = expected["mantelhaen"]
        assert (row["association"], row["association_p"]) == pytest.approx((together["chi2_nocc"], together["p_nocc"]), rel=RELATIVE)
        assert (row["strata"], row["strata_used"], row["deals"], row["deals_used"], row["heterogeneity_df"]) == (6, 6, 4526, 4526, 5)
    crude = expected["crude"]
    assert found["odds_ratio"]["observed"] == pytest.approx(crude["or"], rel=RELATIVE)
    assert found["risk_ratio"]["observed"] == pytest.approx(crude["p1"] / crude["p0"], rel=RELATIVE)
    assert found["risk_difference"]["observed"] == pytest.approx(crude["rd"], rel=RELATIVE)


def test_a_gap_that_turns_round_is_warned_of(admissions: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Men were admitted 14 points more often overall, and less often in four of six departments."""
    expected = golden(shared, "g02_ucb_cmh")
    found = {row["dimension"]: row for row in told(admissions, "from metrics.simpson()")}
    segment = found["segment"]
    assert (segment["observed"], segment["within"]) == pytest.approx((expected["crude"]["rd"], expected["mh_rd"]["est"]), rel=RELATIVE)
    against = [each for each in expected["by_dept"] if each["p1"] < each["p0"]]
    assert (segment["values_told"], segment["values_against"], segment["is_warning"]) == (6, len(against), True)
    assert segment["share_against"] == pytest.approx(sum(each["n1"] + each["n0"] for each in against) / 4526, rel=RELATIVE)
    assert (found["team"]["values_told"], found["team"]["is_warning"]) == (1, False)


def test_values_with_few_deals_give_no_warning(built: Built) -> None:
    """Of two segments that turn the gap round, one has 9 seller-focused deals only: chance decides there, and one is no majority."""
    groups = [
        *decided(9, 10, 2, segment="A"), *decided(10, 10, 0, segment="A"),
        *decided(0, 10, 2, segment="B"), *decided(1, 9, 0, segment="B"),
        *decided(9, 20, 2, segment="C"), *decided(0, 30, 0, segment="C"),
    ]  # fmt: skip
    found = {row["dimension"]: row for row in told(built(deals=rows(groups)), "from metrics.simpson()")}["segment"]
    assert found["observed"] == pytest.approx(18 / 40 - 11 / 49)
    assert (found["values_told"], found["values_against"], found["is_warning"]) == (2, 1, False)


def test_strata_of_one_group_are_counted_and_not_used(built: Built) -> None:
    """Segment B holds seller-focused deals only: the common estimate is that of A alone, without heterogeneity to test."""
    groups = [*decided(6, 10, 2, segment="A"), *decided(3, 10, 0, segment="A"), *decided(1, 5, 0, segment="B")]
    found = {row["measure"]: row for row in told(built(deals=rows(groups)), "from metrics.mantel_haenszel()")}
    assert found["risk_difference"]["estimate"] == pytest.approx(0.3)
    assert found["risk_ratio"]["estimate"] == pytest.approx(2)
    assert found["odds_ratio"]["estimate"] == pytest.approx(3.5)
    assert {(row["strata"], row["strata_used"], row["deals"], row["deals_used"], row["heterogeneity_p"]) for row in found.values()} == {
        (2, 1, 25, 20, None)
    }


def test_without_a_win_there_is_no_ratio(built: Built) -> None:
    """The difference is 0; what would divide by 0 is null, not an error."""
    found = told(built(deals=rows([*decided(0, 5, 2), *decided(0, 5, 0)])), "from metrics.mantel_haenszel()")
    assert [(row["estimate"], row["low"], row["association"]) for row in found[:2]] == [(None, None, None)] * 2
    assert found[2]["estimate"] == 0


@pytest.fixture
def smokers(built: Built, shared: Path) -> duckdb.DuckDBPyConnection:
    """Return the trend example of R's manual as deals: smokers among patients of four studies, which are one to four answers here."""
    trend = golden(shared, "g14_calculators")["trend"]
    groups = [each for x, n, score in zip(trend["x"], trend["n"], trend["scores"], strict=True) for each in decided(x, n, score)]
    return built(deals=rows(groups), **FOUR_QUESTIONS)


def test_the_trend_agrees_with_r(smokers: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """Cochran-Armitage chi-squared and p of prop.trend.test; the rate falls with the score."""
    expected = golden(shared, "g14_calculators")["trend"]
    (found,) = told(smokers, "from metrics.answers_trend()")
    assert (found["chi_squared"], found["p"]) == pytest.approx((expected["chisq"], expected["p"]), rel=RELATIVE)
    assert found["z"] == pytest.approx(-math.sqrt(expected["chisq"]), rel=RELATIVE)
    assert (found["deals"], found["owners"], found["standard_error"]) == (397, 1, None)


def test_rates_by_answers_hold_every_number(smokers: duckdb.DuckDBPyConnection, shared: Path) -> None:
    """None to four answers: no deal without an answer, so no rate there; Wilson's interval where there are."""
    trend = golden(shared, "g14_calculators")["trend"]
    found = told(smokers, "from metrics.win_rate_by_answers()")
    assert [(row["answers"], row["won"], row["deals"]) for row in found] == [
        (0, 0, 0),
        *zip([1, 2, 3, 4], trend["x"], trend["n"], strict=True),
    ]
    assert (found[0]["win_rate"], found[0]["low"], found[0]["effective_deals"]) == (None, None, None)
    assert found[4]["win_rate"] == 70 / 82
    centre, n = 70 / 82, 82
    half = Z * math.sqrt(centre * (1 - centre) / n + Z * Z / (4 * n * n))
    assert found[4]["low"] == pytest.approx((centre + Z * Z / (2 * n) - half) / (1 + Z * Z / n), rel=RELATIVE)


def test_unknown_answers_have_no_number(built: Built) -> None:
    """A question tracked from day 40 on is unknown on day 30, and so is the number of answers of every deal."""
    con = built(
        deals=rows(decided(3, 6, 3)),
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


def test_the_slope_per_answer_is_clustered_by_owner(built: Built) -> None:
    """Five owners with two unanswered deals, one won, and two with three answers, all won but for Eve: worked out by hand.

    Means 1.5 and 0.7, sum of squares 45, of products 1.5 · 9 - 1.5 · 5 = 6, slope 2/15. Each owner's score is the sum of
    (x - 1.5) (y - 0.7 - slope (x - 1.5)): 0.3 with 3 of 4 won, -1.2 for Eve with 1 of 4.
    """
    groups = [each for owner in ("Ann", "Bob", "Cleo", "Dan", "Eve") for each in decided(1, 2, 0, owner=owner)]
    groups += [each for owner in ("Ann", "Bob", "Cleo", "Dan") for each in decided(2, 2, 3, owner=owner)] + decided(0, 2, 3, owner="Eve")
    (found,) = told(built(deals=rows(groups)), "from metrics.answers_trend()")
    wins = 5 + 8
    slope = (3 * 8 - 1.5 * wins) / 45
    scores = [sum((x - 1.5) * (y - wins / 20 - slope * (x - 1.5)) for x, y in [(0, 0), (0, 1), (3, y), (3, y)]) for y in (1, 1, 1, 1, 0)]
    error = math.sqrt(5 / 4 * 19 / 18 * sum(score**2 for score in scores)) / 45
    assert (found["slope"], found["standard_error"]) == pytest.approx((slope, error), rel=RELATIVE)
    assert found["high"] - found["slope"] == pytest.approx(2.7764451051977987 * error, rel=RELATIVE)


def test_owners_are_pulled_toward_the_whole_and_laid_in_a_funnel(built: Built) -> None:
    """20, 50 and 80 of 100 won: prior as by hand, rates pulled, and only the middle one within what chance allows."""
    groups = [
        *decided(20, 100, 0, owner="Ann"), *decided(30, 60, 2, owner="Bob"), *decided(20, 40, 0, owner="Bob"), *decided(80, 100, 2, owner="Cleo"),
    ]  # fmt: skip
    found = {row["owner"]: row for row in told(built(deals=rows(groups)), "from metrics.owner_rates()")}
    # Squares 100 (0.09 + 0.09) = 18; by chance 0.25 · 2; room 300 - 100 = 200, so the correlation is 17.5 / (0.25 · 198).
    prior = 0.25 * 198 / 17.5 - 1
    assert [row["prior_deals"] for row in found.values()] == pytest.approx([prior] * 3, rel=RELATIVE)
    assert found["Ann"]["shrunk_rate"] == pytest.approx((20 + prior / 2) / (100 + prior), rel=RELATIVE)
    assert [found[owner]["funnel"] for owner in ("Ann", "Bob", "Cleo")] == ["below 99.8%", "within", "above 99.8%"]
    assert found["Bob"]["funnel_high_95"] == pytest.approx(0.5 + Z * 0.05, rel=RELATIVE)
    assert found["Bob"]["funnel_low_998"] == pytest.approx(0.5 - 3.0902323061678132 * 0.05, rel=RELATIVE)
    assert (found["Bob"]["share_customer_focused"], found["Cleo"]["share_customer_focused"]) == (0.6, 1)
    assert (found["Ann"]["median_days"], found["Ann"]["won"], found["Ann"]["deals"]) == (60, 20, 100)


def test_owners_who_differ_by_chance_are_one(built: Built) -> None:
    """10 and 11 of 20 won: the best guess of either is the whole's rate, with the whole's interval."""
    found = told(
        built(deals=rows([*decided(10, 20, 0, owner="Ann"), *decided(11, 20, 2, owner="Bob"), *decided(0, 1, 2, owner="")])),
        "from metrics.owner_rates(scope := map {'owner': ['Ann', 'Bob']})",
    )
    assert [(row["prior_deals"], row["shrunk_rate"]) for row in found] == [(math.inf, pytest.approx(21 / 40))] * 2
    low = (21 + Z * Z / 2 - Z * math.sqrt(21 * 19 / 40 + Z * Z / 4)) / (40 + Z * Z)
    assert found[0]["shrunk_low"] == pytest.approx(low, rel=RELATIVE)


def test_one_owner_is_pulled_nowhere(built: Built) -> None:
    """There is nothing to learn from how owners differ."""
    found = told(built(deals=rows(decided(1, 4, 2, owner=""))), "from metrics.owner_rates()")
    assert [(row["owner"], row["win_rate"], row["shrunk_rate"], row["shrunk_low"]) for row in found] == [("(none)", 0.25, None, None)]


def test_fit_and_focus_make_six_cells(built: Built) -> None:
    """Cells without deals stand there with 0 deals and no rate; shares add up."""
    groups = [*decided(3, 4, 2, fit="true"), *decided(1, 4, 0, fit="true"), *decided(0, 2, 0, fit="false")]
    found = told(built(deals=rows(groups)), "from metrics.fit_by_focus()")
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
    (found,) = told(built(deals=rows(groups)), "from metrics.value_weighted() where figure = 'value_weighted_win_rate'")
    assert (found["figure_value"], found["effective_deals"]) == pytest.approx((case["rate"], case["n_used"]), rel=RELATIVE)
    assert (found["low"], found["high"]) == pytest.approx(case["wilson"], rel=RELATIVE)
    assert found["largest_share"] == pytest.approx((90000 + 45000 + 22000) / sum(case["amount"]), rel=RELATIVE)
    assert (found["won_with_amount"], found["deals"], found["amount_from"]) == (5, 10, "the export date")


def test_equal_amounts_weigh_as_deals_do(built: Built) -> None:
    """With six owners and one size of deal, rate and interval are those of metrics.win_rate."""
    groups = [each for number, owner in enumerate("ABCDEF") for each in decided(2 + number, 10 + number, 2, owner=owner)]
    con = built(deals=rows(groups))
    (weighted,) = told(con, "select figure_value, low, high, owners from metrics.value_weighted() where figure = 'value_weighted_win_rate'")
    (plain,) = told(con, "select win_rate, low, high, owners from metrics.win_rate()")
    assert list(weighted.values()) == pytest.approx(list(plain.values()), rel=RELATIVE)


def test_amounts_are_those_of_the_landmark_where_the_history_tells_them(built: Built) -> None:
    """Deal 1 stood at 100 on day 30 and was won at 900; deal 2 at 300; deal 3 tells no amount by then, deal 4 another currency."""
    con = built(
        deals="""
            deal_key | outcome | close_date | amount | currency | answered
            1        | won     | day 60     | 900    | EUR      | 1 2
            2        | lost    | day 60     | 300    | EUR      | 1 2
            3        | won     | day 60     | 500    | EUR      | 1 2
            4        | won     | day 60     | 500    | USD      | 1 2
        """,
        stage_changes="""
            deal_key | changed_date | stage      | amount
            1        | day 0        | Discovery  | 100
            1        | day 60       | Closed Won | 900
            2        | day 0        | Discovery  | 300
            3        | day 40       | Proposal   | 500
            4        | day 0        | Discovery  | 500
        """,
    )
    found = {row["figure"]: row for row in told(con, "from metrics.value_weighted()")}
    rate = found["value_weighted_win_rate"]
    assert (rate["figure_value"], rate["deals"], rate["amount_from"]) == (0.25, 2, "the landmark")
    # Won 900 and 500; four deals were open 30 days each after the landmark.
    assert (found["average_won_deal"]["figure_value"], found["sales_velocity"]["figure_value"]) == pytest.approx((700, 1400 / 120))
    assert (found["average_won_deal"]["won_with_amount"], found["average_won_deal"]["low"]) == (2, None)


def test_friction_is_counted_until_landmark_and_horizon(built: Built) -> None:
    """Deal 1 is pushed on days 10 and 50, goes back on day 40 and closes on day 60; deal 2 stays where it is; deal 3 has no history.

    That most deals enter Proposal after Discovery is what makes deal 1's return a step back. Its close date of day 60, written
    when it closed, is no push.
    """
    con = built(
        deals="""
            deal_key | outcome | close_date | answered
            1        | won     | day 60     | 1 2
            2        | open    | day 90     |
            3        | lost    | day 99     |
        """,
        stage_changes="""
            deal_key | changed_date | stage      | close_date
            1        | day 0        | Discovery  | day 40
            1        | day 10       | Proposal   | day 50
            1        | day 40       | Discovery  | day 45
            1        | day 50       | Proposal   | day 55
            1        | day 60       | Closed Won | day 60
            2        | day 0        | Discovery  | day 90
        """,
    )
    assert told(con, "from marts.deal_friction order by deal_key") == [
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
    found = {
        (row["sign"], row["until"], row["focus"][0]): (row["deals"], row["mean"], row["deals_with_any"])
        for row in told(con, "from metrics.friction()")
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


def test_a_stage_that_most_enter_later_is_no_step_back_to(built: Built) -> None:
    """Two of three deals go from Proposal on to Legal, one from Legal to Proposal: that one steps back, and those that skip do not."""
    con = built(
        deals="""
            deal_key | outcome | close_date
            1        | open    |
            2        | open    |
            3        | open    |
            4        | open    |
        """,
        stages="""
            stage    | stage_outcome
            Proposal | open
            Legal    | open
            Review   | open
        """,
        stage_changes="""
            deal_key | changed_date | stage
            1        | day 0        | Proposal
            1        | day 5        | Legal
            2        | day 0        | Proposal
            2        | day 7        | Legal
            3        | day 0        | Legal
            3        | day 9        | Proposal
            4        | day 0        | Proposal
            4        | day 3        | Review
        """,
    )
    assert told(con, "select deal_key, step_back_days from marts.deal_friction where steps_back > 0") == [
        {"deal_key": 3, "step_back_days": [9]}
    ]


def test_time_counts_for_the_side_of_the_tag_on_the_day(built: Built) -> None:
    """Deal 1 is tagged from day 40 and won on day 100, deal 2 never and won on day 50, deal 3 from creation and open for 364 days.

    One stratum without age bands: 60 + 364 days and one win with the tag, 40 + 50 days and one win without. By the texts of today all
    of deal 1 counts as tagged.
    """
    con = built(
        deals="""
            deal_key | outcome | close_date | answered
            1        | won     | day 100    | 1 2
            2        | won     | day 50     |
            3        | open    |            | 1 2
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            1        | 1        | day 10       | answered
            1        | 2        | day 40       | answered
        """,
    )
    ever, varying = told(con, "from metrics.rate_ratio_over_time(strata := ['segment'], age_bands := []::integer[])")
    assert (varying["customer_won"], varying["customer_days"], varying["seller_won"], varying["seller_days"]) == (1, 424, 1, 90)
    assert (varying["rate_ratio"], varying["strata_used"], varying["days_used"]) == (pytest.approx((1 / 424) / (1 / 90)), 1, 514)
    assert (ever["customer_days"], ever["seller_days"], ever["rate_ratio"]) == (464, 50, pytest.approx((1 / 464) / (1 / 50)))
    assert (varying["owners"], varying["low"], ever["low"]) == (1, None, None)
    # Bands from day 60 on: deals 1 and 3 are alone with their tag, so only the first 60 days compare: 20 + 60 with, 40 + 50 without.
    (_, banded) = told(con, "from metrics.rate_ratio_over_time(strata := ['segment'], age_bands := [60])")
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


def test_robustness_follows_from_the_verdict(built: Built) -> None:
    """Six owners win 4 of 10 unanswered deals; of 10 answered ones 6, 7, 8, 6, 7 and 8."""
    groups = [each for owner in "ABCDEF" for each in decided(4, 10, 0, owner=owner)]
    groups += [each for number, owner in enumerate("ABCDEF") for each in decided(6 + number % 3, 10, 2, owner=owner)]
    con = built(deals=rows(groups))
    (found,) = told(con, "from metrics.robustness(strata := ['owner'])")
    (verdict,) = told(con, "from metrics.verdict(strata := ['owner']) where measure = 'win_rate'")
    assert (found["difference"], found["low"], found["high"]) == (verdict["difference"], verdict["low"], verdict["high"])
    assert found["difference"] == pytest.approx(0.3)
    ratios = [(0.4 + limit) / 0.4 for limit in (0.3, verdict["low"])]
    e_values = [ratio + math.sqrt(ratio * (ratio - 1)) for ratio in ratios]
    assert (found["risk_ratio"], found["e_value"], found["e_value_of_limit"]) == pytest.approx((ratios[0], *e_values), rel=RELATIVE)
    assert found["always_valid_high"] - 0.3 == pytest.approx(0.3 - found["always_valid_low"], rel=RELATIVE)
    assert found["always_valid_low"] < found["low"]
    assert found["equivalence_p"] > 0.999
    rates = {row["focus"][0]: row for row in told(con, "from metrics.win_rate()")}
    ratio = rates["c"]["win_rate"] / rates["s"]["win_rate"]
    # Both rates at their worst at once are less likely than the interval allows for.
    assert (found["observed_ratio"], ratio) == (pytest.approx(42 / 24), pytest.approx(42 / 24))
    assert (
        rates["c"]["low"] / rates["s"]["high"]
        < found["observed_low"]
        < ratio
        < found["observed_high"]
        < rates["c"]["high"] / rates["s"]["low"]
    )


def test_where_nothing_is_compared_nothing_is_said(built: Built) -> None:
    """Without deals the metrics hold their fixed rows, with nulls, and no error."""
    con = built()
    assert told(con, "select difference, e_value, equivalence_p, always_valid_low from metrics.robustness()") == [
        {"difference": None, "e_value": None, "equivalence_p": None, "always_valid_low": None}
    ]
    assert [row["estimate"] for row in told(con, "from metrics.mantel_haenszel()")] == [None, None, None]
    assert [row["rate_ratio"] for row in told(con, "from metrics.rate_ratio_over_time()")] == [None, None]
    assert [row["deals"] for row in told(con, "from metrics.fit_by_focus()")] == [0] * 6
    for metric in ("owner_rates", "value_weighted", "simpson", "friction"):
        assert told(con, f"from metrics.{metric}()") == []
