"""What may be said of the like-for-like comparison, state by state and reason by reason: metrics.verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from tests.sql.companies import Deals, decided, table

Built = Callable[..., duckdb.DuckDBPyConnection]

T_9 = 2.2621571628540993  # R: qt(0.975, 9)
OWNERS = tuple("ABCDEFGHIJ")

# Field 4 is neutral, and a deal with it tidy.
QUESTIONS = """
    question_no | topic           | is_neutral | is_mapped
    1           | pain            | false      | true
    2           | success_measure | false      | true
    3           | champion        | false      | true
    4           | Product_Line    | true       | true
"""
FIELDS = """
    field_no | field        | question_no | topic           | is_neutral
    1        | Pain__c      | 1           | pain            | false
    2        | Success__c   | 2           | success_measure | false
    3        | Champion__c  | 3           | champion        | false
    4        | Product_Line | 4           | Product_Line    | true
"""


def company(*wins: tuple[int, int], owners: str = "ABCDEFGHIJ", deals: int = 10) -> list[Deals]:
    """Return owners with as many deals in either group, who win by turns as many customer-focused and seller-focused ones as said."""
    return [
        group
        for place, owner in enumerate(owners)
        for won, answers in zip(wins[place % len(wins)], (2, 0), strict=True)
        for group in decided(won, deals, answers, owner=owner)
    ]


def two_groups(customer: tuple[int, int], seller: tuple[int, int]) -> list[Deals]:
    """Return one owner's deals, won and all, of both groups."""
    return [*decided(*customer, 2), *decided(*seller, 0)]


