"""Which questions stood answered, as bits of a number."""

from __future__ import annotations

import duckdb
import pytest


@pytest.mark.parametrize(
    ("first", "starts", "ends", "after", "stood"),
    [
        ("null", "null", "null", 30, False),
        ("30", "[30]", "null", 30, True),
        ("31", "[31]", "null", 30, False),
        ("5", "[5]", "[30]", 30, False),
        ("5", "[5]", "[31]", 30, True),
        ("5", "[5, 20]", "[10]", 30, True),
        ("5", "[5]", "[]", 30, True),
    ],
)
def test_an_answer_stands_from_its_first_day_to_the_day_before_it_is_cleared(
    con: duckdb.DuckDBPyConnection, first: str, starts: str, ends: str, after: int, *, stood: bool
) -> None:
    """At the end of the landmark day, also where it was given again."""
    row = con.execute(f"select macros.is_answered_at({first}, {starts}::integer[], {ends}::integer[], {after})").fetchone()
    assert row == (stood,)


def test_each_question_has_a_bit(con: duckdb.DuckDBPyConnection) -> None:
    """Question 1 stood answered; 2 did not; 3 did, though that cannot be known of a field tracked from day 40 on; 60 did."""
    row = con.execute("""
        select unnest(macros.answer_bits(question_no, first_day, starts, null::integer[], unknown_until, 30))
        from (values
            (1, 3, [3], null), (2, null, null, 30), (3, 3, [3], 40), (60, 30, [30], null)
        ) as answers(question_no, first_day, starts, unknown_until)
    """).fetchone()
    assert row == (2**1 + 2**3 + 2**60, 2**1 + 2**2 + 2**60)
    assert con.execute("select macros.has_bit(10, 1), macros.has_bit(10, 2), macros.has_bit(10, 3)").fetchone() == (True, False, True)
