"""Steps 1 to 4 of the evidence ladder: metrics.evidence_ladder."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

Row = tuple[object, ...]

# Of two questions one answer is enough, by day 30, within 100 days.
SETTINGS = """
    as_of      | answers_needed | horizon_days
    2025-12-31 | 1              | 100
"""
QUESTIONS = """
    question_no | topic
    1           | pain
    2           | champion
"""
FIELDS = """
    field_no | field       | question_no | topic    | tracked_since
    1        | Pain__c     | 1           | pain     | day -100
    2        | Champion__c | 2           | champion | day 20
"""

# Nine closed deals, one open, one too young. Pain was written early (1, 2, 3), late (4), on the last day but one (5), on the last day (6), or
# never; deals 7 and 8 hold junk. Deal 9 closed before the champion field was tracked.
DEALS = """
    deal_key | owner | outcome | created_date | close_date
    1        | Ann   | won     | day 0        | day 40
    2        | Ann   | won     | day 0        | day 60
    3        | Bob   | lost    | day 0        | day 50
    4        | Bob   | won     | day 0        | day 80
    5        | Cleo  | won     | day 0        | day 131
    6        | Cleo  | won     | day 0        | day 90
    7        | Dan   | won     | day 0        | day 70
    8        | Dan   | lost    | day 0        | day 45
    9        | Eve   | lost    | day 0        | day 15
    10       | Eve   | open    | day 0        |
    11       | Ann   | lost    | day 300      | day 340
"""
VALUES = """
    deal_key | field_no | state       | junk_text
    1        | 1        | answered    |
    2        | 1        | answered    |
    3        | 1        | answered    |
    4        | 1        | answered    |
    5        | 1        | answered    |
    6        | 1        | answered    |
    7        | 1        | placeholder | tbd
    8        | 2        | too short   | a
    10       | 1        | answered    |
"""
CHANGES = """
    deal_key | field_no | changed_date | new_state
    1        | 1        | day 10       | answered
    2        | 1        | day 30       | answered
    3        | 1        | day 12       | answered
    4        | 1        | day 31       | answered
    5        | 1        | day 130      | answered
    6        | 1        | day 90       | answered
    10       | 1        | day 10       | answered
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(settings=SETTINGS, questions=QUESTIONS, fields=FIELDS, deals=DEALS, field_values=VALUES, field_changes=CHANGES)


def steps(con: duckdb.DuckDBPyConnection, columns: str, arguments: str = "") -> list[Row]:
    """Return columns of steps 1 to 4."""
    return con.execute(f"select {columns} from metrics.evidence_ladder({arguments}) where step <= 4 order by step").fetchall()


def test_the_steps_have_names(con: duckdb.DuckDBPyConnection) -> None:
    """Six of them, in order."""
    assert con.execute("select step, step_name from metrics.evidence_ladder()").fetchall() == [
        (1, "as the CRM reports it"),
        (2, "without junk answers"),
        (3, "without answers written after the fact"),
        (4, "at equal deal age"),
        (5, "like for like"),
        (6, "beyond tidy record-keeping"),
    ]


def test_each_step_counts_its_own_answers(con: duckdb.DuckDBPyConnection) -> None:
    """Won and deals of both groups:

    1. Any text: deals 1 to 8, of which 3 and 8 were lost; no text: 9 and 11, lost.
    2. Without junk 7 and 8 change sides: 7 was won.
    3. Deal 6 wrote on the day of closing, and changes sides. Of deal 9 nobody knows the champion before its close on day 15: it is left out.
    4. By day 30: deals 1, 2, 3 and the open 10. After it: 4, 5, 6, 7, 8, of which 5 was won a day after the horizon, day 130.
    """
    assert steps(con, "customer_won, customer_deals, seller_won, seller_deals") == [
        (6, 8, 0, 2),
        (5, 6, 1, 4),
        (4, 5, 2, 4),
        (2, 4, 3, 5),
    ]


def test_rates_and_what_each_step_takes_off(con: duckdb.DuckDBPyConnection) -> None:
    """Rate of customer-focused less that of seller-focused deals, and the difference of the step before less this one."""
    first, *others = steps(con, "customer_rate, seller_rate, difference, removed")
    assert first == (6 / 8, 0, 0.75, None)
    assert others == [
        pytest.approx((5 / 6, 1 / 4, 7 / 12, 0.75 - 7 / 12), rel=1e-12),
        pytest.approx((4 / 5, 2 / 4, 0.3, 7 / 12 - 0.3), rel=1e-12),
        pytest.approx((2 / 4, 3 / 5, -0.1, 0.4), rel=1e-12),
    ]


