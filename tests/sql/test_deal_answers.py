"""Answers by deal and question, and when they stood: marts.deal_answers."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# Pain is asked by two fields. The champion field has been tracked since day 20. Product line is neutral.
QUESTIONS = """
    question_no | topic        | is_neutral | is_mapped
    1           | pain         | false      | true
    2           | champion     | false      | true
    3           | budget       | false      | false
    4           | Product_Line | true       | true
"""
FIELDS = """
    field_no | field        | question_no | topic        | is_neutral | tracked_since | is_in_export
    1        | Pain__c      | 1           | pain         | false      | day -100      | true
    2        | Hurts__c     | 1           | pain         | false      | day -100      | true
    3        | Champion__c  | 2           | champion     | false      | day 20        | true
    4        | Budget__c    | 3           | budget       | false      |               | false
    5        | Product_Line | 4           | Product_Line | true       | day -100      | true
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        questions=QUESTIONS,
        fields=FIELDS,
        settings="""
            as_of      | answers_needed
            2025-12-31 | 1
        """,
        deals="""
            deal_key | outcome | close_date | created_date
            1        | open    |            | day 0
            2        | open    |            | day 0
            3        | open    |            | day 0
            4        | won     | day 50     | day 0
            5        | won     | day 50     | day 0
            6        | lost    | day 50     | day 0
            7        | lost    | day 20     | day 0
            8        | lost    | day 21     | day 0
            9        | won     | day 50     | day 0
            10       | open    |            | day 30
            11       | won     |            | day 0
            12       | open    |            | day 0
            13       | open    |            | day 10
        """,
        field_values="""
            deal_key | field_no | state       | junk_text
            1        | 1        | answered    |
            1        | 2        | placeholder | tbd
            2        | 1        | too short   | a
            2        | 5        | answered    |
            4        | 1        | answered    |
            5        | 1        | answered    |
            9        | 3        | answered    |
            11       | 1        | answered    |
            12       | 1        | answered    |
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            3        | 1        | day 5        | answered
            3        | 2        | day 8        | answered
            3        | 1        | day 10       | blank
            3        | 2        | day 15       | blank
            3        | 1        | day 25       | answered
            3        | 1        | day 30       | blank
            4        | 1        | day 49       | answered
            5        | 1        | day 50       | answered
            6        | 1        | day 10       | answered
            6        | 1        | day 49       | blank
            12       | 1        | day 6        | not recorded
            13       | 1        | day 8        | answered
            13       | 3        | day 7        | answered
            13       | 3        | day 9        | blank
        """,
    )


def answer(con: duckdb.DuckDBPyConnection, deal_key: int, question: str, columns: str) -> tuple[object, ...]:
    """Return columns of the one row of a deal and question."""
    [row] = con.execute(f"select {columns} from marts.deal_answers where deal_key = ? and question = ?", [deal_key, question]).fetchall()
    assert isinstance(row, tuple)
    return row


def test_a_row_for_each_mapped_question_and_neutral_field(con: duckdb.DuckDBPyConnection) -> None:
    """Budget is not mapped, so no deal has a row of it; a deal with nothing filled has the other three."""
    found = con.execute("select question, is_neutral, state_today from marts.deal_answers where deal_key = 7 order by question").fetchall()
    assert found == [("Product_Line", True, "blank"), ("champion", False, "blank"), ("pain", False, "blank")]


@pytest.mark.parametrize(
    ("deal_key", "question", "expected"),
    [
        pytest.param(1, "pain", ("answered", None, None), id="an answer in one field outweighs junk in the other"),
        pytest.param(2, "pain", ("junk", "too short", "a"), id="junk alone is junk, with its reason and text"),
        pytest.param(2, "Product_Line", ("answered", None, None), id="neutral fields are judged alike"),
        pytest.param(1, "champion", ("blank", None, None), id="nothing is blank"),
    ],
)
def test_state_today(con: duckdb.DuckDBPyConnection, deal_key: int, question: str, expected: tuple[object, ...]) -> None:
    """Answered, junk or blank, and why."""
    assert answer(con, deal_key, question, "state_today, junk_reason, junk_text") == expected


