"""One deal, and the deals behind a rate, from raw rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

Built = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def con(built: Built) -> duckdb.DuckDBPyConnection:
    """Return three deals: the first was answered by the landmark, the second after it, the third is too young."""
    return built(
        deals="""
            deal_key | outcome | stage       | close_date | amount | segment | owner | created_date
            1        | won     | Closed Won  | day 60     | 500    | SMB     | Ann   | day 0
            2        | lost    | Closed Lost | day 90     | 900    | SMB     | Ben   | day 0
            3        | open    | Discovery   | day 400    | 700    | SMB     | Ann   | day 300
        """,
        field_values="""
            deal_key | field_no | state       | junk_text
            1        | 1        | answered    |
            1        | 2        | answered    |
            2        | 1        | answered    |
            2        | 3        | placeholder | tbd
        """,
        field_changes="""
            deal_key | field_no | changed_date | new_state
            1        | 1        | day 3        | answered
            1        | 2        | day 30       | answered
            2        | 1        | day 71       | answered
        """,
        stage_changes="""
            deal_key | changed_date | stage
            1        | day 0        | Discovery
            1        | day 20       | Proposal
            1        | day 60       | Closed Won
            3        | day 300      | Discovery
        """,
    )


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_the_list_is_of_the_deals_that_are_counted(con: duckdb.DuckDBPyConnection) -> None:
    """The largest first, cut after as many as asked, with the number of all of them."""
    listed = rows(con, "from metrics.deal_list(dimension := 'segment', by_value := 'SMB')")
    assert [(row["deal_id"], row["focus"], row["deals"]) for row in listed] == [("D2", "seller-focused", 2), ("D1", "customer-focused", 2)]
    (one,) = rows(con, "from metrics.deal_list(dimension := 'segment', by_value := 'SMB', most := 1)")
    assert (one["deal_id"], one["deals"]) == ("D2", 2)
    (customer,) = rows(con, "from metrics.deal_list(focus := 'customer-focused')")
    assert (customer["deal_id"], customer["answers_known"], customer["is_won_by_horizon"]) == ("D1", 2, True)
    assert not rows(con, "from metrics.deal_list(dimension := 'segment', by_value := 'Enterprise')")


def test_the_facts_of_a_deal_follow_the_landmark(con: duckdb.DuckDBPyConnection) -> None:
    """Its tag is that of the day asked for; an id that no deal has gives no row."""
    (facts,) = rows(con, "from metrics.deal_facts(deal_id := 'D1')")
    assert (facts["focus"], facts["answers_known"], facts["part"], facts["age_days"]) == ("customer-focused", 2, "compared", 60)
    (earlier,) = rows(con, "from metrics.deal_facts(deal_id := 'D1', landmark_day := 29)")
    assert (earlier["focus"], earlier["answers_known"], earlier["day_l"]) == ("seller-focused", 1, 29)
    (young,) = rows(con, "from metrics.deal_facts(deal_id := 'D3')")
    assert (young["part"], young["age_days"]) == ("too young", 64)
    assert not rows(con, "from metrics.deal_facts(deal_id := 'X')")


def test_stays_end_at_the_next_stage_at_closing_or_at_the_export(con: duckdb.DuckDBPyConnection) -> None:
    """The stage of closing is a point; a deal without history has none."""
    stays = [(row["stage"], row["entered_day"], row["until_day"]) for row in rows(con, "from metrics.deal_stages(deal_id := 'D1')")]
    assert stays == [("Discovery", 0, 20), ("Proposal", 20, 60), ("Closed Won", 60, 60)]
    assert [row["until_day"] for row in rows(con, "from metrics.deal_stages(deal_id := 'D3')")] == [64]
    assert not rows(con, "from metrics.deal_stages(deal_id := 'D2')")


def test_questions_tell_when_they_were_answered(con: duckdb.DuckDBPyConnection) -> None:
    """In their order; late and junk ones were not known at the landmark."""
    asked = rows(con, "from metrics.deal_questions(deal_id := 'D2')")
    assert [(row["topic"], row["state_today"], row["start_days"], row["is_known_at_landmark"]) for row in asked] == [
        ("pain", "answered", [71], False),
        ("success_measure", "blank", [], False),
        ("champion", "junk", [], False),
    ]
    assert (asked[2]["junk_reason"], asked[2]["junk_text"]) == ("placeholder", "tbd")
    (later, *_) = rows(con, "from metrics.deal_questions(deal_id := 'D2', landmark_day := 71)")
    assert later["is_known_at_landmark"] is True


def test_questions_agree_with_the_tag(con: duckdb.DuckDBPyConnection) -> None:
    """As many are known as the tag counts."""
    for deal_id in ("D1", "D2", "D3"):
        (facts,) = rows(con, f"from metrics.deal_facts(deal_id := '{deal_id}')")
        known = [row["is_known_at_landmark"] for row in rows(con, f"from metrics.deal_questions(deal_id := '{deal_id}')")]
        assert known.count(True) == facts["answers_known"]