def test_deals_used_and_left_out_add_up(con: duckdb.DuckDBPyConnection) -> None:
    """Eleven deals: the open one has no part in steps 1 to 3, deal 9 none from step 3 on, and deal 11 none in step 4."""
    assert steps(con, "deals_used, deals_left_out") == [(10, 1), (10, 1), (9, 2), (9, 2)]


def test_days_to_win_are_means_of_won_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Won: 40, 60, 80, 131, 90, 70 days. None is seller-focused at first, then 7; then 6 and 7; then 4, 6, 7 against 1 and 2."""
    first, *others = [row[0] for row in steps(con, "days_to_win_difference")]
    assert first is None
    assert others == pytest.approx([401 / 5 - 70, 311 / 4 - 160 / 2, 100 / 2 - 240 / 3], rel=1e-12)


def test_only_step_4_has_an_interval(con: duckdb.DuckDBPyConnection) -> None:
    """An interval would hide the bias of the steps before. Eve is the fifth owner, by her open deal."""
    found = steps(con, "low is null, high is null, owners, reason")
    assert found == [(True, True, None, None)] * 3 + [(False, False, 5, None)]


def test_fewer_than_five_owners_have_no_interval(con: duckdb.DuckDBPyConnection) -> None:
    """Without Eve there are four, and the step says why."""
    found = steps(con, "low, high, standard_error, owners, reason", "scope := map {'owner': ['Ann', 'Bob', 'Cleo', 'Dan']}")
    assert found[3] == (None, None, None, 4, "fewer than 5 owners")


def test_one_group_alone_has_no_difference(con: duckdb.DuckDBPyConnection) -> None:
    """Dan's two deals hold junk: customer-focused in step 1, seller-focused from then on."""
    found = steps(con, "customer_deals, seller_deals, customer_rate, seller_rate, difference, reason", "scope := map {'owner': ['Dan']}")
    assert found == [(2, 0, 0.5, None, None, "one group only")] + [(0, 2, None, 0.5, None, "one group only")] * 3


def test_more_answers_may_be_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    """No deal has two, not even of junk."""
    assert steps(con, "customer_deals, seller_deals", "answers_needed := 2")[:3] == [(0, 10), (0, 10), (0, 10)]


def test_a_later_landmark_moves_step_4_alone(con: duckdb.DuckDBPyConnection) -> None:
    """By day 31 deal 4 is customer-focused; its win and that of deal 5, now on the last day of the horizon, count."""
    counts = "customer_won, customer_deals, seller_won, seller_deals"
    before, after = steps(con, counts), steps(con, counts, "landmark_day := 31")
    assert after[:3] == before[:3]
    assert after[3] == (3, 5, 3, 4)


def test_without_field_history_there_are_two_steps(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Nobody can know when a field was filled."""
    con = built(
        settings="""
            as_of      | answers_needed | has_field_history
            2025-12-31 | 1              | false
        """,
        questions=QUESTIONS,
        fields="""
            field_no | field       | question_no | topic    | tracked_since
            1        | Pain__c     | 1           | pain     |
            2        | Champion__c | 2           | champion |
        """,
        deals=DEALS,
        field_values=VALUES,
    )
    assert steps(con, "customer_won, customer_deals, seller_won, seller_deals, reason") == [
        (6, 8, 0, 2, None),
        (5, 6, 1, 4, None),
        (0, 0, 0, 0, "no field history"),
        (0, 0, 0, 0, "no field history"),
    ]


def test_without_mapped_questions_every_step_is_empty(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """All deals are left out of every step."""
    con = built(
        settings=SETTINGS,
        questions="""
            question_no | topic | is_mapped
            1           | pain  | false
        """,
        fields="""
            field_no | field   | question_no | topic | is_in_export | tracked_since
            1        | Pain__c | 1           | pain  | false        |
        """,
        deals=DEALS,
    )
    found = con.execute("select difference, deals_used, deals_left_out, reason from metrics.evidence_ladder()").fetchall()
    assert found == [(None, 0, 11, "no questions mapped")] * 6


def test_without_neutral_fields_the_last_step_says_so(con: duckdb.DuckDBPyConnection) -> None:
    """None is configured here."""
    assert con.execute("select difference, reason from metrics.evidence_ladder() where step = 6").fetchall() == [
        (None, "no neutral fields")
    ]