def test_a_question_stands_answered_as_long_as_any_of_its_fields_does(con: duckdb.DuckDBPyConnection) -> None:
    """Filled on day 5 in one field, on day 8 in the other, cleared on days 10 and 15, filled again on day 25, cleared on day 30."""
    assert answer(con, 3, "pain", "first_answered_day, start_days, end_days") == (5, [5, 25], [15, 30])


def test_changes_before_creation_are_of_day_0(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 13 was created on day 10: an answer of day 8 stood there from the start, one that was cleared by then never did."""
    assert answer(con, 13, "pain", "first_answered_day, start_days, end_days") == (0, [0], None)
    assert answer(con, 13, "champion", "first_answered_day, start_days, end_days") == (None, None, None)


def test_an_answer_that_was_never_changed_stands_since_creation(con: duckdb.DuckDBPyConnection) -> None:
    """The field is tracked, and its history is empty."""
    assert answer(con, 1, "pain", "first_answered_day, start_days, end_days") == (0, [0], None)


def test_what_was_never_answered_has_no_days(con: duckdb.DuckDBPyConnection) -> None:
    """Junk is no answer."""
    assert answer(con, 2, "pain", "first_answered_day, start_days, end_days") == (None, None, None)


@pytest.mark.parametrize(
    ("deal_key", "question", "expected"),
    [
        pytest.param(1, "pain", None, id="tracked since before creation: all is known"),
        pytest.param(1, "champion", 20, id="tracked since day 20, filled today or not"),
        pytest.param(9, "champion", 20, id="tracked since day 20, filled today"),
        pytest.param(10, "champion", None, id="created after tracking began"),
    ],
)
def test_until_when_the_timing_is_unknown(con: duckdb.DuckDBPyConnection, deal_key: int, question: str, expected: int | None) -> None:
    """The day after creation on which tracking began; null where nothing is unknown."""
    assert answer(con, deal_key, question, "unknown_until_day") == (expected,)


def test_a_question_with_an_untracked_field_is_unknown_for_ever(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Its other field has been tracked all along; both of a deal's answers may be of any day."""
    con = built(
        fields="""
            field_no | field       | question_no | topic           | tracked_since
            1        | Pain__c     | 1           | pain            | day -100
            2        | Hurts__c    | 1           | pain            |
            3        | Metric__c   | 2           | success_measure | day -100
            4        | Champion__c | 3           | champion        | day -100
        """,
        deals="""
            deal_key | outcome | close_date
            1        | won     | day 50
        """,
    )
    found = con.execute("select question, unknown_until_day, is_answered_before_close from marts.deal_answers order by question").fetchall()
    assert found == [("champion", None, False), ("pain", 1000000, None), ("success_measure", None, False)]


def test_edits_without_texts_are_approximate(con: duckdb.DuckDBPyConnection) -> None:
    """The CRM told on day 6 that the field was edited and not how; today it holds an answer."""
    assert answer(con, 12, "pain", "first_answered_day, is_approximate") == (6, True)
    assert answer(con, 3, "pain", "is_approximate") == (False,)


@pytest.mark.parametrize(
    ("deal_key", "question", "expected"),
    [
        pytest.param(4, "pain", True, id="answered on the day before closing"),
        pytest.param(5, "pain", False, id="answered on the day of closing: written after the fact"),
        pytest.param(6, "pain", False, id="cleared on the day before closing"),
        pytest.param(9, "champion", True, id="stood there when tracking began, before closing"),
        pytest.param(7, "champion", None, id="closed on the day tracking began: unknown"),
        pytest.param(8, "champion", False, id="closed on the day after: known by then, and blank"),
        pytest.param(3, "pain", None, id="an open deal"),
        pytest.param(11, "pain", None, id="closed without a date"),
    ],
)
def test_answered_before_close(con: duckdb.DuckDBPyConnection, deal_key: int, question: str, expected: bool | None) -> None:  # noqa: FBT001 - a literal expectation
    """What counts is the end of the day before closing."""
    assert answer(con, deal_key, question, "is_answered_before_close") == (expected,)
