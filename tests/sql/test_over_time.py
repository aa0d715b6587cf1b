"""Deals and fields that earlier exports held: when they were seen, and what is known of them since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import pytest

DAY_0 = date(2025, 1, 1)


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return a file of two sources: exports of salesforce were loaded on days 10, 40 and 364, one of acme on day 300."""
    return built(
        loads="""
            load_no | load_id | as_of   | source
            1       | first   | day 10  | salesforce
            2       | second  | day 40  | salesforce
            3       | other   | day 300 | acme
            4       | third   | day 364 | salesforce
        """,
        load_columns="""
            load_id | file | role          | header     | fed         | is_field
            first   | a    | deals         | Id         | deal_id     | false
            first   | a    | deals         | Worth      | amount      | false
            first   | a    | deals         | Pain__c    | Pain__c     | true
            first   | b    | field_history | Field      | field       | false
            second  | a    | deals         | Amount     | amount      | false
            third   | a    | deals         | Id         | deal_id     | false
            third   | a    | deals         | Sum        |             |
            third   | a    | deals         | Pains__c   |             |
            other   | a    | deals         | Id         | deal_id     | false
        """,
        fields="""
            field_no | field       | question_no | topic           | source     | tracked_since | held_on | exports_from | exports_to
            1        | Pain__c     | 1           | pain            | salesforce | day 10        | day 40  | day 10       | day 40
            2        | Success__c  | 2           | success_measure | salesforce | day 10        | day 364 | day 10       | day 364
            3        | Champion__c | 3           | champion        | salesforce | day -100      | day 364 | day 364      | day 364
            4        | Champ       | 3           | champion        | acme       | day -100      | day 300 | day 300      | day 300
        """,
        stages="""
            stage  | stage_outcome | source
            Closed | won           | salesforce
            Closed | lost          | acme
            Open   | open          | salesforce
            Open   | open          | acme
        """,
        deals="""
            deal_key | source     | outcome | close_date | created_date | first_seen_on | last_seen_on
            1        | salesforce | open    |            | day 0        | day 10        | day 364
            2        | salesforce | won     | day 39     | day 0        | day 10        | day 364
            3        | salesforce | open    |            | day 20       | day 40        | day 364
            4        | salesforce | open    |            | day 0        | day 10        | day 40
            5        | salesforce | open    |            | day 100      | day 364       | day 364
            6        | acme       | lost    | day 60     | day 0        | day 300       | day 300
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state | told_by
            1        | 2        | day 40       | answered  | exports
            1        | 3        | day 5        | answered  | history
            3        | 2        | day 40       | answered  | exports
            6        | 4        | day 3        | answered  | history
        """,
        stage_changes="""
            deal_key | changed_date | stage
            2        | day 1        | Open
            2        | day 39       | Closed
            6        | day 1        | Open
            6        | day 60       | Closed
        """,
    )


def timing(con: duckdb.DuckDBPyConnection, question: str) -> dict[int, object]:
    query = "select deal_key, unknown_until_day from marts.deal_answers where question = ? order by deal_key"
    return dict(con.execute(query, [question]).fetchall())


def test_a_field_that_exports_tell_is_known_since_the_deal_was_first_seen(con: duckdb.DuckDBPyConnection) -> None:
    """Of deals in the first export since that day; of later ones since the export that first held them; never of the other source."""
    assert timing(con, "success_measure") == {1: 10, 2: 10, 3: 20, 4: 10, 5: 264, 6: 1000000}


def test_a_field_that_is_gone_is_unknown_of_deals_that_went_on(con: duckdb.DuckDBPyConnection) -> None:
    """Of a deal that was closed, or last seen, while the field was held, all stays known."""
    assert timing(con, "pain") == {1: 1000000, 2: 10, 3: 1000000, 4: 10, 5: 1000000, 6: 1000000}


def test_a_field_with_history_is_known_of_every_deal(con: duckdb.DuckDBPyConnection) -> None:
    """Whenever the deal was first seen, and in each source by a field of its own."""
    assert timing(con, "champion") == dict.fromkeys(range(1, 7))


