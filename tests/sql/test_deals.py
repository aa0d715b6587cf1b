"""Deals with outcome, cycle and answers: marts.deals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        questions="""
            question_no | topic        | is_neutral
            1           | pain         | false
            2           | metric       | false
            3           | champion     | false
            4           | Product_Line | true
            5           | Lead_Detail  | true
        """,
        fields="""
            field_no | field        | question_no | topic        | is_neutral | tracked_since
            1        | Pain__c      | 1           | pain         | false      | day -100
            2        | Metric__c    | 2           | metric       | false      | day -100
            3        | Champion__c  | 3           | champion     | false      | day 40
            4        | Product_Line | 4           | Product_Line | true       | day -100
            5        | Lead_Detail  | 5           | Lead_Detail  | true       | day 50
        """,
        loss_kinds="""
            loss_reason   | loss_kind
            status quo    | no decision
            duplicate     | disqualified
        """,
        deals="""
            deal_key | outcome | close_date | created_date | loss_reason
            1        | won     | day 45     | day 0        |
            2        | lost    | day 45     | day 0        | Status Quo
            3        | lost    | day 0      | day 0        | Price
            4        | lost    | day -3     | day 0        | DUPLICATE
            5        | lost    |            | day 0        |
            6        | open    | day 400    | day 0        | Price
            7        | won     | day 45     |              |
        """,
        field_values="""
            deal_key | field_no | state       | junk_text
            1        | 1        | answered    |
            1        | 2        | answered    |
            1        | 3        | placeholder | tbd
            1        | 4        | answered    |
            1        | 5        | answered    |
            2        | 2        | too short   | a
            6        | 1        | answered    |
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            1        | 1        | day 12       | answered
            1        | 2        | day 3        | answered
            1        | 2        | day 6        | blank
            1        | 2        | day 45       | answered
            1        | 4        | day 2        | answered
            6        | 1        | day 8        | answered
        """,
    )


def deal(con: duckdb.DuckDBPyConnection, deal_key: int, columns: str) -> tuple[object, ...]:
    """Return columns of a deal."""
    [row] = con.execute(f"select {columns} from marts.deals where deal_key = ?", [deal_key]).fetchall()
    assert isinstance(row, tuple)
    return row


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(1, (date(2025, 2, 15), "close date", 45, False), id="closed on day 45"),
        pytest.param(3, (date(2025, 1, 1), "close date", 0, False), id="closed on the day of creation: a cycle of no days"),
        pytest.param(4, (date(2024, 12, 29), "close date", None, True), id="closed before creation: no cycle, and it says so"),
        pytest.param(5, (None, None, None, False), id="closed without a date"),
        pytest.param(6, (None, None, None, False), id="open: its close date is a forecast"),
        pytest.param(7, (date(2025, 2, 15), "close date", None, False), id="no creation date: no cycle"),
    ],
)
def test_the_cycle_is_days_from_creation_to_closing(con: duckdb.DuckDBPyConnection, deal_key: int, expected: tuple[object, ...]) -> None:
    """Date, what told it, days, and whether these would be below zero."""
    assert deal(con, deal_key, "closed_date, closed_date_from, cycle_days, has_negative_cycle") == expected


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(2, "no decision", id="the reason is known, in whatever case"),
        pytest.param(4, "disqualified", id="so is a duplicate"),
        pytest.param(3, "competitive", id="any other reason is a competitor's win"),
        pytest.param(5, "competitive", id="and so is none"),
        pytest.param(1, None, id="a won deal has no kind of loss"),
        pytest.param(6, None, id="nor has an open one, whatever its reason says"),
    ],
)
def test_kind_of_loss(con: duckdb.DuckDBPyConnection, deal_key: int, expected: str | None) -> None:
    """Competitive, no decision or disqualified; null unless lost."""
    assert deal(con, deal_key, "loss_kind") == (expected,)


def test_answers_are_counted_by_question_without_neutral_fields(con: duckdb.DuckDBPyConnection) -> None:
    """Three questions hold text, two of them answers; on day 44 only pain stood, and of the champion (tracked since day 40) nothing did."""
    counts = "answers_filled_today, answers_today, answers_before_close, answers_unknown_before_close"
    assert deal(con, 1, counts) == (3, 2, 1, 0)


def test_junk_counts_as_filled_alone(con: duckdb.DuckDBPyConnection) -> None:
    """One text that is too short, no answer."""
    assert deal(con, 2, "answers_filled_today, answers_today") == (1, 0)


def test_an_open_deal_has_no_answers_before_close(con: duckdb.DuckDBPyConnection) -> None:
    """Its one answer of today is counted as such; all three questions are unknown before a close that has not come."""
    counts = "answers_today, answers_before_close, answers_unknown_before_close"
    assert deal(con, 6, counts) == (1, 0, 3)


def test_unknown_timing_before_close_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 3 closed on day 0, before the champion field was tracked: that question is unknown, the two others were blank."""
    assert deal(con, 3, "answers_before_close, answers_unknown_before_close") == (0, 1)


def test_the_days_of_all_questions_stand_in_one_list(con: duckdb.DuckDBPyConnection) -> None:
    """Pain on day 12, metric on days 3 and 45 with a gap from day 6; the champion field is known from day 40 on."""
    assert deal(con, 1, "answer_start_days, answer_end_days, unknown_until_days") == ([3, 12, 45], [6], [40])


def test_neutral_fields_have_lists_of_their_own(con: duckdb.DuckDBPyConnection) -> None:
    """Product line on day 2, lead detail found there when its tracking began on day 50."""
    assert deal(con, 1, "neutral_start_days, neutral_end_days, neutral_unknown_until_days") == ([2, 50], [], [50])


def test_a_deal_without_answers_has_empty_lists(con: duckdb.DuckDBPyConnection) -> None:
    """Empty, not null: their length is 0."""
    assert deal(con, 2, "answer_start_days, answer_end_days, neutral_start_days, neutral_end_days") == ([], [], [], [])


def test_a_deal_without_a_creation_date_has_no_days(con: duckdb.DuckDBPyConnection) -> None:
    """It is kept, with its outcome."""
    assert deal(con, 7, "outcome, answer_start_days, unknown_until_days") == ("won", [], [])


def test_one_row_per_deal(con: duckdb.DuckDBPyConnection) -> None:
    """None is lost, and none comes twice."""
    assert con.execute("select deal_key, deal_id from marts.deals order by deal_key").fetchall() == [(n, f"D{n}") for n in range(1, 8)]
