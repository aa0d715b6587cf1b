"""Deals with their tag and their part in the comparison: metrics.tagged_deals."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

# Two of three answers are needed, and so both neutral fields: ⌈2 · 2 / 3⌉ = 2. The champion field has been tracked since day 100, and the
# neutral lead detail since day 50.
QUESTIONS = """
    question_no | topic           | is_neutral
    1           | pain            | false
    2           | success_measure | false
    3           | champion        | false
    4           | Product_Line    | true
    5           | Lead_Detail     | true
"""
FIELDS = """
    field_no | field        | question_no | topic           | is_neutral | tracked_since
    1        | Pain__c      | 1           | pain            | false      | day -100
    2        | Metric__c    | 2           | success_measure | false      | day -100
    3        | Champion__c  | 3           | champion        | false      | day 100
    4        | Product_Line | 4           | Product_Line    | true       | day -100
    5        | Lead_Detail  | 5           | Lead_Detail     | true       | day 50
"""

# Deals 1 to 6 began before the champion field was tracked, the others after; all were followed to day 210 or longer.
DEALS = """
    deal_key | created_date | outcome | close_date
    1        | day 0        | open    |
    2        | day 0        | open    |
    3        | day 0        | open    |
    4        | day 0        | open    |
    5        | day 0        | won     | day 210
    6        | day 0        | won     | day 211
    11       | day 100      | open    |
    12       | day 100      | open    |
    13       | day 100      | open    |
    14       | day 100      | open    |
    15       | day 100      | open    |
    16       | day 100      | open    |
"""

# Days of deals 11 to 16 are those after day 100: day 130 is the landmark.
CHANGES = """
    deal_key | field_no | changed_at    | new_state
    1        | 1        | day 3 09:00   | answered
    1        | 2        | day 9 09:00   | answered
    2        | 1        | day 3 09:00   | answered
    4        | 1        | day 3 09:00   | answered
    4        | 2        | day 31 09:00  | answered
    5        | 1        | day 3 09:00   | answered
    5        | 2        | day 3 09:00   | answered
    6        | 1        | day 3 09:00   | answered
    6        | 2        | day 3 09:00   | answered
    11       | 1        | day 110 09:00 | answered
    11       | 2        | day 130 23:59 | answered
    12       | 1        | day 110 09:00 | answered
    12       | 2        | day 131 00:00 | answered
    13       | 1        | day 110 09:00 | answered
    13       | 2        | day 110 09:00 | answered
    13       | 2        | day 130 10:00 | blank
    13       | 2        | day 131 10:00 | answered
    14       | 1        | day 110 09:00 | answered
    14       | 2        | day 110 09:00 | answered
    14       | 2        | day 131 10:00 | blank
    15       | 1        | day 110 09:00 | answered
    15       | 2        | day 110 09:00 | answered
    15       | 2        | day 120 10:00 | blank
    15       | 2        | day 130 10:00 | answered
    16       | 1        | day 110 09:00 | answered
    16       | 2        | day 130 09:00 | answered
    16       | 2        | day 130 17:00 | blank
    1        | 4        | day 5 09:00   | answered
    2        | 4        | day 31 09:00  | answered
    11       | 4        | day 110 09:00 | answered
    11       | 5        | day 130 09:00 | answered
    12       | 4        | day 110 09:00 | answered
    12       | 5        | day 131 09:00 | answered
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(questions=QUESTIONS, fields=FIELDS, deals=DEALS, field_changes=CHANGES)


def tag(con: duckdb.DuckDBPyConnection, deal_key: int, columns: str, arguments: str = "") -> tuple[object, ...]:
    """Return columns of a deal."""
    [row] = con.execute(f"select {columns} from metrics.tagged_deals({arguments}) where deal_key = ?", [deal_key]).fetchall()
    assert isinstance(row, tuple)
    return row


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(1, (2, 1, "customer-focused", "compared"), id="two known answers: the unknown one cannot undo it"),
        pytest.param(2, (1, 1, "unclassified", "timing unknown"), id="one known, one unknown: it may be one or two"),
        pytest.param(3, (0, 1, "seller-focused", "compared"), id="none known, one unknown: at most one"),
        pytest.param(4, (1, 1, "unclassified", "timing unknown"), id="the second answer of day 31 does not help on day 30"),
    ],
)
def test_unknown_answers_decide_or_do_not(con: duckdb.DuckDBPyConnection, deal_key: int, expected: tuple[object, ...]) -> None:
    """Two answers are needed, and until day 100 nobody knows of the champion."""
    assert tag(con, deal_key, "answers_known, answers_unknown, focus, part") == expected


