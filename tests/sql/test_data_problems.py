"""Faults of the data: metrics.data_problems, junk_answers, suspected_duplicates, bad_dates and unlisted_stages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import duckdb
import pytest

# The export is of day 364. The champion field has been tracked since day 100, so that it is unknown on day 30 for deals of day 0.
FIELDS = """
    field_no | field      | question_no | topic           | tracked_since
    1        | Pain__c    | 1           | pain            | day -100
    2        | Success__c | 2           | success_measure | day -100
    3        | Champion__c| 3           | champion        | day 100
"""
STAGES = """
    stage       | stage_outcome | outcome_from
    Discovery   | open          | mapping's default
    Forecasted  | open          | forecast category
    Closed Won  | won           | mapping
    Closed Lost | lost          | configuration
"""
DEALS = """
    deal_key | segment | owner | account_name | stage       | outcome | outcome_from      | created_date | close_date | amount | currency
    1        | SMB     | Ann   | Acme         | Closed Won  | won     | stage             | day 0        | day 90     | 100    | EUR
    2        | SMB     | Ann   | acme         | Closed Lost | lost    | stage             | day 1        | day -3     | 100    | EUR
    3        | SMB     | Ann   | Acme         | Discovery   | open    | stage             | day 200      | day 300    | 100    | EUR
    4        | Public  |       | Other        | Forecasted  | open    | forecast category | day 0        | day 364    | 100    | USD
    5        | Public  | Ben   |              | Closed Lost | lost    | stage             |              | day 20     |        | EUR
    6        | Public  | Ben   | Other        | Closed Lost | lost    | stage             | day 0        |            | 0      | EUR
"""
VALUES = """
    deal_key | field_no | state       | junk_text
    1        | 1        | answered    |
    1        | 2        | answered    |
    3        | 1        | placeholder | tbd
    4        | 1        | placeholder | tbd
    4        | 2        | too short   | x
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        fields=FIELDS,
        stages=STAGES,
        deals=DEALS,
        field_values=VALUES,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            1        | 1        | day 20       | answered
            1        | 2        | day 90       | answered
        """,
    )


def problems(con: duckdb.DuckDBPyConnection, arguments: str = "") -> dict[str, tuple[object, ...]]:
    rows = con.execute(f"select problem, found, checked, deals from metrics.data_problems({arguments})").fetchall()
    return {name: tuple(rest) for name, *rest in rows}


def test_each_fault_is_counted_beside_what_could_have_it(con: duckdb.DuckDBPyConnection) -> None:
    """Found, checked and deals of each kind, also where nothing is found."""
    assert problems(con) == {
        "junk answer": (3, 5, 2),
        "imported answer": (0, 5, 0),
        "back-filled answer": (1, 2, 1),
        "timing unknown": (4, 15, 4),
        "no creation date": (1, 6, 1),
        "closed without a date": (1, 4, 1),
        "cycle below zero": (1, 2, 1),
        "unlisted stage": (2, 6, 2),
        "no amount": (1, 6, 1),
        "other currency": (1, 5, 1),
        "no owner": (1, 6, 1),
        "close date passed": (1, 2, 1),
        "suspected duplicate": (2, 4, 2),
        "created after the export": (0, 5, 0),
        "closed after the export": (0, 3, 0),
        "implausible date": (0, 6, 0),
    }


def test_deals_in_no_stage_are_taken_as_open_too(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """A deal without a stage counts beside those of unlisted ones; a deal whose status tells its outcome does not, whatever its stage."""
    con = built(
        stages=STAGES,
        deals="""
            deal_key | stage     | outcome | outcome_from
            1        |           | open    | no stage
            2        | Discovery | open    | stage
            3        | Discovery | lost    | status
            4        |           | won     | status
        """,
    )
    assert problems(con)["unlisted stage"] == (2, 4, 2)


def test_the_share_is_of_those_checked(con: duckdb.DuckDBPyConnection) -> None:
    """Three of five filled fields are junk; nothing checked has no share."""
    ask = "select share from metrics.data_problems({}) where problem = '{}'"
    assert con.execute(ask.format("", "junk answer")).fetchall() == [(0.6,)]
    nobody = "scope := map {'segment': ['Nobody']}"
    assert con.execute(ask.format(nobody, "junk answer")).fetchall() == [(None,)]


def test_an_empty_scope_has_no_faults(con: duckdb.DuckDBPyConnection) -> None:
    """A row for each kind, and nothing found."""
    assert set(problems(con, "scope := map {'segment': ['Nobody']}").values()) == {(0, 0, 0)}


def test_timing_is_that_of_the_landmark_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    """By day 100 the champion field is known for the deals of day 0 and 1 too."""
    assert problems(con, "landmark_day := 100")["timing unknown"] == (0, 15, 0)


def test_junk_texts_are_counted_by_question_and_reason(con: duckdb.DuckDBPyConnection) -> None:
    """The most frequent first; a limit keeps the counts of all."""
    rows = [("pain", "placeholder", "tbd", 2, 2, 3), ("success_measure", "too short", "x", 1, 2, 3)]
    assert con.execute("from metrics.junk_answers()").fetchall() == rows
    assert con.execute("from metrics.junk_answers(row_limit := 1)").fetchall() == rows[:1]
    smb = con.execute("from metrics.junk_answers(scope := map {'segment': ['SMB']})").fetchall()
    assert smb == [("pain", "placeholder", "tbd", 1, 1, 1)]


def test_neutral_fields_have_no_junk(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """What stands in a control says nothing about the buyer anyway."""
    con = built(
        settings="""
            as_of      | answers_needed
            2025-12-31 | 1
        """,
        questions="""
            question_no | topic  | is_neutral
            1           | pain   | false
            2           | Detail | true
        """,
        fields="""
            field_no | field  | question_no | topic  | is_neutral
            1        | Pain   | 1           | pain   | false
            2        | Detail | 2           | Detail | true
        """,
        deals="""
            deal_key
            1
        """,
        field_values="""
            deal_key | field_no | state       | junk_text
            1        | 2        | placeholder | tbd
        """,
    )
    assert con.execute("from metrics.junk_answers()").fetchall() == []
    assert problems(con)["junk answer"] == (0, 0, 0)


def test_deals_alike_are_suspected_once(con: duckdb.DuckDBPyConnection) -> None:
    """Deals 1 and 2 share account, amount and week, letter case aside; deal 3 is of another week, and 0 is no amount."""
    found = con.execute(
        "select account_name, amount, currency, week_from::varchar, deals, deal_ids, outcomes, groups_in_all, deals_in_all "
        "from metrics.suspected_duplicates()"
    ).fetchall()
    assert found == [("Acme", 100, "EUR", "2024-12-30", 2, ["D1", "D2"], ["won", "lost"], 1, 2)]


def test_a_limit_keeps_the_counts_of_all_groups(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """The group of the largest amount is given; both are counted. Another currency is another amount."""
    con = built(
        deals="""
            deal_key | account_name | amount | currency
            1        | Acme         | 100    | EUR
            2        | Acme         | 100    | EUR
            3        | Bolt         | 200    | EUR
            4        | Bolt         | 200    | EUR
            5        | Bolt         | 200    | EUR
            6        | Bolt         | 200    | USD
        """
    )
    found = con.execute(
        "select account_name, deals, groups_in_all, deals_in_all from metrics.suspected_duplicates(row_limit := 1)"
    ).fetchall()
    assert found == [("Bolt", 3, 2, 5)]


BAD_DATES = """
    deal_key | outcome | created_date | close_date
    1        | won     | day 0        | day 364
    2        | won     | day 0        | day 365
    3        | lost    | day 10       | day 9
    4        | open    | day 365      | day 400
    5        | open    | 1989-12-31   | day 400
    6        | open    | 1990-01-01   | 3999-12-31
    7        | won     | day 366      | 2100-01-01
    8        | open    |              | 2099-12-31
