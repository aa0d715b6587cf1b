"""How a file writes its dates and its money: decided per column over the whole file, never row by row.

`03/04/2025` says nothing of its own; that no date of its column has a month above 12 does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import duckdb

from etl.config import DateOrder
from etl.errors import AmbiguousDates
from etl.read import scan, scan_first
from etl.recognise import Matched
from etl.records import Column

TimeStyle = Literal["iso", "dmy", "mdy", "named"]
MoneyStyle = Literal["point", "comma"]

# Times that may follow a date; two-digit years come first, since %Y would read 26 as the year 26.
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_DATES: dict[TimeStyle, tuple[str, ...]] = {
    "dmy": ("%d/%m/%y", "%d/%m/%Y"),
    "mdy": ("%m/%d/%y", "%m/%d/%Y"),
    "named": ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y"),
}
_SAMPLE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Styles:
    """The style of each dated and each money column of one file, by canonical name."""

    times: dict[str, TimeStyle]
    money: dict[str, MoneyStyle]


def decide_styles(con: duckdb.DuckDBPyConnection, matched: Matched, order: DateOrder | None) -> Styles:
    """Return the styles of a file's columns.

    A sample of ISO dates settles a column; any other is counted over the whole file. Where day and month fit both ways, `order`
    decides; without it, raises AmbiguousDates.
    """
    return Styles(
        times={c.name: _time_style(con, matched, c, order) for c in matched.columns if c.kind in ("timestamp", "date")},
        money={c.name: _money_style(con, matched, c) for c in matched.columns if c.kind == "money"},
    )


def time_sql(text: str, style: TimeStyle) -> str:
    """Return SQL that reads a trimmed text as TIMESTAMP, null where it is none. Offsets are honoured; the rest is as written.

    Dates that can be read in one way only, 2026-11-15 and Sep 12, 2026, are read in a column of any other style too.
    """
    if style == "iso":
        return _iso_sql(text)
    named = _formats_sql(text, "named")
    if style == "named":
        return f"coalesce({named}, {_iso_sql(text)})"
    slashed = f"regexp_replace({text}, '^(\\d+)[.-](\\d+)[.-](\\d+)', '\\1/\\2/\\3')"
    return f"coalesce({_formats_sql(slashed, style)}, {named}, {_iso_sql(text)})"


def _iso_sql(text: str) -> str:
    plain = f"try_cast({text} as timestamp)"
    # A bare cast would drop the offset of 12:00+02:00; only texts long enough to have one take the slower way.
    shifted = f"timezone('UTC', try_cast({text} as timestamptz))"
    return f"case when length({text}) > 19 and regexp_matches({text}, '[+-]\\d\\d:?\\d\\d$') then {shifted} else {plain} end"


def _formats_sql(text: str, style: TimeStyle) -> str:
    formats = ", ".join(f"'{date}{clock}'" for date in _DATES[style] for clock in _CLOCKS)
    return f"try_strptime({text}, [{formats}])"


def money_sql(text: str, style: MoneyStyle) -> str:
    """Return SQL that reads a trimmed text as DECIMAL(18, 2), null where it is none or has more than two decimals."""
    bare = f"regexp_replace(regexp_replace({text}, '[^0-9.,()+-]', '', 'g'), '^\\((.*)\\)$', '-\\1')"
    pointed = f"replace(replace({bare}, '.', ''), ',', '.')" if style == "comma" else f"replace({bare}, ',', '')"
    power = f"replace({text}, ',', '.')" if style == "comma" else text
    amount = (
        f"case when regexp_matches({text}, '{_sql(AMOUNTS[style])}') then try_cast({pointed} as decimal(38, 10)) "
        f"when regexp_matches({text}, '{POWERS[style]}') then try_cast({power} as decimal(38, 10)) end"
    )
    exact = f"case when {amount} = round({amount}, 2) then try_cast({amount} as decimal(18, 2)) end"
    return (
        f"case when regexp_matches({text}, '{PLAIN_AMOUNT}') then try_cast({text} as decimal(18, 2)) else {exact} end"
        if style == "point"
        else exact
    )


def _time_style(con: duckdb.DuckDBPyConnection, matched: Matched, column: Column, order: DateOrder | None) -> TimeStyle:
    text = f"trim(c{matched.positions[column.name]})"
    source = scan(matched.table)
    sample = scan_first(matched.table, _SAMPLE_ROWS)
    if _unread(con, sample, text, {"iso": time_sql(text, "iso")})["iso"] == 0:
        return "iso"
    styles = {style: time_sql(text, style) for style in ("iso", "named", "dmy", "mdy")}
    unread = _unread(con, source, text, styles | {"none": "null"})
    fewest = min(unread.values())
    if unread.pop("none") == fewest:
        return "iso"  # no style reads any of them: each is told as unreadable, and no order of day and month would help
    best = [style for style, count in unread.items() if count == fewest]  # each style reads what those before it read, and more
    if best == ["dmy", "mdy"]:
        if order is None:
            raise AmbiguousDates(
                f"the dates of column {matched.header(column.name)!r} can be read as day/month or as month/day",
                where=matched.table.name,
                expected="at least one day above 12, or a stated order",
                todo="Say which with --date-order dmy or --date-order mdy, or with order under [dates] in sameside.toml.",
            )
        return order
    return best[0]  # type: ignore[return-value]


def _unread(con: duckdb.DuckDBPyConnection, source: str, text: str, readings: dict[str, str]) -> dict[str, int]:
    """Return, per style, how many texts it cannot read."""
    counts = ", ".join(f"count(*) filter ({text} <> '' and ({sql}) is null)" for sql in readings.values())
    row = con.execute(f"select {counts} from {source}").fetchall()[0]
    return dict(zip(readings, row, strict=True))


def _money_style(con: duckdb.DuckDBPyConnection, matched: Matched, column: Column) -> MoneyStyle:
    text = f"trim(c{matched.positions[column.name]})"
    digits = f"regexp_replace({text}, '[^0-9.,]', '', 'g')"
    sample = scan_first(matched.table, _SAMPLE_ROWS)
    if _unread(con, sample, text, {"iso": f"case when regexp_matches({text}, '{_CLEAR_POINT}') then 1 end"})["iso"] == 0:
        return "point"
    counts = ", ".join(f"count(*) filter (regexp_matches({digits}, '{pattern}'))" for pattern in (*_DECIMAL_MARK, _GROUPED))
    commas, points, grouped = con.execute(f"select {counts} from {scan(matched.table)}").fetchall()[0]
    return "comma" if commas > points or (commas == points == 0 and grouped) else "point"


def _sql(pattern: str) -> str:
    return pattern.replace("'", "''")


def _amounts(mark: str, thousands: str) -> str:
    """Return the pattern of an amount: a sign, a currency before or behind, thousands apart or not, decimals; in brackets where negative.

    The last group of thousands has three digits, those before it two or three, as in India; a mark elsewhere is no amount of the style.
    """
    thousand = rf"[{thousands}'\x{{2019}}\s\x{{a0}}\x{{202f}}]"
    number = rf"(?:\d+|\d{{1,3}}(?:{thousand}\d{{2,3}})*{thousand}\d{{3}})?(?:{mark}\d*)?"
    space = r"[\s\x{a0}\x{202f}]*"
    return rf"^\(?[+-]?(?:{_MONEY})?{space}[+-]?{number}{space}(?:{_MONEY})?\)?$"


# A sign, a code, or both; words that are no code mean thousands or millions as often as money.
_MONEY = r"[A-Z]{0,2}\p{Sc}|[A-Z]{3}|kr\.?|Kč|zł|Ft|円|元"
AMOUNTS: dict[MoneyStyle, str] = {"point": _amounts(r"\.", ","), "comma": _amounts(",", r"\.")}
POWERS: dict[MoneyStyle, str] = {"point": r"^-?\d+(\.\d+)?[eE]\+?\d{1,2}$", "comma": r"^-?\d+(,\d+)?[eE]\+?\d{1,2}$"}
"""Amounts of each style, and those that a spreadsheet wrote as a power of ten; in the syntax of RE2."""

PLAIN_AMOUNT = r"^-?\d{1,15}(\.\d{1,2}0*)?$"  # by far the most amounts, and by far the fastest way
_CLEAR_POINT = r"^-?\d{1,15}(\.(\d{1,2}|\d{4,}))?$"  # of these, those that cannot be thousands
# What tells that a comma, or a point, is the decimal mark: other than three digits after it, a mark of the other kind before it, marks of
# the other kind alone that come twice, or digits before it that are no group.
_DECIMAL_MARK = (
    r"^[0-9.]*,(\d{1,2}|\d{4,})$|\..*,|^\d{1,3}(\.\d{3}){2,}$|^(\d{4,}|0),\d{3}$",
    r"^[0-9,]*\.(\d{1,2}|\d{4,})$|,.*\.|^\d{1,3}(,\d{2,3})+,\d{3}$|^(\d{4,}|0)\.\d{3}$",
)
_GROUPED = r"^[1-9]\d{0,2}\.\d{3}$"  # nothing told: money has no three decimals, so that 12.500 means thousands