def test_tracking_that_begins_on_the_landmark_day_tells_its_end(con: duckdb.DuckDBPyConnection) -> None:
    """The champion field has been tracked since day 100: what stood there at the end of day 100 is known, and of day 99 it is not."""
    assert tag(con, 3, "answers_unknown", "landmark_day := 99") == (1,)
    assert tag(con, 3, "answers_unknown", "landmark_day := 100") == (0,)


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(11, (2, 0, "customer-focused"), id="the second answer one minute before the end of day 30"),
        pytest.param(12, (1, 0, "seller-focused"), id="the second answer as day 31 begins"),
        pytest.param(13, (1, 0, "seller-focused"), id="cleared on day 30, given again on day 31"),
        pytest.param(14, (2, 0, "customer-focused"), id="cleared on day 31"),
        pytest.param(15, (2, 0, "customer-focused"), id="cleared on day 20, given again on day 30"),
        pytest.param(16, (1, 0, "seller-focused"), id="given and cleared on day 30"),
    ],
)
def test_the_tag_is_what_stood_at_the_end_of_the_landmark_day(
    con: duckdb.DuckDBPyConnection, deal_key: int, expected: tuple[object, ...]
) -> None:
    """An answer of day 30 counts, of day 31 it does not."""
    assert tag(con, deal_key, "answers_known, answers_unknown, focus") == expected


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(1, None, id="one of two filled, the other unknown until day 50"),
        pytest.param(2, False, id="none by day 30: at most one"),
        pytest.param(11, True, id="both by day 30"),
        pytest.param(12, False, id="the second on day 31"),
    ],
)
def test_tidiness_is_judged_like_the_tag(con: duckdb.DuckDBPyConnection, deal_key: int, expected: bool | None) -> None:  # noqa: FBT001 - a literal expectation
    """Of two neutral fields ⌈2 · 2 / 3⌉ = 2 are needed, the same share as two of three questions."""
    assert tag(con, deal_key, "is_tidy") == (expected,)


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(5, (True, 180), id="won on day 210, the last of the horizon"),
        pytest.param(6, (False, 180), id="won on day 211: not by the horizon"),
        pytest.param(1, (False, 180), id="still open"),
        pytest.param(2, (False, None), id="not compared: no days, but its outcome is known"),
    ],
)
def test_the_outcome_is_that_of_the_horizon(con: duckdb.DuckDBPyConnection, deal_key: int, expected: tuple[object, ...]) -> None:
    """Won by day 30 + 180, and the days open from day 30 to then."""
    assert tag(con, deal_key, "is_won_by_horizon, days_open") == expected


def test_settings_may_be_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    """On day 2 deal 1 had no answer; with one answer needed deal 2 has enough; within 181 days deal 6 is won."""
    assert tag(con, 1, "day_l, answers_known, focus", "landmark_day := 2") == (2, 0, "seller-focused")
    assert tag(con, 2, "focus", "answers_needed := 1") == ("customer-focused",)
    assert tag(con, 6, "is_won_by_horizon, days_open", "horizon_days := 181") == (True, 181)


def test_the_kept_tags_are_those_of_the_settings(con: duckdb.DuckDBPyConnection) -> None:
    """Asking for the settings of the file by value gives what the file keeps, deal by deal and column by column."""
    asked = "landmark_day := 30, answers_needed := 2, horizon_days := 180"
    differing = f"(from metrics.tagged_deals() except from metrics.tagged_deals({asked}))"
    assert con.execute(f"select count(*) from metrics.tagged_deals({asked})").fetchall() == [(12,)]
    assert con.execute(differing).fetchall() == []


@pytest.fixture(scope="module")
def history(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return deals that changed stage, owner and amount around day 30, or tell nothing of it."""
    return built(
        deals="""
            deal_key | owner | amount | currency
            1        | Cleo  | 90000  | EUR
            2        | Cleo  | 90000  | EUR
            3        | Cleo  | 90000  | EUR
            4        | Cleo  | 90000  | USD
        """,
        owner_changes="""
            deal_key | changed_date | old_owner | new_owner
            1        | day 30       | Ann       | Bob
            1        | day 40       | Bob       | Cleo
            2        | day 31       | Ann       | Cleo
        """,
        stage_changes="""
            deal_key | changed_date | stage     | amount
            1        | day 0        | Discovery | 5000
            1        | day 30       | Proposal  | 20000
            1        | day 31       | Discovery | 90000
            2        | day 0        | Discovery | 5000
            2        | day 31       | Proposal  | 90000
            4        | day 0        | Discovery | 5000
        """,
    )


@pytest.mark.parametrize(
    ("deal_key", "expected"),
    [
        pytest.param(1, ("Proposal", "Bob", 20000.0, "10,000 to 50,000"), id="changes of day 30 count"),
        pytest.param(2, ("Discovery", "Ann", 5000.0, "under 10,000"), id="changes of day 31 do not"),
        pytest.param(3, (None, "Cleo", None, "(none)"), id="a history that tells nothing leaves the owner of today"),
        pytest.param(4, ("Discovery", "Cleo", None, "(none)"), id="an amount of another currency is none"),
    ],
)
def test_stage_owner_and_amount_are_as_of_the_landmark(
    history: duckdb.DuckDBPyConnection, deal_key: int, expected: tuple[object, ...]
) -> None:
    """What the deal became later is not looked at."""
    assert tag(history, deal_key, "landmark_stage_name, landmark_owner, landmark_amount::double, landmark_band") == expected


def test_the_band_as_a_dimension_is_that_of_the_landmark(history: duckdb.DuckDBPyConnection) -> None:
    """The amount of today is in the third band for all euro deals, and the scope goes by that."""
    assert tag(history, 1, "by_value, amount_band", "dimension := 'amount_band'") == ("10,000 to 50,000", "50,000 to 250,000")


def test_the_landmark_may_be_the_entry_into_a_stage(history: duckdb.DuckDBPyConnection) -> None:
    """Deal 1 entered Proposal on day 30 and deal 2 on day 31, which is then the day that counts."""
    assert tag(history, 2, "day_l, landmark_stage_name, landmark_owner", "landmark_stage := 'Proposal'") == (31, "Proposal", "Cleo")


def test_a_dimension_that_there_is_not_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    """Rather than one group of everything."""
    with pytest.raises(duckdb.Error, match="dimension is one of all, segment"):
        tag(con, 1, "by_value", "dimension := 'colour'")
