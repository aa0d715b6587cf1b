"""Differences between deals that are alike: metrics.like_for_like, metrics.effects and metrics.balance, by hand and by other algebra."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.sql.companies import Deals, decided, table

Built = Callable[..., duckdb.DuckDBPyConnection]
Row = dict[str, Any]

RELATIVE = 1e-9
T_4 = 2.7764451051977987  # R: qt(0.975, 4)

# The champion stands answered wherever field 3 does; field 4 is the neutral one.
QUESTIONS = """
    question_no | topic           | is_neutral
    1           | pain            | false
    2           | success_measure | false
    3           | champion        | false
    4           | Product_Line    | true
"""
FIELDS = """
    field_no | field        | question_no | topic           | is_neutral
    1        | Pain__c      | 1           | pain            | false
    2        | Success__c   | 2           | success_measure | false
    3        | Champion__c  | 3           | champion        | false
    4        | Product_Line | 4           | Product_Line    | true
"""

OWNERS = ("Ann", "Bob", "Cleo", "Dan", "Eve")

# Two segments by hand, of one owner: differences 0.4 and 0.3, weights 10 · 20 / 30 and 10 · 40 / 50.
BY_HAND = [
    *decided(6, 10, 2, segment="A", close_day=50), *decided(4, 20, 0, segment="A", close_day=60),
    *decided(5, 10, 2, segment="B", close_day=80), *decided(8, 40, 0, segment="B", close_day=60),
]  # fmt: skip

# Five owners who win and fill differently, in two segments; a tidy deal has its neutral field filled.
MIXED = [
    group
    for place, owner in enumerate(OWNERS)
    for segment, shift in (("A", 0), ("B", 1))
    for group in (
        *decided(3 + (place + shift) % 3, 6, 2, owner=owner, segment=segment, close_day=50 + place, also_answered="4"),
        *decided(1 + place % 2, 3, 2, owner=owner, segment=segment, close_day=70),
        *decided(1 + shift, 4, 0, owner=owner, segment=segment, close_day=60 + 2 * place, also_answered="4"),
        *decided(2, 7 + place, 0, owner=owner, segment=segment, close_day=45),
    )
]

COMPANIES = {
    "by hand": BY_HAND,
    "mixed": MIXED,
    # Owners hold one group each, of which Ann, Bob and Cleo are in team East.
    "coarse": [
        *decided(5, 10, 2, owner="Ann", team="East"), *decided(5, 10, 0, owner="Bob", team="East"),
        *decided(5, 10, 2, owner="Cleo", team="East"), *decided(5, 10, 0, owner="Dan", team="West"),
    ],
    "apart": [*decided(5, 10, 2, owner="Ann", team="East"), *decided(5, 10, 0, owner="Bob", team="West")],
    # 12 of 20 deals have a partner of their own owner.
    "just enough": [
        *decided(3, 6, 2, owner="Ann", team="East"), *decided(2, 6, 0, owner="Ann", team="East"), *decided(4, 8, 2, owner="Bob", team="East"),
    ],
    # All of segment B is untidy.
    "half tidy": [
        *decided(4, 8, 2, segment="A", also_answered="4"), *decided(1, 4, 2, segment="A"),
        *decided(3, 6, 0, segment="A", also_answered="4"), *decided(2, 7, 0, segment="A"),
        *decided(6, 9, 2, segment="B"), *decided(2, 5, 0, segment="B"),
    ],
    # Pain alone, champion alone, and neither; all of one owner.
    "questions": [
        *decided(6, 10, 1, owner="Ann"), *decided(2, 10, 0, owner="Ann", also_answered="3 4"), *decided(1, 10, 0, owner="Ann"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def con(built: Built) -> duckdb.DuckDBPyConnection:
    """Return the database of all companies."""
    return built(questions=QUESTIONS, fields=FIELDS, deals=table(COMPANIES))


def told(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """Return the rows of a query, by column."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def of_company(con: duckdb.DuckDBPyConnection, metric: str, company: str, more: str = "") -> list[Row]:
    """Return the rows of a metric for the deals of one company."""
    return told(con, f"from metrics.{metric}(scope := map {{'pipeline': ['{company}']}}{more})")