def test_an_answer_that_exports_tell_is_approximate(con: duckdb.DuckDBPyConnection) -> None:
    """The day is that of the export; one that history tells is exact."""
    query = "select deal_key, question, start_days, is_approximate from marts.deal_answers where start_days is not null order by all"
    assert con.execute(query).fetchall() == [
        (1, "champion", [5], False),
        (1, "success_measure", [40], True),
        (3, "success_measure", [20], True),
        (6, "champion", [3], False),
    ]


def test_deals_that_the_latest_export_of_their_source_lacks_are_missing(con: duckdb.DuckDBPyConnection) -> None:
    """Of their own source: another may be older altogether."""
    assert con.execute("select list(deal_key order by deal_key) from marts.deals where is_missing").fetchall() == [([4],)]


def test_deals_are_as_old_as_they_were_when_last_seen(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 4 was seen for 40 days: too young for a horizon of 180, and its curve ends there. It is on no work list."""
    assert con.execute("select part_by_age::varchar from metrics.tagged_deals() where deal_key = 4").fetchall() == [("too young",)]
    assert con.execute("select age_days from metrics.deal_facts(deal_id := 'D4')").fetchall() == [(40,)]
    assert 4 not in [key for (key,) in con.execute("select deal_key from metrics.coaching_deals()").fetchall()]
    assert 1 in [key for (key,) in con.execute("select deal_key from metrics.coaching_deals()").fetchall()]


def test_stages_of_one_name_say_what_they_say_in_their_source(con: duckdb.DuckDBPyConnection) -> None:
    """Closed is won in one CRM, and lost in the other."""
    query = "select deal_key, stage_outcome, left_date from marts.stage_spells where stage = 'Closed' order by deal_key"
    assert con.execute(query).fetchall() == [(2, "won", None), (6, "lost", None)]


def test_a_scope_may_name_a_source(con: duckdb.DuckDBPyConnection) -> None:
    """In every metric that takes one."""
    scope = "map {'source': ['acme']}"
    assert con.execute(f"select deal_key from metrics.scoped_deals(scope := {scope})").fetchall() == [(6,)]
    assert con.execute(f"select deal_key from metrics.tagged_deals(scope := {scope})").fetchall() == [(6,)]
    cells = "select sum(deals)::integer from metrics.landmark_cells(answers_needed := 1"
    assert con.execute(f"{cells}, scope := {scope})").fetchall() == [(1,)]
    assert con.execute(f"{cells})").fetchall() == [(4,)]


def test_columns_are_gone_that_the_latest_load_of_their_source_lacks(con: duckdb.DuckDBPyConnection) -> None:
    """As they were last written, with what the latest export holds that nothing asks for; of a file that is not there, nothing is said."""
    query = "select source, role, fed, is_field, question, header, last_on, unused_headers from marts.columns_gone order by fed"
    assert con.execute(query).fetchall() == [
        ("salesforce", "deals", "Pain__c", True, "pain", "Pain__c", DAY_0 + timedelta(days=10), ["Pains__c", "Sum"]),
        ("salesforce", "deals", "amount", False, None, "Amount", DAY_0 + timedelta(days=40), ["Pains__c", "Sum"]),
    ]


def test_fields_are_covered_source_by_source(con: duckdb.DuckDBPyConnection) -> None:
    """Deals are those of the field's own source."""
    assert con.execute("select source, field, deals from marts.field_coverage order by all").fetchall() == [
        ("acme", "Champ", 1),
        ("salesforce", "Champion__c", 5),
        ("salesforce", "Pain__c", 5),
        ("salesforce", "Success__c", 5),
    ]


@pytest.mark.parametrize(("day", "told_by", "is_known"), [(20, "exports", True), (31, "exports", False), (31, "history", True)])
def test_stages_that_exports_tell_may_come_too_late(
    built: Callable[..., duckdb.DuckDBPyConnection], day: int, told_by: str, *, is_known: bool
) -> None:
    """Of a deal that is compared on day 30, an export of day 31 tells no stage; history is as it always was."""
    con = built(
        deals="deal_key\n1",
        stage_changes=f"""
            deal_key | changed_date | stage     | told_by
            1        | day {day}    | Discovery | {told_by}
        """,
    )
    assert con.execute("select has_stages from prepared.tagging").fetchall() == [(is_known,)]
