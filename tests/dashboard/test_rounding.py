"""Numbers as people read them."""

from __future__ import annotations

from contextvars import copy_context
from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as some

from dashboard import rounding

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0.4, 1, "0"),
        (-0.4, 1, "0"),
        (2.5, 1, "3"),
        (-2.5, 1, "−3"),
        (1234.5, 1, "1,235"),
        (37_911, 1000, "38,000"),
        (0.534, 0.01, "0.53"),
        (-12.34, 0.1, "−12.3"),
    ],
)
def test_numbers_are_rounded_half_away_from_zero(value: float, step: float, text: str) -> None:
    """A difference and its opposite round to the same figure, zero has no sign, and minus is a minus sign."""
    assert rounding.number(value, step) == text


def test_signs_are_shown_on_demand() -> None:
    """A plus stands before what is more, and before nothing else."""
    assert [rounding.number(value, signed=True) for value in (3, 0, -3)] == ["+3", "0", "−3"]


@pytest.mark.parametrize(
    ("low", "high", "values", "step"),
    [
        (-38_329.5, -13_242.1, (), 1000),
        (145.9, 512.5, (), 10),
        (None, None, (37_911, 63_697), 1000),
        (None, None, (None, 0.0), 1),
        (5.0, 5.0, (420,), 10),
    ],
)
def test_the_interval_decides_the_digits(low: float | None, high: float | None, values: tuple[float | None, ...], step: float) -> None:
    """A wide interval supports few digits; without one, two digits of the smallest value are shown."""
    assert rounding.step_of(low, high, *values) == pytest.approx(step)


def test_a_narrow_gap_is_shown_to_a_tenth() -> None:
    """Whole points, unless the interval is narrower than two of them."""
    assert rounding.points_step(0.05, 0.17) == 1
    assert rounding.points_step(0.050, 0.062) == 0.1
    assert rounding.points_step(None, None) == 1


@pytest.mark.parametrize(
    ("value", "currency", "step", "text"),
    [
        (37_911, "EUR", 1000, "€38,000"),
        (-25_785, "USD", 1000, "−$26,000"),
        (1_234_567, "GBP", 10_000, "£1.23m"),
        (1_000_000, "EUR", 100_000, "€1.0m"),
        (4_200, "CHF", 100, f"CHF{SPACE}4,200"),
        (0.534, "EUR", 0.01, "€0.53"),
    ],
)
def test_money(value: float, currency: str, step: float, text: str) -> None:
    """Amounts bear their currency's sign, or its code where it has none of its own."""
    assert rounding.money(value, currency, step) == text


def test_amounts_of_the_crm_are_exact() -> None:
    """What the CRM shows too is shown to the unit."""
    assert rounding.amount(53_902_800, "EUR") == "€53,902,800"


def test_units_agree_with_their_number() -> None:
    """One of a thing is singular, with a sign too."""
    assert rounding.points(0.01, signed=True) == f"+1{SPACE}point"
    assert rounding.points(-0.11) == f"−11{SPACE}points"
    assert rounding.days(1) == f"1{SPACE}day"
    assert rounding.count(1, "deal") == "1 deal"
    assert rounding.count(1412, "deal") == "1,412 deals"


def test_days_cannot_be_misread() -> None:
    """The month is a word."""
    assert rounding.day(date(2026, 6, 3)) == "3 June 2026"


@given(some.floats(-1e9, 1e9), some.sampled_from([0.01, 0.1, 1.0, 10.0, 1000.0]))
def test_rounding_moves_a_number_by_half_a_step_at_most(value: float, step: float) -> None:
    """What is shown reads back as the number, to the step."""
    shown = float(rounding.number(value, step).replace(",", "").replace("−", "-"))
    assert shown == pytest.approx(value, abs=step / 2 * 1.0001)


def test_a_day_after_creation_stays_on_one_line() -> None:
    """Its number is not left alone at the start of the next."""
    assert rounding.on_day(30) == "day\N{NO-BREAK SPACE}30"


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("en_GB", ("1,234.5", "41%", "€29,000", "€1.3m", "30 June 2026", "163 of 366")),
        ("en_US", ("1,234.5", "41%", "€29,000", "€1.3M", "June 30, 2026", "163 of 366")),
        ("de_DE", ("1.234,5", "41 %", "29.000 €", "1,3 Mio. €", "30. Juni 2026", "163 of 366")),
        ("fr_FR", ("1\u202f234,5", "41 %", "29\u202f000 €", "1,3 M €", "30 juin 2026", "163 of 366")),
        ("nl_NL", ("1.234,5", "41%", "€ 29.000", "€ 1,3 mln.", "30 juni 2026", "163 of 366")),
        ("ja_JP", ("1,234.5", "41%", "€29,000", "€1,300,000", "2026年6月30日", "163 of 366")),
        ("en_IN", ("1,234.5", "41%", "€29,000", "€13,00,000", "30 June 2026", "163 of 366")),
    ],
)
def test_a_locale_writes_its_own_way(locale: str, texts: tuple[str, ...]) -> None:
    """Separators, per cents, amounts, millions and days follow the configured locale."""

    def write() -> tuple[str, ...]:
        rounding.write_as(locale)
        return (
            rounding.number(1234.5, 0.1),
            rounding.percent(0.41),
            rounding.money(28_900, "EUR", 1000),
            rounding.money(1_270_000, "EUR", 100_000),
            rounding.day(date(2026, 6, 30)),
            rounding.of(163, 366),
        )

    assert tuple(text.replace(SPACE, " ") for text in copy_context().run(write)) == texts
    assert rounding.locale_in_use() == "en_GB"


def test_a_rate_reads_back_in_any_locale() -> None:
    """What stands around the number is the locale's, the number is the same."""

    def write(locale: str) -> str:
        rounding.write_as(locale)
        return rounding.percent(0.1234, 0.1)

    read = {locale: parse_decimal(copy_context().run(write, locale).strip("% \N{NO-BREAK SPACE}"), locale) for locale in ("de_DE", "en_GB")}
    assert read == {"de_DE": Decimal("12.3"), "en_GB": Decimal("12.3")}