def compared(con: duckdb.DuckDBPyConnection, company: str, strata: str) -> dict[tuple[str, ...], Row]:
    """Return the rows of metrics.like_for_like by comparison, measure and contrast."""
    rows = of_company(con, "like_for_like", company, f", strata := {strata}")
    return {(row["comparison"], row["measure"], row["contrast"]): row for row in rows}


def test_two_strata_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    """Differences weighted by n1 n0 / n; the days open are those after day 30, alike within a group."""
    found = compared(con, "by hand", "['segment']")
    alike, observed = found["like for like", "win_rate", "buyer"], found["as observed", "win_rate", "buyer"]
    assert alike["difference"] == pytest.approx((0.4 * 20 / 3 + 0.3 * 8) / (20 / 3 + 8), rel=RELATIVE)
    assert observed["difference"] == pytest.approx(11 / 20 - 12 / 60, rel=RELATIVE)
    days = found["like for like", "days_open", "buyer"]["difference"]
    assert days == pytest.approx((-10 * 20 / 3 + 20 * 8) / (20 / 3 + 8), rel=RELATIVE)
    assert found["as observed", "days_open", "buyer"]["difference"] == pytest.approx(35 - 30, rel=RELATIVE)
    assert (alike["strata"], alike["strata_asked"], observed["strata"]) == (["segment"], ["segment"], [])
    assert (alike["deals"], alike["deals_compared"], alike["share_compared"]) == (80, 80, 1)
    # One owner: nobody can be left out.
    assert (alike["owners"], alike["standard_error"], alike["low"], alike["lowest_without_one"]) == (1, None, None, None)


def least_squares(
    groups: Iterable[Deals], tags: tuple[str, ...], outcome: Callable[[Deals], float], key: Callable[[Deals], str]
) -> list[float]:
    """Return the slopes of an outcome on tags, with an effect for each stratum, by least squares over the single deals."""
    deals = [group for group in groups for _ in range(group.number)]
    strata = sorted({key(deal) for deal in deals})
    columns = [[float(deal.answers == 2 if tag == "buyer" else deal.also_answered == "4") for deal in deals] for tag in tags]
    columns += [[float(key(deal) == stratum) for deal in deals] for stratum in strata]
    slopes = np.linalg.lstsq(np.array(columns).T, np.array([outcome(deal) for deal in deals]), rcond=None)[0]
    return [float(slope) for slope in slopes[: len(tags)]]


OUTCOMES: dict[str, Callable[[Deals], float]] = {"win_rate": lambda deal: deal.is_won, "days_open": lambda deal: deal.close_day - 30}
KEYS: dict[str, Callable[[Deals], str]] = {
    "[]": lambda _: "",
    "['segment']": lambda deal: deal.segment,
    "['segment', 'owner']": lambda deal: deal.segment + deal.owner,
}


@pytest.mark.parametrize("strata", KEYS)
@pytest.mark.parametrize("measure", OUTCOMES)
def test_differences_are_those_of_least_squares(con: duckdb.DuckDBPyConnection, measure: str, strata: str) -> None:
    """With an effect for each stratum; of the contrast both tags in one model; errors from leaving each owner out, with t."""
    # Without strata the comparison as observed is asked.
    comparison = "as observed" if strata == "[]" else "like for like"
    found = compared(con, "mixed", strata if strata != "[]" else "['segment']")
    for contrast, tags in (("buyer", ("buyer",)), ("neutral", ("neutral",)), ("buyer minus neutral", ("buyer", "neutral"))):
        whole, *without = (
            sum(slope * sign for slope, sign in zip(least_squares(groups, tags, OUTCOMES[measure], KEYS[strata]), (1, -1), strict=False))
            for groups in (MIXED, *([group for group in MIXED if group.owner != owner] for owner in OWNERS))
        )
        error = math.sqrt(4 / 5 * sum((each - whole) ** 2 for each in without))
        row = found[comparison, measure, contrast]
        assert (row["difference"], row["standard_error"]) == pytest.approx((whole, error), rel=1e-8), contrast
        assert (row["low"], row["high"]) == pytest.approx((whole - T_4 * error, whole + T_4 * error), rel=1e-8)
        assert (row["lowest_without_one"], row["highest_without_one"]) == pytest.approx((min(without), max(without)), rel=1e-8)
        assert row["owners"] == 5


