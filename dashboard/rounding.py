"""Numbers as people read them, rounded to what their interval supports. Negative numbers bear a true minus sign.

What belongs together is held together by a no-break space.
"""

from __future__ import annotations

import math
from datetime import date

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_MILLION = 1_000_000
_NO_BREAK = "\N{NO-BREAK SPACE}"


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
    return f"{_sign(rounded, signed=signed)}{abs(rounded):,.{decimals}f}"


def whole(number_of: int) -> str:
    """Return a count with separators."""
    return f"{number_of:,}"


def percent(share: float, step: float = 1.0) -> str:
    """Return a share of 0 to 1 as per cent, rounded to `step` points."""
    return f"{number(100 * share, step)}%"


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
    """Return an amount rounded to a power of ten, in millions from one million on."""
    rounded = _whole(value / step) * step
    scale, unit = (_MILLION, "m") if abs(rounded) >= _MILLION else (1, "")
    return f"{_sign(rounded, signed=signed)}{_symbol(currency)}{number(abs(rounded) / scale, max(step / scale, 0.001))}{unit}"


def between(low: str, high: str) -> str:
    """Return the two ends of an interval as a range."""
    return f"{low}{_NO_BREAK}to{_NO_BREAK}{high}"


def of(numerator: int, denominator: int) -> str:
    """Return a numerator with its denominator."""
    return f"{numerator:,}{_NO_BREAK}of{_NO_BREAK}{denominator:,}"


def day(value: date) -> str:
    """Return a day as 30 June 2026."""
    return f"{value.day} {value:%B %Y}"


def on_day(number_of: int) -> str:
    """Return a day after creation as day 30."""
    return f"day{_NO_BREAK}{number_of}"


def count(number_of: int, noun: str, plural: str = "") -> str:
    """Return a number of things with their noun: 1 deal, 1,412 deals."""
    return f"{number_of:,} {noun if number_of == 1 else plural or noun + 's'}"


def amount(value: float, currency: str) -> str:
    """Return an amount to the unit, as a CRM shows it."""
    return f"{_sign(value, signed=False)}{_symbol(currency)}{abs(_whole(value)):,}"


def _symbol(currency: str) -> str:
    return _SYMBOLS.get(currency, f"{currency}{_NO_BREAK}")


def _whole(value: float) -> int:
    """Return the nearest whole number, halves away from zero, so that a difference and its opposite agree."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def _power_of_ten(size: float) -> float:
    return float(10.0 ** math.floor(math.log10(size)))


def _sign(value: float, *, signed: bool) -> str:
    if value < 0:
        return "−"
    return "+" if signed and value > 0 else ""
