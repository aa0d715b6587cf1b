"""The work list of a coach: metrics.coaching_deals, metrics.coaching and metrics.coaching_summary."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# The export is of day 364 and the landmark is day 30: deals created up to day 334 have reached it. 2 answers are needed.
DEALS = """
    deal_key | owner | outcome | created_date | close_date | amount | currency
    1        | Ann   | open    | day 0        | day 354    | 500    | EUR
    2        | Ann   | open    | day 334      | day 364    | 900    | EUR
    3        | Ben   | open    | day 10       |            |        | EUR
    4        |       | open    | day 20       | day 400    | 7000   | USD
    5        | Ben   | open    | day 335      |            | 9000   | EUR
    6        | Ben   | won     | day 0        | day 90     | 9000   | EUR
    7        | Ann   | open    | day 0        |            | 9000   | EUR
    8        | Ann   | open    |              |            | 9000   | EUR
"""
VALUES = """
    deal_key | field_no | state       | junk_text
    1        | 2        | answered    |
    2        | 1        | placeholder | tbd
    2        | 3        | too short   | ?
    4        | 1        | answered    |
    4        | 3        | answered    |
    7        | 1        | answered    |
    7        | 2        | answered    |
    7        | 3        | answered    |
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        deals=DEALS,
        field_values=VALUES,
        stage_changes="""
            deal_key | changed_date | stage     | close_date
            1        | day 0        | Discovery | day 100
            1        | day 50       | Proposal  | day 354
        """,
    )


def test_open_deals_past_the_landmark_with_answers_missing_are_listed(con: duckdb.DuckDBPyConnection) -> None:
    """Not the young (5), the closed (6), the fully answered (7) and those without an age (8); money first, then age, others last."""
    found = con.execute("select position, deals_in_all, deal_key, amount, age_days from metrics.coaching()").fetchall()
    assert found == [(1, 4, 2, 900, 30), (2, 4, 1, 500, 364), (3, 4, 3, None, 354), (4, 4, 4, None, 344)]


def test_missing_questions_stand_in_order_and_junk_is_told_apart(con: duckdb.DuckDBPyConnection) -> None:
    """A junk text counts as missing, and its text stands beside its question; the first missing question is the next to ask."""
    columns = "deal_key, answers_today, answers_missing, answers_short, missing_questions, junk_questions, junk_texts, next_question"
    found = con.execute(f"select {columns} from metrics.coaching_deals() order by deal_key").fetchall()
    assert found == [
        (1, 1, 2, 1, ["pain", "champion"], [], [], "pain"),
        (2, 0, 3, 2, ["pain", "success_measure", "champion"], ["pain", "champion"], ["tbd", "?"], "pain"),
        (3, 0, 3, 2, ["pain", "success_measure", "champion"], [], [], "pain"),
        (4, 2, 1, 0, ["success_measure"], [], [], "success_measure"),
    ]


def test_the_order_is_that_of_the_configuration(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Question numbers decide, not names; neutral fields are never asked for, also where one bears the name of a question."""
    con = built(
        deals="""
            deal_key
            1
        """,
        questions="""
            question_no | topic    | is_neutral
            1           | zeal     | false
            2           | champion | false
            3           | Detail   | true
        """,
        fields="""
            field_no | field  | question_no | topic    | is_neutral
            1        | Zeal   | 1           | zeal     | false
            2        | Champ  | 2           | champion | false
            3        | Detail | 3           | Detail   | true
        """,
    )
    assert con.execute("select missing_questions, answers_missing from metrics.coaching()").fetchall() == [(["zeal", "champion"], 2)]


def test_an_overdue_close_date_is_counted_in_days(con: duckdb.DuckDBPyConnection) -> None:
    """Day 354 lies 10 days before the export; the day of the export is not overdue. Pushes are unknown without stage history."""
    found = con.execute("select deal_key, days_overdue, close_date_pushes from metrics.coaching_deals() order by deal_key").fetchall()
    assert found == [(1, 10, 1), (2, None, None), (3, None, None), (4, None, None)]


def test_the_landmark_and_the_answers_needed_can_be_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    """On day 29 deal 5 has come to it; with 3 answers needed deal 4 lacks one."""
    assert con.execute("select list(deal_key order by deal_key) from metrics.coaching(landmark_day := 29)").fetchall() == [
        ([1, 2, 3, 4, 5],)
    ]
    found = con.execute("select answers_short from metrics.coaching(answers_needed := 3) where deal_key = 4").fetchall()
    assert found == [(1,)]


def test_reps_narrow_beside_the_scope(con: duckdb.DuckDBPyConnection) -> None:
    """Both must hold; '(none)' is the deals without an owner."""
    ask = "select list(deal_key order by deal_key) from metrics.coaching({})"
    assert con.execute(ask.format("reps := ['Ann']")).fetchall() == [([1, 2],)]
    assert con.execute(ask.format("reps := ['(none)', 'Ben']")).fetchall() == [([3, 4],)]
    assert con.execute(ask.format("reps := ['Ann'], scope := map {'owner': ['Ben']}")).fetchall() == [(None,)]


def test_a_limit_keeps_the_count_of_all(con: duckdb.DuckDBPyConnection) -> None:
    """Two of four rows are given, those with most at stake."""
    found = con.execute("select deal_key, deals_in_all from metrics.coaching(row_limit := 2)").fetchall()
    assert found == [(2, 4), (1, 4)]


def test_the_list_is_added_up(con: duckdb.DuckDBPyConnection) -> None:
    """Four deals, two with an amount in euros, nine answers missing of which two are junk, one close date passed."""
    assert con.execute("from metrics.coaching_summary()").fetchall() == [("all", 4, 2, 1400, 9, 2, 1)]


def test_the_list_is_added_up_by_owner_and_question(con: duckdb.DuckDBPyConnection) -> None:
    """A deal stands under each of its missing questions; owners add up to the list."""
    found = con.execute("from metrics.coaching_summary(dimension := 'owner')").fetchall()
    assert found == [("Ann", 2, 2, 1400, 5, 2, 1), ("(none)", 1, 0, None, 1, 0, 0), ("Ben", 1, 0, None, 3, 0, 0)]
    found = con.execute("from metrics.coaching_summary(dimension := 'question')").fetchall()
    assert found == [("champion", 3, 2, 1400, 3, 1, 1), ("pain", 3, 2, 1400, 3, 1, 1), ("success_measure", 3, 1, 900, 3, 0, 0)]


def test_another_dimension_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    """A mistyped dimension is told, not answered with nothing."""
    with pytest.raises(duckdb.Error, match="dimension is one of"):
        con.execute("from metrics.coaching_summary(dimension := 'stage')").fetchall()


def test_no_field_history_is_needed(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Today's fields are enough."""
    con = built(
        settings="""
            as_of      | has_field_history
            2025-12-31 | false
        """,
        fields="""
            field_no | field      | question_no | topic           | tracked_since
            1        | Pain__c    | 1           | pain            |
            2        | Success__c | 2           | success_measure |
            3        | Champ__c   | 3           | champion        |
        """,
        deals="""
            deal_key | answered
            1        | 1 3
        """,
    )
    assert con.execute("select missing_questions from metrics.coaching()").fetchall() == [(["success_measure"],)]


def test_without_mapped_questions_there_is_no_list(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Nobody can say what is missing."""
    con = built(
        deals="""
            deal_key
            1
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
    assert con.execute("from metrics.coaching()").fetchall() == []
    assert con.execute("from metrics.coaching_summary()").fetchall() == []