@pytest.mark.parametrize(
    ("company", "asked", "strata", "share"),
    [
        pytest.param("coarse", "['segment', 'owner']", ["segment", "team"], 0.75, id="no owner holds both groups, a team does"),
        pytest.param("apart", "['segment', 'owner']", ["segment"], 1, id="no team does either: both are let go"),
        pytest.param("apart", "['owner']", ["owner"], 0, id="the first is never let go"),
        pytest.param("apart", "['team', 'owner']", ["team"], 0, id="a team that is asked for anyway comes once"),
        pytest.param("just enough", "['segment', 'owner']", ["segment", "owner"], 0.6, id="60 in 100 are enough"),
    ],
)
def test_strata_are_coarsened_until_deals_have_partners(
    con: duckdb.DuckDBPyConnection, company: str, asked: str, strata: list[str], share: float
) -> None:
    """From the last on, in the order asked for, and reported."""
    row = compared(con, company, asked)["like for like", "win_rate", "buyer"]
    assert (row["strata"], row["strata_asked"], row["share_compared"]) == (
        strata,
        [each.strip("'") for each in asked[1:-1].split(", ")],
        share,
    )


def test_a_tag_is_compared_where_it_varies(con: duckdb.DuckDBPyConnection) -> None:
    """Segment B holds both groups and no tidy deal: it tells of the tag, and nothing of tidiness."""
    found = compared(con, "half tidy", "['segment']")
    rows = [found["like for like", "win_rate", contrast] for contrast in ("buyer", "neutral", "buyer minus neutral")]
    assert [(row["deals"], row["deals_compared"]) for row in rows] == [(39, 39), (39, 25), (39, 39)]
    assert rows[1]["difference"] == pytest.approx(7 / 14 - 3 / 11, rel=RELATIVE)


def test_strata_without_both_groups_have_no_part(con: duckdb.DuckDBPyConnection) -> None:
    """Bob's eight deals are of one group; the difference is Ann's, 1/2 - 1/3."""
    row = compared(con, "just enough", "['owner']")["like for like", "win_rate", "buyer"]
    assert (row["difference"], row["deals"], row["deals_compared"]) == (pytest.approx(1 / 6, rel=RELATIVE), 20, 12)


def test_without_a_partner_there_is_no_difference(con: duckdb.DuckDBPyConnection) -> None:
    """Nor one without neutral fields that vary; no error either."""
    found = compared(con, "apart", "['owner']")
    assert {row["difference"] for key, row in found.items() if key[0] == "like for like"} == {None}
    assert found["as observed", "win_rate", "buyer"]["difference"] == 0
    assert found["as observed", "win_rate", "buyer minus neutral"]["difference"] is None


def test_a_stratum_that_there_is_not_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    """Rather than a comparison that holds nothing equal."""
    with pytest.raises(duckdb.Error, match="strata are stage, owner, team"):
        compared(con, "mixed", "['colour']")


