"""Currencies by their ISO codes, whatever an export calls them: US Dollar, euro, £."""

from __future__ import annotations

from functools import cache

from babel import Locale

from etl.mapping import folded

_LANGUAGES = ("en", "de", "fr", "es", "pt", "nl", "it")  # those of the vocabulary
_OTHER_NAMES = {"poundsterling": "GBP", "ukpoundsterling": "GBP", "€": "EUR", "£": "GBP", "us$": "USD"}


def currency_code(text: str) -> str:
    """Return the ISO code of a currency that is given by code, name or sign; the text as it is where none is known.

    >>> currency_code("eur"), currency_code("US Dollar"), currency_code("Schweizer Franken"), currency_code("$")
    ('EUR', 'USD', 'CHF', '$')
    """
    if text.upper() in Locale("en").currencies:
        return text.upper()
    return _names().get(folded(text)) or _OTHER_NAMES.get(text.lower(), text)


@cache
def _names() -> dict[str, str]:
    """Return the codes by folded names; where two currencies share a name, none bears it."""
    codes: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).currencies.items():
            codes.setdefault(folded(name), set()).add(code)
    return _OTHER_NAMES | {name: next(iter(of_name)) for name, of_name in codes.items() if len(of_name) == 1}
