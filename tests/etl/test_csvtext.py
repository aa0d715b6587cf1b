"""CSV that a spreadsheet takes for what it is."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from etl.csvtext import EXCEL, PLAIN, Style, from_guarded, to_csv
from tests.payloads import BENIGN, PAYLOADS

STARTS = "=+-@\t\r\n＝＋－＠"
STYLES = [PLAIN, EXCEL, Style(separator="\t")]


def cells(written: bytes, separator: str) -> list[str]:
    return [row[0] if row else "" for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=separator)][1:]


@pytest.mark.parametrize("style", STYLES)
def test_formulas_are_guarded_and_come_back(style: Style) -> None:
    """Text that starts a formula bears an apostrophe; taking the guard off gives each text back."""
    read = cells(to_csv(pl.DataFrame({"text": PAYLOADS + BENIGN}), style), style.separator)
    assert [each for each in read if each.lstrip(" \u00a0\u200b\ufeff")[:1] in tuple(STARTS)] == []
    assert pl.DataFrame({"text": read}).select(from_guarded("text", style))["text"].to_list() == PAYLOADS + BENIGN


@pytest.mark.parametrize("separator", [";", "\t"])
def test_no_cell_is_a_formula_where_the_separator_is_guessed_wrong(separator: str) -> None:
    """A program that splits at another separator, as Excel does by country, finds no formula at the start of a cell either."""
    written = to_csv(pl.DataFrame({"number": [1] * len(PAYLOADS), "text": PAYLOADS})).decode()
    split = [cell for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator) for cell in row]
    assert "'=1+1" in split or separator == "\t"  # a text was split inside
    assert [cell for cell in split if cell.lstrip()[:1] in tuple(STARTS)] == []


def test_texts_that_are_no_formulas_are_left_alone() -> None:
    """A dash or an apostrophe inside a text harms nobody."""
    assert cells(to_csv(pl.DataFrame({"text": BENIGN})), ",") == BENIGN


@pytest.mark.parametrize("style", STYLES)
@given(some.text("=+-@'; ,\t\r\n\"a＝\u200b", max_size=8))
def test_any_text_comes_back(style: Style, text: str) -> None:
    """Guarded and taken off again, every text is what it was."""
    read = cells(to_csv(pl.DataFrame({"text": [text], "one": [1]}), style), style.separator)
    assert pl.DataFrame({"text": read}).select(from_guarded("text", style))["text"].to_list() == [text]


def test_numbers_and_dates_are_untouched() -> None:
    """A negative amount stays a number, a list its values, a missing value empty."""
    frame = pl.DataFrame({"amount": [-12.5], "days": [[1, 2]], "none": pl.Series([None], dtype=pl.String)})
    assert to_csv(frame) == b"amount,days,none\n-12.5,1;2,\n"


def test_lists_of_texts_are_guarded_too() -> None:
    """Each value of a list may begin a cell."""
    assert to_csv(pl.DataFrame({"names": [["=a", "=b"]]})) == b"names\n'=a;'=b\n"


def test_excel_gets_what_it_opens_by_double_click() -> None:
    """Semicolons, decimal commas and a byte order mark; days stay ISO, which Excel reads in every country."""
    frame = pl.DataFrame({"amount": [-12.5], "exact": [Decimal("-0.25")], "day": [date(2026, 1, 31)], "text": ["a;b"]})
    assert to_csv(frame, EXCEL) == b'\xef\xbb\xbfamount;exact;day;text\n-12,5;-0,25;2026-01-31;"a;b"\n'