def tidied(tidy_wins: int, tagged_wins: int) -> list[Deals]:
    """Return owners most of whose customer-focused deals are tidy, and the others not; of 9 deals as many are won as said.

    Tidy customer-focused deals win both numbers together, the untidy ones tagged_wins, and the seller-focused likewise.
    """
    return [
        group
        for place, owner in enumerate(OWNERS)
        for won, deals, answers, also in (
            (tidy_wins + tagged_wins - place % 2, 9, 2, "4"),
            (tagged_wins // 3, 3, 2, ""),
            (tidy_wins // 3, 3, 0, "4"),
            (place % 2, 9, 0, ""),
        )
        for group in decided(won, deals, answers, owner=owner, also_answered=also)
    ]


COMPANIES = {
    "more": company((7, 3), (6, 3)),
    "less": company((3, 7), (3, 6)),
    "alike": company((10, 10), (11, 10), (10, 11), (10, 10), deals=20),
    "wide": company((7, 3), (3, 7)),
    # Differences of 10 and -5 points by turns: from -3 to 8, and from -8 to 3, so that one limit lies beyond the margin.
    "perhaps more": company((12, 10), (9, 10), deals=20),
    "perhaps less": company((10, 12), (10, 9), deals=20),
    "four owners": company((7, 3), (6, 3), owners="ABCD", deals=12),
    "five owners": company((7, 3), (6, 3), owners="ABCDE"),
    "nine owners": company((7, 3), (6, 3), owners="ABCDEFGHI"),
    "one owner": company((10, 0), *[(4, 5)] * 9),
    "29 customer-focused": two_groups((10, 29), (10, 40)),
    "29 seller-focused": two_groups((10, 40), (10, 29)),
    "4 customer-focused won": two_groups((4, 40), (10, 40)),
    "4 seller-focused won": two_groups((10, 40), (4, 40)),
    "4 customer-focused not won": two_groups((36, 40), (10, 40)),
    "4 seller-focused not won": two_groups((10, 40), (36, 40)),
    "just enough": two_groups((5, 30), (25, 30)),
    "one group": decided(20, 40, 2),
    # Of owner A's deals both groups, of B's one: 50 deals with a partner, and 51 or 50 without.
    "none alike": [*decided(10, 40, 2, owner="A"), *decided(10, 40, 0, owner="B")],
    "below half": [*decided(14, 20, 2, owner="A"), *decided(8, 30, 0, owner="A"), *decided(25, 51, 2, owner="B")],
    "half": [*decided(14, 20, 2, owner="A"), *decided(8, 30, 0, owner="A"), *decided(25, 50, 2, owner="B")],
    "few partners": [*company((7, 3), (6, 3)), *[group for owner in "KLMNOPQRSTUVWXYZ" for group in decided(5, 10, 2, owner=owner)]],
    # Each owner holds both groups, and each segment one: the segment has to be let go, and is all that sets them apart.
    "apart": [replace(group, segment="SMB" if group.answers else "Enterprise") for group in company((7, 3), (6, 3))],
    # Each owner holds one group only; teams hold both.
    "by team": [
        group
        for place, owner in enumerate(OWNERS)
        for group in decided((8, 7)[place // 2 % 2] - 5 * (place % 2), 10, 2 - 2 * (place % 2), owner=owner, team="East")
    ],
    "tidy": tidied(6, 0),
    "tidy losers": [replace(group, is_won=not group.is_won) for group in tidied(6, 0)],
    "focused": tidied(0, 6),
}


@pytest.fixture(scope="module")
def con(built: Built) -> duckdb.DuckDBPyConnection:
    """Return the database of all companies; it holds no stage history."""
    return built(questions=QUESTIONS, fields=FIELDS, deals=table(COMPANIES))


def told(con: duckdb.DuckDBPyConnection, call: str) -> dict[str, dict[str, Any]]:
    """Return the rows of the verdict by measure."""
    cursor = con.execute(f"from metrics.verdict({call})")
    names = [column[0] for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def of_company(con: duckdb.DuckDBPyConnection, name: str, strata: str = "['owner']") -> dict[str, Any]:
    """Return the verdict on the win rate of one company."""
    return told(con, f"scope := map {{'pipeline': ['{name}']}}, strata := {strata}")["win_rate"]


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("more", "more"),
        ("less", "less"),
        ("alike", "no meaningful difference"),
        ("wide", "cannot tell"),
        ("perhaps more", "cannot tell"),
        ("perhaps less", "cannot tell"),
        ("no such", "no deals"),
        ("one group", "one group only"),
        *((name, "too few") for name in COMPANIES if name.startswith(("29 ", "4 "))),
        pytest.param("just enough", "fewer than 5 owners", id="30 deals, 5 won and 5 not won are enough"),
        ("four owners", "fewer than 5 owners"),
        pytest.param("five owners", "more", id="five owners are enough"),
        ("none alike", "not comparable"),
        ("below half", "not comparable"),
        pytest.param("half", "fewer than 5 owners", id="half with a partner are enough"),
    ],
)
def test_each_state(con: duckdb.DuckDBPyConnection, name: str, state: str) -> None:
    """What the interval says of 0 and of a margin of 5 points, or why nothing can be said."""
    assert of_company(con, name)["state"] == state


@pytest.mark.parametrize(
    ("name", "strata", "reasons"),
    [
        pytest.param("more", "['owner']", [], id="ten owners who agree, all with partners, no neutral field filled"),
        pytest.param("focused", "['owner']", [], id="buyer fields go with wins, neutral ones with none"),
        pytest.param("tidy", "['owner']", ["neutral fields explain it"], id="neutral fields go with all of it"),
        pytest.param("nine owners", "['owner']", ["few owners"], id="nine owners"),
        pytest.param("few partners", "['owner']", ["few partners"], id="200 of 360 deals with a partner"),
        pytest.param("by team", "['segment', 'owner']", ["owners not held equal"], id="owners let go for their team"),
        pytest.param("by team", "['segment', 'team']", [], id="owners never asked for"),
        pytest.param("apart", "['owner', 'segment']", ["groups still differ"], id="segments let go, and not alike"),
        pytest.param("apart", "['owner']", [], id="segments never asked for"),
        pytest.param("more", "['stage', 'owner']", ["stage unknown"], id="stages asked for and none recorded"),
        pytest.param("nine owners", "['stage', 'owner']", ["few owners", "stage unknown"], id="two reasons"),
    ],
)
def test_each_reason_tones_the_verdict_down(con: duckdb.DuckDBPyConnection, name: str, strata: str, reasons: list[str]) -> None:
    """More is said of each of these companies, and only a tendency where there is a reason."""
    found = of_company(con, name, strata)
    assert (found["state"], found["reasons"], found["is_toned_down"]) == ("more", reasons, bool(reasons))


def test_less_is_toned_down_alike(con: duckdb.DuckDBPyConnection) -> None:
    """The same company with wins and losses exchanged: neutral fields go with all of that too."""
    found = of_company(con, "tidy losers")
    assert (found["state"], found["reasons"]) == ("less", ["neutral fields explain it"])
    assert found["beyond_tidiness"] == pytest.approx(-of_company(con, "tidy")["beyond_tidiness"], rel=1e-9)


def test_strata_are_those_used(con: duckdb.DuckDBPyConnection) -> None:
    """Not those asked for: owners had to be let go for their team."""
    assert of_company(con, "by team", "['segment', 'owner']")["strata"] == ["segment", "team"]
    assert of_company(con, "more", "['segment', 'owner']")["strata"] == ["segment", "owner"]


def test_stages_that_are_recorded_are_known(built: Built) -> None:
    """One stage of one deal is a history."""
    deals = table({"": COMPANIES["more"]})
    stages = """
        deal_key | changed_date | stage
        1        | day 0        | Discovery
    """
    found = told(built(deals=deals, stage_changes=stages), "strata := ['stage', 'owner']")["win_rate"]
    assert (found["state"], found["reasons"]) == ("more", [])


def test_an_owner_who_turns_the_difference_widens_the_interval(con: duckdb.DuckDBPyConnection) -> None:
    """Without the one owner with all the wins it is less: leaving owners out is what the interval is made of, so it holds 0."""
    found = of_company(con, "one owner")
    [(lowest, highest)] = con.execute(
        """
        select lowest_without_one, highest_without_one
        from metrics.like_for_like(scope := map {'pipeline': ['one owner']}, strata := ['owner'])
        where comparison = 'like for like' and measure = 'win_rate' and contrast = 'buyer'
        """
    ).fetchall()
    assert (lowest, found["difference"], highest) == pytest.approx((-0.1, 0.01, (1 - 8 * 0.1) / 9), rel=1e-9)
    assert (found["state"], found["is_toned_down"], found["reasons"]) == ("cannot tell", False, [])


def test_figures_behind_the_verdict_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    """Owners' differences of 0.4 and -0.4 by turns weigh alike: 0, and without one ∓0.4 / 9."""
    found = of_company(con, "wide")
    error = math.sqrt(9 / 10 * 10 * (0.4 / 9) ** 2)
    assert (found["difference"], found["standard_error"]) == pytest.approx((0, error), abs=1e-12)
    assert (found["low"], found["high"]) == pytest.approx((-T_9 * error, T_9 * error), rel=1e-8)
    assert (found["customer_deals"], found["customer_won"], found["seller_deals"], found["seller_won"]) == (100, 50, 100, 50)
    assert (found["deals"], found["deals_compared"], found["share_compared"], found["owners"]) == (200, 200, 1, 10)
    assert (found["margin"], found["explained_by_mix"]) == (0.05, pytest.approx(0, abs=1e-12))
    assert found["detectable_difference"] == pytest.approx(2.8 * error, rel=1e-9)
    assert found["deals_needed"] == math.ceil(200 * ((2.8 * error / 0.05) ** 2 - 1))


def test_days_open_have_no_margin(con: duckdb.DuckDBPyConnection) -> None:
    """All deals are open 30 days, and how few more would not matter nobody said: no state of no difference."""
    days = told(con, "scope := map {'pipeline': ['alike']}, strata := ['owner']")["days_open"]
    assert (days["difference"], days["low"], days["high"], days["margin"], days["deals_needed"]) == (0, 0, 0, None, None)
    assert days["state"] == "cannot tell"


def test_what_the_mix_explains_is_the_rest(con: duckdb.DuckDBPyConnection) -> None:
    """As observed less like for like: B's deals stand on one side only."""
    found = of_company(con, "half")
    assert found["difference"] == pytest.approx(14 / 20 - 8 / 30, rel=1e-9)
    assert found["explained_by_mix"] == pytest.approx((39 / 70 - 8 / 30) - (14 / 20 - 8 / 30), rel=1e-9)


@pytest.mark.parametrize("name", ["none alike", "below half", "no such", "one group"])
def test_where_nothing_is_comparable_no_difference_is_shown(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """A number would be read whatever stands beside it."""
    found = of_company(con, name)
    assert [found[each] for each in ("difference", "low", "high", "standard_error", "explained_by_mix", "beyond_tidiness")] == [None] * 6
    assert (found["is_toned_down"], found["reasons"]) == (False, [])


def test_without_field_history_there_is_no_verdict(built: Built) -> None:
    """Nobody can know when a field was filled; unmapped questions are told first."""
    settings = """
        as_of      | has_field_history
        2025-12-31 | false
    """
    unmapped = QUESTIONS.replace("| true\n", "| false\n")
    deals = table({"": COMPANIES["more"]})
    for questions, state in ((QUESTIONS, "no field history"), (unmapped, "no questions mapped")):
        found = told(built(settings=settings, questions=questions, fields=FIELDS, deals=deals), "")
        assert [(row["state"], row["difference"], row["customer_deals"]) for row in found.values()] == [(state, None, 0)] * 2
