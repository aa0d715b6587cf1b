"""The count of records, against a plain csv.reader and its own slow twin."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.count import Border, Count, Counter, NewLine, count_patiently

ALPHABETS = ('a,\n"', 'a ,\n"', 'a,\r\n"', 'a ,\r\n"', 'é;,\n"\x00')
NASTY = st.one_of([st.text(alphabet, max_size=60) for alphabet in ALPHABETS])


def fast(text: str, size: int = 1 << 20, delimiter: str = ",", border_every: int = 1 << 20) -> Count:
    """Count with the counter, fed `size` bytes at a time."""
    counter, data = Counter(delimiter, border_every), text.encode()
    for start in range(0, len(data), size):
        counter.feed(data[start : start + size])
    return counter.finish()


def slow(text: str, delimiter: str = ",") -> Count:
    """Count line by line."""
    return count_patiently(io.StringIO(text.encode().decode("latin-1"), newline=""), delimiter)


@pytest.mark.parametrize(
    ("text", "records", "blank_lines", "newline", "has_line_breaks"),
    [
        ("", 0, 0, "\n", False),
        ("a", 1, 0, "\n", False),
        ("a,b\n1,2\n", 2, 0, "\n", False),
        ("a,b\n1,2", 2, 0, "\n", False),
        ("a,b\r\n1,2\r\n", 2, 0, "\r\n", False),
        ("a,b\r1,2\r", 2, 0, "\r", False),
        ("a,b\r\n1,2\n3,4\r", 3, 0, "mixed", False),
        ("\n\na,b\n\n1,2\n\n\n", 2, 5, "\n", False),
        ("a,b\r\n\r\n1,2\r\n\r\n", 2, 2, "\r\n", False),
        ("a,b\r\r\n1,2\n", 2, 1, "mixed", False),
        ('a,b\n1,"x\n\ny"\n', 2, 0, "\n", True),
        ('a,b\n1,"x\r\ny"\n', 2, 0, "\n", True),
        ('a,b\n1,"x\ry"\n', 2, 0, "\n", True),
        ('a,b\n"1""\n",""\n', 2, 0, "\n", True),
        ('a\n""\n', 2, 0, "\n", False),
        ('a, "b\n", c\n', 1, 0, "\n", True),
        ("a\n \n", 2, 0, "\n", False),
        ("a\n\x0b\x0c\x1c\x85\u2028\n", 2, 0, "\n", False),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 64, 1 << 20])
def test_records_blank_lines_and_line_ends(
    text: str, records: int, blank_lines: int, newline: NewLine, size: int, *, has_line_breaks: bool
) -> None:
    """Each shape of file is counted right, wherever the borders of the blocks fall, by both counters."""
    expected = Count(records, blank_lines, newline, has_line_breaks)
    assert replace(fast(text, size), longest_gap=0) == expected
    assert slow(text) == expected


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ('a,b\n5,6" pipe\n', 7),
        ('a,b\n"x"y"\n', 8),
        ('a,b\n1,  "x"\n', 8),
        ('a;b\n1,"x";2\n', 6),
        ('a,b\n1,"x" "y"\n', 10),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 7, 1 << 20])
def test_a_quote_within_an_unquoted_cell_is_noticed(text: str, stray: int, size: int) -> None:
    """The first quote that is text is named by its position, so that the slow count is asked instead."""
    assert fast(text, size, ";" if ";" in text else ",").stray_quote == stray


def test_quotes_within_unquoted_cells_open_nothing() -> None:
    """Two inch marks on different lines do not make one record of them."""
    assert slow('a,b\n1,6" pipe\n2,8" pipe\n').records == 3


@pytest.mark.parametrize(("text", "line_start"), [('a,b\n1,"2\n3,4\n', 4), ('a,b\n"1"x,"2\n3,"4"\n', 4), ('"a\n', 0)])
def test_a_quote_left_open_is_told(text: str, line_start: int) -> None:
    """The alarm for a quote that is never closed says on which line it opens."""
    assert slow('a,b\n1,"2"\n').open_quote is None
    if '4"' not in text:
        assert fast(text).open_quote == text.index('"')
        assert slow(text).open_quote == line_start


def test_a_record_of_two_blocks_leaves_a_gap() -> None:
    """Whatever the blocks, a record twice as long as one cannot hide from `longest_gap`."""
    for lead in range(9):
        text = "a\n" * lead + "b" * 16 + "\n"
        assert fast(text, 8).longest_gap >= 8
    assert fast("abc\n" * 9, 8).longest_gap == 0


def test_borders_are_noted_once_in_a_while() -> None:
    """After so many bytes, the last line feed of the block that is reached is a border; half of a CRLF is none."""
    assert fast("ab\n" * 60, 7, border_every=50).borders == (Border(54, 18), Border(105, 35), Border(159, 53))
    assert fast("abc\r\n" * 6, 9, border_every=9).borders == (Border(15, 3), Border(25, 5))
    assert fast('a\n"' + "\n" * 60 + '"\nb\n', 8, border_every=8).borders == (Border(2, 1), Border(67, 3))
    assert fast("ab\r" * 60, 8, border_every=8).borders == ()


@given(NASTY, st.sampled_from([1, 2, 3, 5, 64]), st.integers(1, 40))
@example('a\r\n"\r\n"\r\n', 2, 1)
def test_a_border_lies_between_two_records(text: str, size: int, border_every: int) -> None:
    """What comes before a border and what comes after it, counted apart, are all the records."""
    count, data = fast(text, size, border_every=border_every), text.encode()
    if count.stray_quote is not None or count.newline == "mixed":
        return
    for border in count.borders:
        before, after = fast(data[: border.position].decode()), fast(data[border.position :].decode())
        assert data[border.position - 1 : border.position] == b"\n"
        assert (before.records, before.open_quote) == (border.records, None)
        assert before.records + after.records == count.records


@given(NASTY, st.sampled_from([1, 2, 3, 5, 64, 65, 1000]))
@example('a\r"\r\n"\n', 2)
def test_both_counters_agree_on_any_bytes(text: str, size: int) -> None:
    """The masks and the walk over lines are two ways to one count."""
    quick, patient = fast(text, size), slow(text)
    if quick.stray_quote is None:
        assert replace(quick, longest_gap=0, open_quote=None) == replace(patient, open_quote=None)
        assert (quick.open_quote is None) == (patient.open_quote is None)
    else:
        assert fast(text).stray_quote == quick.stray_quote


@given(NASTY.filter(lambda text: ' "' not in text))
def test_the_slow_count_is_that_of_the_csv_module(text: str) -> None:
    """Python's csv module, which knows nothing of ours, finds as many records."""
    assert slow(text).records == sum(map(bool, csv.reader(io.StringIO(text, newline=""))))
