"""Amounts: how they are read, in which currency they are, and that their sums add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.amounts import cents_of
from etl.config import load_config
from etl.currency import named_currency_sql
from etl.load import Request, load
from etl.queries import Database, Scope
from etl.report import report_lines
from etl.styles import MoneyStyle, money_sql

Load = Callable[..., Database]

HEADER = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate\n"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def read(con: duckdb.DuckDBPyConnection, text: str, style: MoneyStyle) -> Decimal | None:
    amount: Decimal | None = con.execute(f"select {money_sql('text', style)} from (select ? as text)", [text]).fetchall()[0][0]
    return amount


@pytest.mark.parametrize(
    ("text", "style", "amount"),
    [
        ("1500", "point", "1500.00"),
        ("1500.000001", "point", None),
        ("1500.000001", "comma", None),
        ("1054.0", "point", "1054.00"),
        ("25,0000000000", "comma", "25.00"),
        ("$63,878.00", "point", "63878.00"),
        ("¥1,200", "point", "1200.00"),
        ("1,200円", "point", "1200.00"),
        ("1.054.000,50 €", "comma", "1054000.50"),
        ("1.054.000", "comma", "1054000.00"),
        ("1.054.000,50 €", "point", None),
        ("USD 1,200", "point", "1200.00"),
        ("US$1,200", "point", "1200.00"),
        ("1 200 kr", "comma", "1200.00"),
        ("(1,200.00)", "point", "-1200.00"),
        ("€ -1,200", "point", "-1200.00"),
        ("1e5", "point", "100000.00"),
        ("1,25E+05", "comma", "125000.00"),
        ("12,34,567.00", "point", "1234567.00"),
        ("1'200.50", "point", "1200.50"),
        ("1\N{RIGHT SINGLE QUOTATION MARK}200.50", "point", "1200.50"),
        ("1\N{NO-BREAK SPACE}200,50", "comma", "1200.50"),
        ("9999999999999999.99", "point", "9999999999999999.99"),
        ("10000000000000000.00", "point", None),
        ("99999999999999999999", "point", None),
        ("1,20", "point", None),
        ("1,,200", "point", None),
        ("1.2.3", "comma", None),
        ("1_000", "point", None),
        ("5 Mio", "point", None),
        ("10k", "point", None),
        ("12 apple", "point", None),
        ("nan", "point", None),
        ("--5", "point", None),
        ("€", "point", None),
    ],
)
def test_an_amount_is_read_in_its_style_or_not_at_all(
    con: duckdb.DuckDBPyConnection, text: str, style: MoneyStyle, amount: str | None
) -> None:
    """To the cent; what is too large, finer than a cent or grouped in no way that people write is no amount, and never another one."""
    assert read(con, text, style) == (None if amount is None else Decimal(amount))


@given(
    whole=st.integers(0, 10**15),
    decimals=st.text("0123456789", max_size=4),
    dust=st.sampled_from(["", "0000000000004", "9999999999996"]),
    dress=st.sampled_from(["{}", "-{}", "({})", "€ {}", "{} kr", "USD {}", "CA${}"]),
    group=st.sampled_from(["", ",", "'", " "]),
    style=st.sampled_from(["point", "comma"]),
)
def test_two_readers_agree(
    con: duckdb.DuckDBPyConnection, whole: int, decimals: str, dust: str, dress: str, group: str, style: MoneyStyle
) -> None:
    """Whatever SQL can read is worth the same to the reader that holds it to account."""
    grouped = f"{whole:,}".replace(",", group)
    text = dress.format(f"{grouped}.{decimals}{dust}" if decimals else grouped)
    text = text if style == "point" else text.translate(str.maketrans(".,", ",."))
    amount = read(con, text, style)
    assert amount is None or cents_of(text, style) == int(amount * 100)
    assert amount is not None or len(decimals) > 2 or dust or whole >= 10**16


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1200.00", None),
        ("1,200", None),
        ("$1,200", None),
        ("kr 1200", None),
        ("USD 1,200", "USD"),
        ("1.200,00 €", "EUR"),
        ("£1", "GBP"),
        ("CA$5", "CAD"),
        ("US$5", "USD"),
        ("12 zł", "PLN"),
        ("1e5", None),
    ],
)
def test_an_amount_may_name_its_currency(con: duckdb.DuckDBPyConnection, text: str, code: str | None) -> None:
    """By its code, or by a sign that stands for one currency alone."""
    assert con.execute(f"select {named_currency_sql('text')} from (select ? as text)", [text]).fetchall() == [(code,)]


@pytest.mark.parametrize(
    ("written", "amounts"),
    [
        (["12.500", "1.250"], [12500, 1250]),  # nothing told, and money has no three decimals
        (["12.500", "1250.5"], ["12.5", "1250.5"]),
        (["12.500", "1250.000"], ["12.5", 1250]),
        (["12.500", "0.000"], ["12.5", 0]),
        (["1.054.000", "500"], [1054000, 500]),
        (["12.500", "7,50"], [12500, "7.5"]),
        (["12,500", "1,250"], [12500, 1250]),
        (["12,34,567", "1,250"], [1234567, 1250]),
    ],
)
def test_a_column_tells_its_decimal_mark(load_files: Load, written: list[str], amounts: list[int | str]) -> None:
    """Over all its texts; a point before three digits throughout parts thousands."""
    rows = "".join(f'{number},A,Won,"{text}",2026-02-01,1,1,2026-01-01\n' for number, text in enumerate(written))
    found = load_files({"Opportunity.csv": HEADER + rows}).sql("select amount from marts.deals order by deal_id")["amount"].to_list()
    assert found == [Decimal(str(amount)) for amount in amounts]


def test_sums_of_amounts_add_up_by_currency(load_files: Load) -> None:
    """Read = loaded + rejected, beside those that nobody can read; what names a currency is of that currency."""
    rows = (
        "1,A,Won,100.50,2026-02-01,1,1,2026-01-01\n"
        '2,B,Won,"USD 1,200",2026-02-01,1,1,2026-01-01\n'
        "3,C,Won,lots,2026-02-01,1,1,2026-01-01\n"
        "4,D,Won,,2026-02-01,1,1,2026-01-01\n"
        ",E,Won,7.25,2026-02-01,1,1,2026-01-01\n"
        "1,A,Won,101.00,2026-02-01,1,1,2026-01-01\n"
        ",F,Won,USD 1x,2026-02-01,1,1,2026-01-01\n"
    )
    database = load_files({"Opportunity.csv": HEADER + rows})
    assert database.relation("load_amounts").drop("load_id").rows() == [
        ("Opportunity.csv", "Amount", "EUR", 5, 1, 0, 2, 2, *map(Decimal, ("208.75", "101.00", "0", "107.75"))),
        ("Opportunity.csv", "Amount", "USD", 1, 1, 0, 0, 0, *map(Decimal, ("1200", "1200", "0", "0"))),
    ]
    assert database.sql("select deal_id, currency from marts.deals order by deal_id").rows() == [
        ("1", "EUR"),
        ("2", "USD"),
        ("3", "EUR"),
        ("4", "EUR"),
    ]


def test_estimates_of_won_deals_are_set_aside(load_files: Load) -> None:
    """Dynamics tells an estimate and what it came to: a won deal takes the latter where it is there, and both columns add up."""
    rows = (
        "(Do Not Modify) Opportunity,Topic,Est. revenue,Actual Revenue,Status,Created On,Actual Close Date\n"
        "1,A,100,90.5,Won,2026-01-01,2026-02-01\n"
        "2,B,200,,Won,2026-01-01,2026-02-01\n"
        "3,C,300,5,Lost,2026-01-01,2026-02-01\n"
        "4,D,,70,Won,2026-01-01,2026-02-01\n"
        "5,E,50,x,Won,2026-01-01,2026-02-01\n"
    )
    database = load_files({"Opportunities.csv": rows})
    assert database.sql("select amount from marts.deals order by deal_id")["amount"].to_list() == [Decimal("90.5"), 200, 300, 70, 50]
    assert database.relation("load_amounts").drop("load_id").rows() == [
        ("Opportunities.csv", "Actual Revenue", "EUR", 4, 2, 1, 0, 1, *map(Decimal, ("165.50", "160.50", "5", "0"))),
        ("Opportunities.csv", "Est. revenue", "EUR", 4, 3, 1, 0, 0, *map(Decimal, ("650", "550", "100", "0"))),
    ]


def test_a_column_of_currencies_goes_before_the_text(load_files: Load) -> None:
    """In any letters; where it is empty, the text tells."""
    header = HEADER.replace("Amount", "Amount,CurrencyIsoCode")
    rows = "".join(
        f"{number},A,Won,{amount},2026-02-01,1,1,2026-01-01\n" for number, amount in enumerate(("USD 5,gbp", "USD 6,", "7,", "8,CHF"))
    )
    database = load_files({"Opportunity.csv": header + rows})
    assert database.sql("select currency from marts.deals order by deal_id")["currency"].to_list() == ["GBP", "USD", "EUR", "CHF"]


def test_a_currency_may_be_told_by_its_name(load_files: Load) -> None:
    """As Dynamics does: in English or in the language of the settings; a name that nobody knows is told apart."""
    header = "(Do Not Modify) Opportunity,Topic,Est. revenue,Currency,Status,Created On\n"
    names = ("US Dollar", "euro", "Pound Sterling", "Schweizer Franken", "Shells", "usd", "")
    rows = "".join(f"{number},A,5,{name},Open,2026-01-01\n" for number, name in enumerate(names))
    database = load_files({"Opportunities.csv": header + rows}, '[organisation]\nlocale = "de_DE"\n')
    found = database.sql("select currency from marts.deals order by deal_id")["currency"].to_list()
    assert found == ["USD", "EUR", "GBP", "CHF", "SHELLS", "USD", "EUR"]
    assert database.load_amounts()["values_loaded"].sum() == len(names)


def test_amounts_are_converted_at_the_rate_of_their_day(load_files: Load) -> None:
    """That of closing; of an open deal that of the export. A dated rate holds until the next one, the first one before it too."""
    rates = '[currencies]\nrates.USD = [{ from = 2026-02-01, rate = "0.8" }, { from = 2026-03-01, rate = 0.9 }]\nrates.JPY = 0.00615\n'
    header = HEADER.replace("Amount", "Amount,CurrencyIsoCode")
    rows = (
        "1,A,Won,100,USD,2026-01-05,1,1,2026-01-01\n"
        "2,A,Won,100,USD,2026-02-28,1,1,2026-01-01\n"
        "3,A,Won,100.05,USD,2026-03-01,1,1,2026-01-01\n"
        "4,A,Open,100,USD,2026-02-01,0,0,2026-01-01\n"
        "5,A,Won,1000,JPY,2026-02-01,1,1,2026-01-01\n"
        "6,A,Won,100,GBP,2026-02-01,1,1,2026-01-01\n"
        "7,A,Won,100,EUR,2026-02-01,1,1,2026-01-01\n"
    )
    database = load_files({"Opportunity.csv": header + rows}, rates)
    own = database.sql("select own_amount from marts.deals order by deal_id")["own_amount"].to_list()
    assert own == [Decimal(each) for each in ("80", "80", "90.05", "90", "6.15")] + [None, Decimal(100)]
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert (figures["won_amount"], figures["other_currency"]) == (Decimal("356.20"), 1)
    assert database.sql("from raw.rates order by all").rows()[0][0] == "JPY"
    assert database.sql("select setting, new_value from raw.settings_log where setting like 'rate of %' order by setting").rows() == [
        ("rate of JPY", "0.00615"),
        ("rate of USD", "0.8 from 2026-02-01, 0.9 from 2026-03-01"),
    ]


@pytest.mark.thorough
def test_the_report_of_a_load_names_amounts_without_a_rate(tmp_path: Path) -> None:
    """And is silent where there are none."""
    (tmp_path / "Opportunity.csv").write_text(
        HEADER + '1,A,Won,"USD 5",2026-02-01,1,1,2026-01-01\n2,A,Won,5,2026-02-01,1,1,2026-01-01\n', encoding="utf-8"
    )
    request = Request((tmp_path / "Opportunity.csv",), tmp_path / "data", load_config())
    assert [line for line in report_lines(load(request)) if "currencies" in line] == [
        "  amounts of 1 deal in USD are in no sum: give a rate under [currencies] in sameside.toml"
    ]
    (tmp_path / "sameside.toml").write_text("[currencies]\nrates.USD = 0.9\n", encoding="utf-8")
    rated = replace(request, config=load_config(tmp_path / "sameside.toml"))
    assert not [line for line in report_lines(load(rated)) if "currencies" in line]
