"""Since when the history of a question is known: intermediate.question_tracking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb

FIELDS = """
    field_no | field     | question_no | topic           | tracked_since | is_in_export
    1        | Pain__c   | 1           | pain            | 2024-03-01    | true
    2        | Hurts__c  | 1           | pain            | 2024-06-15    | true
    3        | Metric__c | 2           | success_measure | 2024-03-01    | true
    4        | Goal__c   | 2           | success_measure |               | true
    5        | Champ__c  | 3           | champion        | 2024-03-01    | true
    6        | Friend__c | 3           | champion        |               | false
"""


def test_a_question_is_known_once_all_its_fields_are(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """The latest field decides, one untracked field spoils it, and a field that the export lacks has no say."""
    con = built(deals="deal_key\n1", fields=FIELDS)
    found = con.execute(
        "select question_no, tracked_since, is_untracked from intermediate.question_tracking order by question_no"
    ).fetchall()
    assert found == [
        (1, date(2024, 6, 15), False),
        (2, date(2024, 3, 1), True),
        (3, date(2024, 3, 1), False),
    ]