def test_effects_of_a_segment_are_those_within_it(con: duckdb.DuckDBPyConnection) -> None:
    """By owner within each segment; p, q, shrinkage and heterogeneity follow from the two differences and their errors."""
    of_segments = of_company(con, "effects", "mixed", ", dimension := 'segment', strata := ['owner']")
    first, second = rows = [row for row in of_segments if row["measure"] == "win_rate"]
    assert [row["by_value"] for row in rows] == ["A", "B"]
    for row in rows:
        within = [group for group in MIXED if group.segment == row["by_value"]]
        assert row["difference"] == pytest.approx(
            least_squares(within, ("buyer",), OUTCOMES["win_rate"], lambda deal: deal.owner)[0], rel=1e-8
        )
        won, deals = (sum(group.number for group in within if group.answers == 2 and group.is_won >= is_won) for is_won in (True, False))
        assert (row["customer_won"], row["customer_deals"], row["customer_rate"]) == (won, deals, pytest.approx(won / deals))
        assert row["observed"] == pytest.approx(row["customer_rate"] - row["seller_rate"], rel=RELATIVE)
        assert (row["is_control"], row["owners"], row["share_compared"]) == (False, 5, 1)
        # Student's t with 4 degrees of freedom has a distribution in closed form.
        t = abs(row["difference"] / row["standard_error"])
        assert row["p"] == pytest.approx(1 - t / math.sqrt(4 + t * t) * (1 + 2 / (4 + t * t)), rel=RELATIVE)
    larger = max(row["p"] for row in rows)
    assert [row["q"] for row in rows] == pytest.approx([min(2 * row["p"], larger) for row in rows], rel=RELATIVE)
    gap = first["difference"] - second["difference"]
    apart = gap**2 / (first["standard_error"] ** 2 + second["standard_error"] ** 2)
    assert [row["heterogeneity"] for row in rows] == pytest.approx([apart] * 2, rel=1e-8)
    assert rows[0]["heterogeneity_p"] == pytest.approx(math.erfc(math.sqrt(apart / 2)), rel=1e-8)
    weights = [row["standard_error"] ** -2 for row in rows]
    between = max(0, (apart - 1) / (sum(weights) - sum(weight**2 for weight in weights) / sum(weights)))
    pulls = [1 / (between + 1 / weight) for weight in weights]
    mean = sum(pull * row["difference"] for pull, row in zip(pulls, rows, strict=True)) / sum(pulls)
    shrunken = [(between * row["difference"] + mean / weight) * pull for row, weight, pull in zip(rows, weights, pulls, strict=True)]
    assert [row["shrunken"] for row in rows] == pytest.approx(shrunken, rel=1e-8)


def test_effects_of_an_owner_are_those_within_the_owner(con: duckdb.DuckDBPyConnection) -> None:
    """Least squares over the owner's deals alone, by segment; how owners differ tells nothing of one of them, so no error and no p."""
    of_owners = of_company(con, "effects", "mixed", ", dimension := 'owner', strata := ['segment']")
    rows = [row for row in of_owners if row["measure"] == "win_rate"]
    assert [row["by_value"] for row in rows] == list(OWNERS)
    for row in rows:
        own = [group for group in MIXED if group.owner == row["by_value"]]
        assert row["difference"] == pytest.approx(least_squares(own, ("buyer",), OUTCOMES["win_rate"], KEYS["['segment']"])[0], rel=1e-8)
        assert (row["standard_error"], row["p"], row["q"], row["heterogeneity"]) == (None, None, None, None)


def test_effects_of_questions_compare_answered_with_not(con: duckdb.DuckDBPyConnection) -> None:
    """Pain: 6 of 10 against 3 of 20. Champion and product line: 2 of 10 against 7 of 20. Nobody told the success measure."""
    rows = of_company(con, "effects", "questions", ", strata := ['owner']")
    found = {row["by_value"]: row for row in rows if row["measure"] == "win_rate"}
    counts = ("customer_won", "customer_deals", "seller_won", "seller_deals", "is_control")
    assert {topic: tuple(row[name] for name in counts) for topic, row in found.items()} == {
        "pain": (6, 10, 3, 20, False),
        "champion": (2, 10, 7, 20, False),
        "Product_Line": (2, 10, 7, 20, True),
        "success_measure": (0, 0, 9, 30, False),
    }
    assert found["pain"]["difference"] == pytest.approx(0.6 - 0.15, rel=RELATIVE)
    assert (found["success_measure"]["difference"], found["pain"]["p"], found["pain"]["q"]) == (None, None, None)


