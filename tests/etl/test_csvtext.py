"""CSV that a spreadsheet takes for what it is."""

from __future__ import annotations

import csv
import io

import polars as pl

from etl.csvtext import from_guarded, to_csv

NASTY = ["=1+1", "+x", "-x", "@sum", "\tx", "\rx", "\nx", "'x", " =1", "＝1", "plain", "", 'a"b,c', None]


def test_formulas_are_guarded_and_come_back() -> None:
    """Text that starts a formula bears an apostrophe; taking one off gives each text back."""
    written = to_csv(pl.DataFrame({"text": NASTY}))
    read = [row[0] if row else "" for row in csv.reader(io.StringIO(written.decode(), newline=""))][1:]
    assert [each for each in read if each and each.lstrip(" ")[0] in "=+-@\t\r\n＝"] == []
    back = pl.DataFrame({"text": read}).select(from_guarded("text"))["text"].to_list()
    assert back == [text or "" for text in NASTY]


def test_numbers_and_dates_are_untouched() -> None:
    """A negative amount stays a number, a list its values, a missing value empty."""
    frame = pl.DataFrame({"amount": [-12.5], "days": [[1, 2]], "none": pl.Series([None], dtype=pl.String)})
    assert to_csv(frame) == b"amount,days,none\n-12.5,1;2,\n"
