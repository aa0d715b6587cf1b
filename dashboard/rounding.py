"""Numbers, days and amounts as people read them: rounded to what their interval supports, in the organisation's locale.

Negative numbers bear a true minus sign, and what belongs together is held together by a no-break space. The locale is that of the run
of the app, or of the report, that asks: see `write_as`.
"""

from __future__ import annotations

import math
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol

_MILLION = 1_000_000
_NO_BREAK = "\N{NO-BREAK SPACE}"


_locale: ContextVar[str] = ContextVar("locale", default="en_GB")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a locale writes numbers: the pattern of whole ones, and what stands around per cents, amounts and millions.

    million is None where the locale counts large amounts in something else.
    """

    whole: str
    percent: str
    currency: str
    million: str | None


def write_as(locale: str) -> None:
    """Write what follows in this context, such as one run of the app, as a locale does; for example de_DE."""
    _locale.set(locale)


def locale_in_use() -> str:
    """Return the locale that numbers are written in."""
    return _locale.get()


@cache
def _style(name: str) -> _Style:
    locale = Locale.parse(name)
    whole = locale.decimal_formats[None].pattern.split(";")[0].split(".")[0]
    percent = locale.percent_formats[None].pattern.split(";")[0].replace(whole, "{}")
    currency = locale.currency_formats["standard"].pattern.split(";")[0].replace(f"{whole}.00", "{}").replace("¤", "{symbol}")
    large = locale.compact_currency_formats["short"]["other"]["1000000"].pattern.replace("'", "").replace("¤", "{symbol}")
    return _Style(whole, percent, currency, large.replace("0", "{}") if large.count("0") == 1 else None)


def step_of(low: float | None, high: float | None, *values: float | None) -> float:
    """Return the power of ten to round to: a fair part of the interval, or two digits of the smallest value."""
    if low is not None and high is not None and high > low:
        return _power_of_ten((high - low) / 4)
    sizes = [abs(value) for value in values if value]
    return _power_of_ten(min(sizes)) / 10 if sizes else 1.0


def number(value: float, step: float = 1.0, *, signed: bool = False) -> str:
    """Return a number rounded to a power of ten, with separators, and with a plus sign where `signed`."""
    decimals = max(0, -math.floor(math.log10(step)))
    rounded = round(_whole(value / step) * step, decimals)
    return f"{_sign(rounded, signed=signed)}{_written(abs(rounded), decimals)}"


def whole(number_of: int) -> str:
    """Return a count with separators."""
    return number(number_of)


def percent(share: float, step: float = 1.0) -> str:
    """Return a share of 0 to 1 as per cent, rounded to `step` points."""
    return _style(_locale.get()).percent.format(number(100 * share, step))


def points(difference: float, step: float = 1.0, *, signed: bool = False) -> str:
    """Return a difference of shares in points, with its unit."""
    text = number(100 * difference, step, signed=signed)
    return f"{text}{_NO_BREAK}{'point' if text.lstrip('+−') == '1' else 'points'}"


def points_step(low: float | None, high: float | None) -> float:
    """Return the step for a gap in points: whole ones, or tenths where its interval is narrower than two points."""
    return 0.1 if low is not None and high is not None and high - low < 0.02 else 1.0  # noqa: PLR2004 - said above


def days(value: float, step: float = 1.0, *, signed: bool = False) -> str:
    """Return a number of days, with its unit."""
    text = number(value, step, signed=signed)
    return f"{text}{_NO_BREAK}{'day' if text.lstrip('+−') == '1' else 'days'}"


def money(value: float, currency: str, step: float = 1.0, *, signed: bool = False) -> str:
    """Return an amount rounded to a power of ten, in millions from one million on where the locale counts in millions."""
    rounded = _whole(value / step) * step
    million = _style(_locale.get()).million
    scale, pattern = (_MILLION, million) if million and abs(rounded) >= _MILLION else (1, _style(_locale.get()).currency)
    return f"{_sign(rounded, signed=signed)}{_with_symbol(pattern, number(abs(rounded) / scale, max(step / scale, 0.001)), currency)}"


def between(low: str, high: str) -> str:
    """Return the two ends of an interval as a range."""
    return f"{low}{_NO_BREAK}to{_NO_BREAK}{high}"


def of(numerator: int, denominator: int) -> str:
    """Return a numerator with its denominator."""
    return part_of(whole(numerator), whole(denominator))


def part_of(numerator: str, denominator: str) -> str:
    """Return a numerator with its denominator, both written already."""
    return f"{numerator}{_NO_BREAK}of{_NO_BREAK}{denominator}"


def day(value: date) -> str:
    """Return a day as 30 June 2026."""
    return format_date(value, "long", _locale.get())


def on_day(number_of: int) -> str:
    """Return a day after creation as day 30."""
    return f"day{_NO_BREAK}{number_of}"


def count(number_of: int, noun: str, plural: str = "") -> str:
    """Return a number of things with their noun: 1 deal, 1,412 deals."""
    return f"{whole(number_of)} {noun if number_of == 1 else plural or noun + 's'}"


def amount(value: float, currency: str) -> str:
    """Return an amount to the unit, as a CRM shows it."""
    return f"{_sign(value, signed=False)}{_with_symbol(_style(_locale.get()).currency, whole(abs(_whole(value))), currency)}"


def exact_amount(value: Decimal, currency: str) -> str:
    """Return an amount with its hundredths, where it has any."""
    decimals = 0 if value == int(value) else 2
    return f"{_sign(float(value), signed=False)}{_with_symbol(_style(_locale.get()).currency, _written(abs(value), decimals), currency)}"


def _written(value: float | Decimal, decimals: int) -> str:
    """Return a number that is rounded already with the locale's separators."""
    pattern = _style(_locale.get()).whole + ("." + "0" * decimals if decimals else "")
    return format_decimal(Decimal(f"{value:.{decimals}f}"), pattern, _locale.get())


def _with_symbol(pattern: str, text: str, currency: str) -> str:
    """Return an amount with its currency's symbol, or its code with a space where it has none."""
    symbol = min((get_currency_symbol(currency, each) for each in _with_english(_locale.get())), key=len)
    if symbol == currency and pattern.startswith("{symbol}{"):
        symbol += _NO_BREAK
    return pattern.format(text, symbol=symbol)


def _with_english(locale: str) -> tuple[str, ...]:
    """Return a locale, and of the English ones American too: one currency stands on a page, so that its dollar needs no US before it."""
    return (locale, "en_US") if locale.startswith("en") else (locale,)


def _whole(value: float) -> int:
    """Return the nearest whole number, halves away from zero, so that a difference and its opposite agree."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def _power_of_ten(size: float) -> float:
    return float(10.0 ** math.floor(math.log10(size)))


def _sign(value: float, *, signed: bool) -> str:
    if value < 0:
        return "−"
    return "+" if signed and value > 0 else ""