def test_controls_have_no_part_in_the_search(con: duckdb.DuckDBPyConnection) -> None:
    """A neutral field has its own difference and p, and is neither shrunken nor found."""
    rows = {row["by_value"]: row for row in of_company(con, "effects", "mixed", ", strata := ['owner']") if row["measure"] == "win_rate"}
    control = rows["Product_Line"]
    alone = compared(con, "mixed", "['owner']")["like for like", "win_rate", "neutral"]
    assert (control["difference"], control["standard_error"]) == pytest.approx((alone["difference"], alone["standard_error"]), rel=1e-8)
    assert (control["is_control"], control["q"], control["shrunken"]) == (True, None, None)
    assert control["p"] > 0
    # Pain and success measure stand answered in the same deals, and the champion nowhere: two findings that are one.
    assert rows["pain"]["q"] == pytest.approx(rows["pain"]["p"], rel=RELATIVE)
    assert rows["pain"]["heterogeneity"] == pytest.approx(0, abs=1e-12)


def test_balance_is_that_of_weighted_shares(con: duckdb.DuckDBPyConnection) -> None:
    """Segment A: 10 of 20 and 20 of 60 deals. Weighted n1 n0 / n both groups have the same share of it, and so no difference."""
    rows = {(row["factor"], row["factor_value"]): row for row in of_company(con, "balance", "by hand", ", strata := ['segment']")}
    row = rows["segment", "A"]
    assert (row["customer_share"], row["seller_share"]) == pytest.approx((1 / 2, 1 / 3), rel=RELATIVE)
    spread = math.sqrt((1 / 2 * 1 / 2 + 1 / 3 * 2 / 3) / 2)
    assert (row["difference"], row["difference_alike"]) == pytest.approx((1 / 6 / spread, 0), abs=1e-9)
    assert (row["customer_share_alike"], row["seller_share_alike"]) == pytest.approx([20 / 3 / (20 / 3 + 8)] * 2, rel=RELATIVE)
    assert (row["is_stratum"], rows["owner", "Ann"]["is_stratum"]) == (True, False)
    assert (rows["owner", "Ann"]["customer_share"], rows["owner", "Ann"]["difference"]) == (1, None)
    assert {factor for factor, _ in rows} == {
        "stage", "owner", "team", "icp_fit", "segment", "amount_band", "deal_type", "lead_source", "pipeline"
    }  # fmt: skip


def test_balance_of_what_is_not_a_stratum_may_stay_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Owners are weighted by segment alone: shares of each owner's deals, each group counted n1 n0 / n in its segment, by hand."""
    rows = {(row["factor"], row["factor_value"]): row for row in of_company(con, "balance", "mixed", ", strata := ['segment']")}
    counts: dict[tuple[str, bool], int] = defaultdict(int)
    for group in MIXED:
        counts[group.segment, group.answers == 2] += group.number
    for is_customer, column in ((True, "customer_share_alike"), (False, "seller_share_alike")):
        weights = {s: counts[s, not is_customer] / (counts[s, True] + counts[s, False]) for s in "AB"}
        weighted = [(group.owner, group.number * weights[group.segment]) for group in MIXED if (group.answers == 2) == is_customer]
        of_eve = sum(weight for owner, weight in weighted if owner == "Eve") / sum(weight for _, weight in weighted)
        assert rows["owner", "Eve"][column] == pytest.approx(of_eve, rel=1e-8)
    assert abs(rows["owner", "Eve"]["difference_alike"]) > 0.01
