"""What a field held when its history begins: intermediate.field_starts."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# Fields 1 to 3 ask for one question each: tracked since long ago, tracked since day 20, and with a history that tells first values.
FIELDS = """
    field_no | field     | question_no | topic           | tracked_since | records_first_value
    1        | Pain__c   | 1           | pain            | day -100      | false
    2        | Metric__c | 2           | success_measure | day 20        | false
    3        | Champ__c  | 3           | champion        | day -100      | true
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        fields=FIELDS,
        deals="""
            deal_key | created_date
            1        | day 0
            2        | day 0
            3        | day 0
            4        | day 0
            5        | day 0
            6        | day 0
            7        | day 0
            8        | day 25
            9        |
            10       | day 0
            11       | day 0
        """,
        field_values="""
            deal_key | field_no | state       | junk_text
            1        | 1        | answered    |
            2        | 1        | answered    |
            3        | 1        | answered    |
            3        | 2        | answered    |
            3        | 3        | answered    |
            4        | 1        | placeholder | tbd
            5        | 1        | answered    |
            8        | 2        | answered    |
            9        | 1        | answered    |
        """,
        field_changes="""
            deal_key | field_no | changed_at  | old_state    | new_state
            1        | 1        | day 7 09:00 | blank        | answered
            1        | 1        | day 8 09:00 | answered     | answered
            2        | 1        | day 7 09:00 | answered     | blank
            2        | 1        | day 9 09:00 | blank        | answered
            5        | 1        | day 6 09:00 | not recorded | not recorded
            5        | 1        | day 9 09:00 | not recorded | not recorded
            6        | 1        | day 6 09:00 | not recorded | not recorded
            7        | 2        | day 30 09:00 | answered    | blank
            7        | 3        | day 5 09:00 | blank        | answered
            10       | 1        | day 4 17:00 | blank        | answered
            10       | 1        | day 4 09:00 | answered     | blank
            11       | 1        | day 4 09:00 | answered     | placeholder
            11       | 1        | day 4 09:00 | blank        | answered
        """,
    )


@pytest.mark.parametrize(
    ("deal_key", "field_no", "expected"),
    [
        pytest.param(1, 1, [(None, False)], id="the first change began at blank: nothing stood there before"),
        pytest.param(2, 1, [(0, False)], id="the first change began at an answer: it stood there since creation"),
        pytest.param(3, 1, [(0, False)], id="answered today and never changed: answered since creation"),
        pytest.param(3, 2, [(20, False)], id="answered today and never changed: known since tracking began on day 20"),
        pytest.param(3, 3, [(None, False)], id="a history that tells first values and tells none: not answered by it"),
        pytest.param(4, 1, [(None, False)], id="junk today and never changed: never answered"),
        pytest.param(5, 1, [(6, True)], id="edits without texts date today's answer by the first of them, approximately"),
        pytest.param(6, 1, [(None, True)], id="edits without texts, and no answer today: none is dated"),
        pytest.param(7, 2, [(20, False)], id="cleared on day 30: the answer is known since tracking began on day 20"),
        pytest.param(7, 3, [(None, False)], id="a history that tells first values tells this one on day 5"),
        pytest.param(8, 2, [(0, False)], id="created after tracking began: known since creation"),
        pytest.param(9, 1, [], id="without a creation date there are no days"),
        pytest.param(10, 1, [(0, False)], id="of two changes on a day the earlier is the first"),
        pytest.param(
            11, 1, [(None, False)], id="of two changes in one moment, that which found no answer, in whatever order they were read"
        ),
        pytest.param(1, 2, [], id="a field that was never filled has no history"),
    ],
)
def test_how_the_history_of_a_field_begins(
    con: duckdb.DuckDBPyConnection, deal_key: int, field_no: int, expected: list[tuple[int | None, bool]]
) -> None:
    """The day from which an answer is known to have stood there at first, and whether it is approximate."""
    found = con.execute(
        "select answered_day, is_approximate from intermediate.field_starts where deal_key = ? and field_no = ?", [deal_key, field_no]
    ).fetchall()
    assert found == expected


def test_a_field_knows_its_question(con: duckdb.DuckDBPyConnection) -> None:
    """One row per deal and field that ever held anything, of the deals with a creation date."""
    found = con.execute("select deal_key, field_no, question_no from intermediate.field_starts order by deal_key, field_no").fetchall()
    assert found == [
        (1, 1, 1),
        (2, 1, 1),
        (3, 1, 1),
        (3, 2, 2),
        (3, 3, 3),
        (4, 1, 1),
        (5, 1, 1),
        (6, 1, 1),
        (7, 2, 2),
        (7, 3, 3),
        (8, 2, 2),
        (10, 1, 1),
        (11, 1, 1),
    ]


def test_two_fields_of_a_question_begin_apart(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """A question with two fields has a row of each, with the same number of the question."""
    con = built(
        fields="""
            field_no | field     | question_no | topic           | tracked_since
            1        | Pain__c   | 1           | pain            | day -100
            2        | Hurts__c  | 1           | pain            | day 3
            3        | Metric__c | 2           | success_measure | day -100
            4        | Champ__c  | 3           | champion        | day -100
        """,
        deals="""
            deal_key | answered
            1        | 1 2
        """,
    )
    found = con.execute("select field_no, question_no, answered_day from intermediate.field_starts order by field_no").fetchall()
    assert found == [(1, 1, 0), (2, 1, 3)]
