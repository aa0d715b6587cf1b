"""Answers in fields that the CRM keeps no history of."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# Pain is the one field without history; the two others have been tracked all along.
FIELDS = """
    field_no | field       | question_no | topic           | tracked_since
    1        | Pain__c     | 1           | pain            |
    2        | Metric__c   | 2           | success_measure | day -100
    3        | Champion__c | 3           | champion        | day -100
"""


@pytest.fixture(scope="module")
def untracked(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        fields=FIELDS,
        deals="""
            deal_key | outcome | close_date | answered
            1        | won     | day 60     | 1 2
            2        | won     | day 60     | 1
            3        | open    |            |
        """,
    )


def test_an_answer_in_a_field_without_history_is_of_no_day(untracked: duckdb.DuckDBPyConnection) -> None:
    """It stands there today, and may have been written after the close."""
    found = untracked.execute(
        "select first_answered_day, unknown_until_day, is_answered_before_close from marts.deal_answers where deal_key = 1 and question = 'pain'"
    ).fetchall()
    assert found == [(None, 1000000, None)]


def test_an_answer_in_a_field_without_history_is_no_known_answer(untracked: duckdb.DuckDBPyConnection) -> None:
    """Deals 1 and 2 hold one untracked answer each: deal 1 may have two by day 30, deals 2 and 3 one at most."""
    found = untracked.execute(
        "select deal_key, answers_known, answers_unknown, focus from metrics.tagged_deals() order by deal_key"
    ).fetchall()
    assert found == [(1, 1, 1, "unclassified"), (2, 0, 1, "seller-focused"), (3, 0, 1, "seller-focused")]
