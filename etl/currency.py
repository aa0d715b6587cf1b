"""Which currency an amount names, as SQL: where an export has no column of currencies, "USD 1,200" tells it."""

from __future__ import annotations

from etl.sqltext import literal
from etl.styles import PLAIN_AMOUNT

_CODE = "[A-Z]{3}"
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
