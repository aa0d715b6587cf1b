"""The four cards: values rounded together, counts, and what is too few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard.wording.tiles import Tile, tiles

COLUMNS = "figure customer_value customer_count customer_deals seller_value seller_count seller_deals difference low high"
BY_VALUE = pl.DataFrame(
    [
        {"focus": "customer-focused", "won": 163, "deals": 430, "counted_by": "value", "won_amount": 1_234_000.0, "amount": 3_247_000.0},
        {"focus": "seller-focused", "won": 201, "deals": 745, "counted_by": "value", "won_amount": 456_700.0, "amount": 1_691_000.0},
    ]
)
Make = Callable[..., Any]


@pytest.fixture
def card(terms: Make) -> Callable[..., Tile]:
    """Return a function that makes the card of one figure, from its row of the headline."""

    def make(*row: Any, **given: Any) -> Tile:
        columns = COLUMNS.split()
        types = {name: pl.Float64 for name in columns if name.endswith(("value", "low", "high", "difference"))}
        headline = pl.DataFrame([row], schema=columns, schema_overrides=types, orient="row")
        (made,) = tiles(headline, BY_VALUE if given else None, terms(**given))
        return made

    return make


def plain(*texts: str) -> tuple[str, ...]:
    return tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in texts)


def test_win_rate_is_in_points(card: Make) -> None:
    """Both rates with their counts, and the gap with its interval."""
    tile = card("win_rate", 163 / 430, 163, 430, 201 / 745, 201, 745, 0.109, 0.05, 0.17)
    assert tile.subtitle == "won by day 210"
    assert plain(*tile.customer, *tile.seller) == ("38%", "163 of 430", "27%", "201 of 745")
    assert plain(tile.difference, tile.beside) == ("+11 points", "95% interval 5 to 17")


def test_win_rate_without_an_interval_says_why(card: Make) -> None:
    """With too few reps there is none."""
    tile = card("win_rate", 0.38, 163, 430, 0.27, 201, 745, 0.109, None, None)
    assert tile.beside == "no interval: too few reps or wins"


def test_win_rate_by_value_says_so(card: Make) -> None:
    """The definition stands under the figure, and amounts in place of counts."""
    tile = card("win_rate", 0.38, 163, 430, 0.27, 201, 745, 0.109, 0.05, 0.17, count_by="value")
    assert tile.subtitle == "won by day 210, by value"
    assert plain(*tile.customer, *tile.seller) == ("38%", "€1.2m of €3.2m", "27%", "€460,000 of €1.69m")


def test_sales_cycle_is_in_days(card: Make) -> None:
    """Days, and how many wins they are the median of."""
    tile = card("sales_cycle", 53.0, 232, 405, 85.5, 372, 1156, -32.5, -37.42, -23.49)
    assert plain(*tile.customer, *tile.seller) == ("53 days", "232 won deals", "86 days", "372 won deals")
    assert plain(tile.difference, tile.beside) == ("−33 days", "95% interval −37 to −23")


def test_amounts_are_rounded_to_what_their_interval_supports(card: Make) -> None:
    """Both values and their difference have the same step."""
    tile = card("average_won_deal", 37_911.2, 232, 405, 63_697.0, 371, 1156, -25_785.8, -38_329.5, -13_242.1)
    assert plain(tile.customer[0], tile.seller[0], tile.difference) == ("€38,000", "€64,000", "−€26,000")
    assert plain(tile.beside) == ("95% interval −€38,000 to −€13,000",)


def test_an_interval_that_holds_zero_is_no_clear_difference(card: Make) -> None:
    """The card says so before it says how much."""
    tile = card("sales_velocity", 1040.0, 49, 84, 803.0, 42, 111, 237.0, -402.0, 876.0)
    assert plain(tile.difference, tile.beside) == ("No clear difference", "+€200, 95% interval −€400 to €900")
    assert plain(tile.customer[1]) == ("84 deals",)


@pytest.mark.parametrize(
    "row",
    [
        ("sales_cycle", None, 0, 400, 85.5, 372, 1156, None, None, None),
        ("sales_cycle", 53.0, 9, 12, 85.5, 372, 1156, -32.5, -37.4, -23.5),
    ],
    ids=["null", "fewer than 30 deals"],
)
def test_too_few_is_grey_and_not_compared(card: Make, row: tuple[Any, ...]) -> None:
    """No value, and no difference, from nothing or from too few deals."""
    tile = card(*row)
    assert tile.customer[0] == "too few"
    assert tile.seller[0] != "too few"
    assert tile.difference == "No comparison"
