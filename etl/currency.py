"""Which currency a deal is in, as SQL: a column says it by code or by name, and where there is none "USD 1,200" tells it."""

from __future__ import annotations

from functools import cache

from babel import Locale

from etl.sqltext import literal
from etl.styles import PLAIN_AMOUNT

_CODE = "[A-Z]{3}"
_LANGUAGES = ("en", "de", "fr", "es", "pt", "nl", "it")  # those of the vocabulary
# Signs of one currency alone, longer ones first; $, ¥ and kr stand for several, and so for the organisation's own.
_SIGNS = {
    "US$": "USD",
    "CA$": "CAD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "SG$": "SGD",
    "C$": "CAD",
    "A$": "AUD",
    "S$": "SGD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "円": "JPY",
    "元": "CNY",
}


def named_currency_sql(text: str) -> str:
    """Return SQL of the ISO code that the trimmed text of an amount names, null where it names none."""
    signs = " ".join(f"when contains({text}, {literal(sign)}) then {literal(code)}" for sign, code in _SIGNS.items())
    code = f"nullif(regexp_extract({text}, '{_CODE}'), '')"
    return f"case when regexp_matches({text}, '{PLAIN_AMOUNT}') then null when {code} is not null then {code} {signs} end"


@cache
def iso_code_sql(text: str, locale: str) -> str:
    """Return SQL of the ISO code of a currency told by its code, its sign, or its name in a language of the vocabulary or the locale's.

    Any other text is its own code, in capitals, so that it is told apart from others.
    """
    codes_by_name: dict[str, set[str]] = {}
    for language in dict.fromkeys((*_LANGUAGES, locale)):
        for code, name in Locale.parse(language).currencies.items():
            codes_by_name.setdefault(name.lower(), set()).add(code)
    # A name that two currencies share says nothing.
    names = {name: next(iter(of_name)) for name, of_name in codes_by_name.items() if len(of_name) == 1}
    names |= {"pound sterling": "GBP", "uk pound sterling": "GBP"} | {sign.lower(): code for sign, code in _SIGNS.items()}
    keys, codes = (f"[{', '.join(literal(each) for each in side)}]" for side in (names.keys(), names.values()))
    return (
        f"case when regexp_matches({text}, '^[A-Za-z]{{3}}$') then upper({text}) "
        f"else coalesce({codes}[list_position({keys}, lower({text}))], upper({text})) end"
    )
