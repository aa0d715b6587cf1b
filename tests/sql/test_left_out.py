"""What becomes of deals in the comparison: metrics.left_out."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# The champion field has been tracked since day 100. With 2 of 3 answers needed, a deal of day 0 with one known answer is of unknown timing.
# The export is of day 364, and a deal must be 30 + 180 days old: the last day of creation is 154.
FIELDS = """
    field_no | field       | question_no | topic           | tracked_since
    1        | Pain__c     | 1           | pain            | day -100
    2        | Metric__c   | 2           | success_measure | day -100
    3        | Champion__c | 3           | champion        | day 100
"""
DEALS = """
    deal_key | segment | outcome | created_date | close_date | answered
    1        | SMB     | won     | day 0        | day 31     | 1 2
    2        | SMB     | lost    | day 0        | day 300    |
    3        | SMB     | open    | day 154      |            |
    4        | SMB     | won     | day 155      | day 200    | 1 2
    5        | Public  | won     | day 0        | day 30     | 1 2
    6        | Public  | lost    | day 0        | day 0      |
    7        | Public  | won     | day 0        | day 90     | 1
    8        | Public  | lost    | day 0        | day -1     |
    9        | Public  | won     | day 0        |            | 1 2
    10       | Public  | won     |              | day 90     | 1 2
    11       | Public  | open    |              |            |
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(fields=FIELDS, deals=DEALS)


def test_each_deal_has_one_part(con: duckdb.DuckDBPyConnection) -> None:
    """Closing on day 31 is compared and on day 30 is decided; created on day 154 is old enough and on day 155 is not."""
    found = con.execute("select deal_key, part from metrics.tagged_deals() order by deal_key").fetchall()
    assert found == [
        (1, "compared"),
        (2, "compared"),
        (3, "compared"),
        (4, "too young"),
        (5, "decided by the landmark"),
        (6, "decided by the landmark"),
        (7, "timing unknown"),
        (8, "cycle below zero"),
        (9, "closed without a date"),
        (10, "no creation date"),
        (11, "no creation date"),
    ]


def test_parts_are_counted_with_those_won_to_date(con: duckdb.DuckDBPyConnection) -> None:
    """Compared deals first, then the largest part, then by name; eleven deals in all."""
    assert con.execute("select part, deals, won from metrics.left_out()").fetchall() == [
        ("compared", 3, 1),
        ("decided by the landmark", 2, 1),
        ("no creation date", 2, 1),
        ("closed without a date", 1, 1),
        ("cycle below zero", 1, 0),
        ("timing unknown", 1, 1),
        ("too young", 1, 1),
    ]


def test_an_earlier_landmark_moves_deals_to_other_parts(con: duckdb.DuckDBPyConnection) -> None:
    """On day 29 deal 5 is still open, and deal 4 is old enough; deal 6 closed on day 0."""
    found = con.execute("select part, deals from metrics.left_out(landmark_day := 29)").fetchall()
    assert dict(found) == {
        "compared": 5,
        "decided by the landmark": 1,
        "no creation date": 2,
        "closed without a date": 1,
        "cycle below zero": 1,
        "timing unknown": 1,
    }


def test_a_longer_horizon_makes_deals_too_young(con: duckdb.DuckDBPyConnection) -> None:
    """30 + 335 days is a day more than the oldest deal has; what is wrong with a deal's own days is told first."""
    found = con.execute("select part, deals from metrics.left_out(horizon_days := 335)").fetchall()
    assert dict(found) == {"too young": 7, "no creation date": 2, "closed without a date": 1, "cycle below zero": 1}


def test_fewer_answers_needed_leave_less_unknown(con: duckdb.DuckDBPyConnection) -> None:
    """With one needed deal 7 is customer-focused by its pain, but deals 2 and 6 of day 0 hang on the champion: 6 was decided before."""
    found = con.execute(
        "select deal_key, part from metrics.tagged_deals(answers_needed := 1) where deal_key in (2, 6, 7) order by deal_key"
    ).fetchall()
    assert found == [(2, "timing unknown"), (6, "decided by the landmark"), (7, "compared")]


def test_a_scope_leaves_its_own_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Three small deals are compared, one is too young."""
    assert con.execute("select part, deals, won from metrics.left_out(scope := map {'segment': ['SMB']})").fetchall() == [
        ("compared", 3, 1),
        ("too young", 1, 1),
    ]


def test_deals_that_never_came_to_the_stage_are_a_part(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """With the landmark at the entry into Proposal: deal 1 came there on day 50, deal 2 never."""
    con = built(
        deals="""
            deal_key
            1
            2
        """,
        stage_changes="""
            deal_key | changed_date | stage
            1        | day 0        | Discovery
            1        | day 50       | Proposal
            1        | day 60       | Discovery
            1        | day 70       | Proposal
            2        | day 0        | Discovery
        """,
    )
    found = con.execute("select deal_key, day_l, part from metrics.tagged_deals(landmark_stage := 'Proposal') order by deal_key").fetchall()
    assert found == [(1, 50, "compared"), (2, None, "never in that stage")]


def test_without_mapped_questions_nothing_is_compared(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """The export holds no field of any question, which goes before all that is wrong with a deal."""
    con = built(
        deals="""
            deal_key | outcome | created_date | close_date
            1        | won     | day 0        | day 60
            2        | lost    |              | day 60
        """,
        questions="""
            question_no | topic | is_mapped
            1           | pain  | false
        """,
        fields="""
            field_no | field   | question_no | topic | is_in_export | tracked_since
            1        | Pain__c | 1           | pain  | false        |
        """,
    )
    assert con.execute("select part, deals, won from metrics.left_out()").fetchall() == [("no questions mapped", 2, 1)]


def test_without_field_history_all_timing_is_unknown(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Deal 2 was decided before anybody could ask."""
    con = built(
        settings="""
            as_of      | has_field_history
            2025-12-31 | false
        """,
        fields="""
            field_no | field       | question_no | topic           | tracked_since
            1        | Pain__c     | 1           | pain            |
            2        | Metric__c   | 2           | success_measure |
            3        | Champion__c | 3           | champion        |
        """,
        deals="""
            deal_key | outcome | close_date | answered
            1        | won     | day 60     | 1 2 3
            2        | won     | day 20     | 1 2 3
            3        | open    |            |
        """,
    )
    assert con.execute("select part, deals from metrics.left_out()").fetchall() == [("timing unknown", 2), ("decided by the landmark", 1)]
