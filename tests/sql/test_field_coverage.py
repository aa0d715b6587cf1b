"""How the asked fields are filled: marts.field_coverage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb


def test_each_field_of_the_configuration_is_a_row(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Pain is answered in two of three deals and junk in the third; nobody fills the metric; the champion's field is not in the export."""
    con = built(
        questions="""
            question_no | topic        | is_neutral | is_mapped
            1           | pain         | false      | true
            2           | metric       | false      | true
            3           | champion     | false      | false
            4           | Product_Line | true       | true
        """,
        fields="""
            field_no | field        | question_no | topic        | is_neutral | is_in_export | tracked_since
            1        | Pain__c      | 1           | pain         | false      | true         | 2024-03-01
            2        | Metric__c    | 2           | metric       | false      | true         |
            3        | Champion__c  | 3           | champion     | false      | false        |
            4        | Product_Line | 4           | Product_Line | true       | true         | 2024-03-01
        """,
        deals="""
            deal_key
            1
            2
            3
        """,
        field_values="""
            deal_key | field_no | state        | junk_text
            1        | 1        | answered     |
            2        | 1        | answered     |
            3        | 1        | placeholder  | tbd
            2        | 4        | not a choice | other
        """,
    )
    found = con.execute(
        "select field, question, is_neutral, is_in_export, tracked_since, deals, deals_filled, deals_answered "
        "from marts.field_coverage order by field"
    ).fetchall()
    assert found == [
        ("Champion__c", "champion", False, False, None, 3, 0, 0),
        ("Metric__c", "metric", False, True, None, 3, 0, 0),
        ("Pain__c", "pain", False, True, date(2024, 3, 1), 3, 3, 2),
        ("Product_Line", "Product_Line", True, True, date(2024, 3, 1), 3, 1, 0),
    ]
