"""What is said of win rates: who won more often, where, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard.terms import Terms
from dashboard.wording import common, dose, fit, trend, win_rate

Make = Callable[..., pl.DataFrame]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def headline(counts: tuple[int, int, int, int], low: float | None, high: float | None, counted_by: str = "deals") -> pl.DataFrame:
    won, deals, seller_won, seller_deals = counts
    rates = [w / d if d else None for w, d in ((won, deals), (seller_won, seller_deals))]
    row = {
        "figure": "win_rate",
        "customer_value": rates[0],
        "customer_count": won,
        "customer_deals": deals,
        "seller_value": rates[1],
        "seller_count": seller_won,
        "seller_deals": seller_deals,
        "difference": None if None in rates else rates[0] - rates[1],  # type: ignore[operator]
        "low": low,
        "high": high,
        "counted_by": counted_by,
    }
    return pl.DataFrame([row])


@pytest.mark.parametrize(
    ("figures", "word", "sentence"),
    [
        (((60, 100, 40, 100), 0.1, 0.3), "More often", "Customer-focused deals won 60% (60 of 100), seller-focused 40% (40 of 100): 20 points more (95% interval 10 to 30)."),
        (((40, 100, 60, 100), -0.3, -0.1), "Less often", "Customer-focused deals won 40% (40 of 100), seller-focused 60% (60 of 100): 20 points fewer (95% interval 10 to 30)."),
        (((41, 100, 40, 100), -0.1, 0.12), "No clear gap", "Customer-focused deals won 41% (41 of 100), seller-focused 40% (40 of 100): no clear gap, +1 point (95% interval −10 to 12)."),
        (((60, 100, 40, 100), None, None), "No clear gap", "Customer-focused deals won 60% (60 of 100), seller-focused 40% (40 of 100): a gap of +20 points, of which no interval can be given."),
        (((7, 12, 40, 100), None, None), "Too few to say", "Won so far: 7 of 12 customer-focused and 40 of 100 seller-focused deals. A rate takes 30 deals of each group."),
        (((7, 12, 0, 0), None, None), "One group only", "All deals that can be compared are customer-focused: 7 of 12 won. There is no seller-focused deal beside them."),
        (((60, 100, 40, 100), 0.1, 0.3, "value"), "More often", "By value, customer-focused deals won 60% (€1.2m of €2.0m), seller-focused 40% (€40,000 of €100,000): 20 points more (95% interval 10 to 30)."),
    ],
    ids=["more", "less", "no clear gap", "no interval", "too few", "one group", "by value"],
)  # fmt: skip
def test_the_answer(ladder: Make, terms: Callable[..., Terms], figures: tuple[Any, ...], word: str, sentence: str) -> None:
    """Rates with their counts, and the gap as far as its interval lets it be told."""
    by_value = figures[3:] == ("value",)
    said = win_rate.answer(headline(*figures), ladder(), BY_VALUE if by_value else None, terms(count_by="value" if by_value else "deals"))
    assert (said.in_a_word, plain(said.sentence)) == (word, sentence)


def rate(value: str, focus: str, won: int, deals: int) -> dict[str, Any]:
    return {
        "by_value": value,
        "focus": focus,
        "won": won,
        "deals": deals,
        "win_rate": won / deals,
        "low": won / deals - 0.1,
        "high": won / deals + 0.1,
        "counted_by": "deals",
    }


BY_VALUE = pl.DataFrame(
    [
        rate("all", "customer-focused", 60, 100) | {"counted_by": "value", "won_amount": 1_230_000.0, "amount": 2_049_000.0},
        rate("all", "seller-focused", 40, 100) | {"counted_by": "value", "won_amount": 40_000.0, "amount": 100_000.0},
    ]
)
RATES = pl.DataFrame(
    [
        rate("Small", "seller-focused", 5, 12),
        rate("Large", "customer-focused", 30, 50),
        rate("Large", "seller-focused", 20, 50),
    ]
)


def test_values_with_the_most_deals_come_first_and_few_deals_are_grey(terms: Callable[..., Terms]) -> None:
    """A value of one group says which is missing."""
    large, small = win_rate.rows(RATES, terms())
    assert [(row.title, [dot.text for dot in row.dots]) for row in (large, small)] == [("Large", ["60%", "40%"]), ("Small", ["too few"])]
    assert [dot.is_quiet for dot in (*large.dots, *small.dots)] == [False, False, True]
    assert small.note == "no customer-focused deals"


def test_a_key_names_value_and_group(terms: Callable[..., Terms]) -> None:
    """Also of a value with a colon."""
    assert win_rate.of_key(win_rate.key_of("a:b", "seller-focused")) == ("a:b", "seller-focused")
    assert list(win_rate.options(RATES)) == [dot.key for row in win_rate.rows(RATES, terms()) for dot in row.dots]


def test_more_values_than_are_drawn_are_told(terms: Callable[..., Terms]) -> None:
    """The table holds all of them."""
    many = pl.DataFrame([rate(f"V{number:02}", "seller-focused", 10, 40) for number in range(win_rate.LIMIT + 5)])
    said = win_rate.picture(many, "owner", terms())
    assert "the table and the CSV hold 5 more" in said.intro
    assert (len(win_rate.rows(many, terms())), said.table.height) == (win_rate.LIMIT, win_rate.LIMIT + 5)


def test_a_rise_with_answers_is_a_sentence_with_its_interval() -> None:
    """Up, down, neither, without reps to tell, and with deals enough of one number alone."""
    by_answers = pl.DataFrame({"deals": [30, 30, 29]})
    said = [
        plain(dose.trend_sentence(by_answers, {"slope": slope, "low": low, "high": high}))
        for slope, low, high in ((0.1, 0.08, 0.12), (-0.1, -0.12, -0.08), (0.01, -0.02, 0.04), (0.1, None, None), (None, None, None))
    ]
    assert said == [
        "With each answer more the win rate was 10 points higher (95% interval 8 to 12).",
        "With each answer more the win rate was 10 points lower (95% interval 8 to 12).",
        "No clear trend: +1 point with each answer more (95% interval −2 to 4).",
        "With each answer more the win rate was 10 points higher; with fewer than 5 reps no interval can be given.",
        "No trend to tell: all deals have as many answers.",
    ]
    few = dose.trend_sentence(by_answers[1:], {"slope": 0.1, "low": 0.08, "high": 0.12})
    assert few == "Too few to tell a trend: it takes 30 deals each with two numbers of answers."


def test_the_grid_shows_counts_where_deals_are_few(terms: Callable[..., Terms]) -> None:
    """And no row for deals of unknown fit where there are none."""
    grid = pl.DataFrame(
        [
            {
                "icp_fit": fit_,
                "focus": focus,
                "won": won,
                "deals": deals,
                "win_rate": won / deals if deals else None,
                "low": 0.1,
                "high": 0.9,
            }
            for fit_, won, deals in (("fits", 20, 40), ("does not fit", 3, 9), ("unknown", 0, 0))
            for focus in ("customer-focused", "seller-focused")
        ]
    )
    lines = fit.lines(grid, terms())
    assert [(line.title, line.customer.rate, plain(line.customer.counts)) for line in lines] == [
        ("Fits the ICP", "50%", "20 of 40"),
        ("Does not fit", "too few", "3 of 9"),
    ]
    assert fit.is_told(grid)
    assert not fit.is_told(grid.filter(icp_fit="unknown"))


def test_periods_are_in_order_and_the_year_is_told_once(terms: Callable[..., Terms]) -> None:
    """Fiscal quarters too; the sentence tells the first and the last that have deals enough."""
    rates = pl.DataFrame(
        [
            rate(period, focus, won, 50)
            for period, won in (("Q1 FY2026", 30), ("Q4 FY2025", 10), ("Q3 FY2025", 25))
            for focus, won in (("customer-focused", won), ("seller-focused", 20))
        ]
    )
    assert trend.steps(rates).labels == ("Q3\nFY2025", "Q4", "Q1\nFY2026")
    said, young = trend.sentences(rates, terms())
    assert said == (
        "In 2 of the 3 quarters with 30 deals of both groups, customer-focused deals won more often: "
        "50% against 40% in Q3 FY2025, 60% against 40% in Q1 FY2026."
    )
    assert "in the last 210 days before" in young


def test_few_deals_in_all_quarters_give_no_rate(terms: Callable[..., Terms]) -> None:
    """And grey points."""
    rates = pl.DataFrame([rate("Q1 2025", focus, 5, 10) for focus in ("customer-focused", "seller-focused")])
    assert trend.sentences(rates, terms())[0].startswith("No quarter has 30 deals of both groups yet")
    assert all(point.is_quiet for each in trend.series(rates, terms()) for point in each.points)
    assert not trend.is_drawn(rates)
    assert "A trend takes 2 quarters." in trend.sentences(rates, terms())[0]


def test_by_value_amounts_stand_under_the_rate_and_deals_beside_them(terms: Callable[..., Terms]) -> None:
    """The table has both, the chart the amounts; too few deals are counted in deals."""
    rows = [{**row, "by_value": "SMB"} for row in BY_VALUE.iter_rows(named=True)]
    few = {**rows[1], "by_value": "Large", "won": 3, "deals": 12}
    rates = pl.DataFrame([*rows, few], infer_schema_length=None)
    smb, large = win_rate.rows(rates, terms(count_by="value"))
    assert [plain(dot.behind) for dot in (*smb.dots, *large.dots)] == ["€1.2m of €2.0m", "€40,000 of €100,000", "3 of 12"]
    assert plain(win_rate.table(rates, "Segment", terms())["Customer-focused"][0]).startswith(
        "60.0% by value (€1.2m of €2.0m; 60 of 100 deals), 95% interval"
    )


@pytest.mark.parametrize(
    ("is_by_deals", "said"), [(True, "The figures here count deals"), (False, "Win rates weigh deals by their amount")]
)
def test_a_page_says_whether_its_figures_weigh_deals(terms: Callable[..., Terms], *, is_by_deals: bool, said: str) -> None:
    """Some figures count deals whatever the switch says."""
    assert said in " ".join(common.definition(terms(count_by="value"), is_by_deals=is_by_deals))
    assert said not in " ".join(common.definition(terms(), is_by_deals=is_by_deals))
