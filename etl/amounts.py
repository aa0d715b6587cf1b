"""What an amount's text is worth, read apart from the SQL that loads it, so that the one is held against the other."""

from __future__ import annotations

import re

from etl.styles import MoneyStyle

_POWER = re.compile(r"(-?\d+)(?:[.,](\d+))?[eE]\+?(\d{1,2})", flags=re.ASCII)
_NO_DIGITS = re.compile(r"\D", flags=re.ASCII)


def cents_of(text: str, style: MoneyStyle) -> int:
    """Return the hundredths that a text is worth which etl.styles.money_sql can read: its digits, and where the decimal mark stands."""
    if power := _POWER.fullmatch(text):
        whole, decimals, shift = power[1], power[2] or "", int(power[3])
    else:
        before, _, after = text.partition("," if style == "comma" else ".")
        whole, decimals, shift = _NO_DIGITS.sub("", before), _NO_DIGITS.sub("", after), 0
    digits, power_of_ten, scale = abs(int(f"{whole}{decimals}")), int(f"1{'0' * shift}"), int(f"1{'0' * len(decimals)}")
    cents = (digits * power_of_ten * 200 + scale) // (2 * scale)  # nearest; what lies between cents is no more than the dust of a float
    return -cents if "-" in text or text.startswith("(") else cents