"""


def test_dates_that_cannot_be_right_are_listed(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """Each deal and fault; a forecast may lie after the export, and a deal of the export's day may be of that day."""
    con = built(deals=BAD_DATES)
    found = con.execute("select fault, deal_id, deals_in_all, faults_in_all from metrics.bad_dates()").fetchall()
    assert [row[:2] for row in found] == [
        ("implausible date", "D5"),
        ("implausible date", "D6"),
        ("implausible date", "D7"),
        ("created after the export", "D4"),
        ("created after the export", "D7"),
        ("closed after the export", "D2"),
        ("closed after the export", "D7"),
        ("closed before created", "D3"),
    ]
    assert {row[2:] for row in found} == {(6, 8)}
    assert con.execute("select fault, deal_id, deals_in_all, faults_in_all from metrics.bad_dates(row_limit := 1)").fetchall() == found[:1]
    counted = problems(con)
    assert counted["created after the export"] == (2, 7, 2)
    assert counted["closed after the export"] == (2, 4, 2)
    assert counted["implausible date"] == (3, 8, 3)


def test_a_scope_narrows_bad_dates(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 2 was closed before it was created, and is of the segment SMB."""
    ask = "select fault, deal_id from metrics.bad_dates(scope := map {{'segment': ['{}']}})"
    assert con.execute(ask.format("SMB")).fetchall() == [("closed before created", "D2")]
    assert con.execute(ask.format("Public")).fetchall() == []


def test_stages_that_nobody_names_come_with_the_line_to_write(built: Callable[..., duckdb.DuckDBPyConnection]) -> None:
    """As TOML reads it back; with the largest deals in them, and those that only the history knows."""
    con = built(
        stages="""
            stage        | stage_outcome | outcome_from
            Say "hi" \\ ü | open          | mapping's default
            Forecasted   | open          | forecast category
            Long gone    | open          | mapping's default
            Closed Won   | won           | mapping
            Closed Lost  | lost          | configuration
            Flagged      | won           | flags
        """,
        deals="""
            deal_key | segment | stage        | outcome | amount | close_date
            1        | SMB     | Say "hi" \\ ü | open    |        |
            2        | SMB     | Say "hi" \\ ü | open    | 5      |
            3        | SMB     | Forecasted   | won     | 5      | day 40
            4        | Public  | Forecasted   | open    | 5      |
            5        | Public  | Forecasted   | won     | 5      | day 40
            6        | Public  | Closed Won   | won     | 5      | day 40
            7        | Public  |              | open    | 5      |
        """,
    )
    found = con.execute("select stage, taken_as, told_by, deals, deal_ids, line from metrics.unlisted_stages()").fetchall()
    assert found == [
        ("Forecasted", "open or won", "forecast category", 3, ["D3", "D4", "D5"], '"Forecasted" = "open"'),
        ('Say "hi" \\ ü', "open", "mapping's default", 2, ["D2", "D1"], '"Say \\"hi\\" \\\\ ü" = "open"'),
        ("Long gone", "open", "mapping's default", 0, [], '"Long gone" = "open"'),
    ]
    assert [tomllib.loads(row[5]) for row in found] == [{row[0]: "open"} for row in found]
    smb = con.execute("select stage, taken_as, deals, line from metrics.unlisted_stages(scope := map {'segment': ['SMB']})").fetchall()
    assert smb[1] == ("Forecasted", "won", 1, '"Forecasted" = "won"')
