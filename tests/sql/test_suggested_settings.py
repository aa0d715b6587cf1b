"""Settings that the timing of answers and closings suggests: metrics.suggested_settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import duckdb
import pytest

Built = Callable[..., duckdb.DuckDBPyConnection]
COLUMNS = "landmark_day, answers_needed, horizon_days, tagged_by_then, open_by_then, mature"


@cache
def suggested(built: Built, deals: str, changes: str, needed: int = 1) -> tuple[object, ...]:
    """Return the suggestion for deals whose three fields are tracked, exported on day 364."""
    con = built(
        settings=f"as_of | answers_needed\n2025-12-31 | {needed}",
        deals=deals,
        field_changes=changes or "deal_key | field_no | changed_date | new_state",
    )
    [row] = con.execute(f"select {COLUMNS} from metrics.suggested_settings()").fetchall()
    return tuple(row)


# Ten deals: eight of them answer one question, on days 5, 12, 13, 14, 20, 20, 40 and 40; deal 9 after it closed.
DEALS = """
    deal_key | outcome | created_date | close_date
    1        | won     | day 0        | day 100
    2        | lost    | day 0        | day 60
    3        | won     | day 0        | day 60
    4        | lost    | day 0        | day 64
    5        | won     | day 0        | day 70
    6        | lost    | day 0        | day 70
    7        | open    | day 0        |
    8        | lost    | day 0        | day 13
    9        | won     | day 0        | day 10
    10       | lost    | day 260      | day 270
"""
CHANGES = """
    deal_key | field_no | changed_date | new_state
    1        | 1        | day 5        | answered
    2        | 1        | day 12       | answered
    3        | 1        | day 13       | answered
    4        | 1        | day 14       | answered
    5        | 1        | day 20       | answered
    6        | 1        | day 20       | answered
    7        | 1        | day 40       | answered
    7        | 2        | day 41       | answered
    9        | 1        | day 11       | answered
"""


def test_suggestion_by_hand(built: Built) -> None:
    """By day 7 one of seven tagged deals has its answer, by day 14 four; three of ten were closed by then, so 7 in 10 open are enough.

    Six deals closed after day 14, on days 46, 46, 50, 56, 56 and 86 after it: 85 in 100 of six are all but none, the sixth, 86, which
    makes 90. Seven were open on day 14, all of day 0, and 364 days old.
    """
    assert suggested(built, DEALS, CHANGES) == pytest.approx((14, 2, 90, 4 / 7, 0.7, 1.0))


def test_who_wins_is_not_looked_at(built: Built) -> None:
    """With won and lost exchanged the suggestion stays."""
    exchanged = DEALS.replace("won ", "lo  ").replace("lost", "won ").replace("lo  ", "lost")
    assert exchanged != DEALS
    assert suggested(built, exchanged, CHANGES) == suggested(built, DEALS, CHANGES)


def test_where_no_day_does_both_the_last_with_enough_open_is_taken(built: Built) -> None:
    """The one deal that is tagged is so on day 50; on day 30 all four deals are open, and on day 45 two."""
    deals = """
        deal_key | outcome | close_date
        1        | won     | day 38
        2        | lost    | day 44
        3        | won     | day 90
        4        | won     | day 90
    """
    changes = """
        deal_key | field_no | changed_date | new_state
        3        | 1        | day 50       | answered
    """
    assert suggested(built, deals, changes)[:1] == (30,)


def test_answers_count_up_to_those_needed(built: Built) -> None:
    """Two are in force: only deal 7 ever has two, on day 41, and by day 45 seven of ten deals are still open."""
    assert suggested(built, DEALS, CHANGES, needed=2) == pytest.approx((45, 2, 60, 1.0, 0.7, 1.0))


def test_a_horizon_is_shortened_until_deals_are_old_enough(built: Built) -> None:
    """Closings after 200 days would make 210; of five deals two are 364 days old and three 150, which is enough for 30 + 120 only."""
    deals = """
        deal_key | outcome | created_date | close_date
        1        | won     | day 0        | day 230
        2        | lost    | day 0        | day 240
        3        | open    | day 214      |
        4        | open    | day 214      |
        5        | open    | day 214      |
    """
    changes = """
        deal_key | field_no | changed_date | new_state
        1        | 1        | day 25       | answered
        2        | 1        | day 25       | answered
    """
    landmark_day, _, horizon_days, *_, mature = suggested(built, deals, changes)
    assert (landmark_day, horizon_days, mature) == (30, 120, 1.0)


def test_without_history_nothing_is_suggested_but_answers(built: Built) -> None:
    """Half of three questions, rounded up."""
    con = built(deals="deal_key | outcome\n1 | open", settings="as_of | has_field_history\n2025-12-31 | false")
    assert con.execute(f"select {COLUMNS} from metrics.suggested_settings()").fetchall() == [(None, 2, None, None, None, None)]
