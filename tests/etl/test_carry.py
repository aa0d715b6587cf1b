"""What two loads know of a field together: etl.land.carry.joined."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from etl.land.carry import Known, joined

D1, D2, D3, D4 = (date(2026, month, 1) for month in range(1, 5))
BEFORE_ALL = date(2025, 1, 1)
# As a load of a day leaves a field in its first load: a column without history, or with history since before all.
BARE = Known(None, records_first_value=False, is_column=True, held_on=D1, exports_from=D1, exports_to=D1)
TRACKED = replace(BARE, tracked_since=BEFORE_ALL)
LACKING = Known(None, records_first_value=False, is_column=False, held_on=None, exports_from=None, exports_to=None)


def at(known: Known, day: date) -> Known:
    """Return what a load says of a field on another day."""
    return replace(known, held_on=day, exports_from=day, exports_to=day)


def test_two_exports_without_history_start_the_clock_with_the_first() -> None:
    """Known since the first; their difference tells the changes."""
    assert joined(BARE, at(BARE, D2), D2, is_gapless=True, goes_on=False) == (
        replace(at(BARE, D2), tracked_since=D1, exports_from=D1),
        True,
    )


def test_a_second_export_of_the_first_day_tells_nothing() -> None:
    """Loaded again with other settings: still no clock."""
    assert joined(BARE, BARE, D1, is_gapless=True, goes_on=False) == (BARE, False)


def test_history_that_reaches_back_tells_all() -> None:
    """The longer record counts, and nothing is told by the difference of exports."""
    later = replace(at(TRACKED, D3), tracked_since=D1)
    assert joined(TRACKED, later, D3, is_gapless=True, goes_on=False) == (at(TRACKED, D3), False)


def test_history_that_stops_is_gone_on_from_by_exports() -> None:
    """What was tracked stays tracked; deals that come later are known once they are seen."""
    both, is_told_apart = joined(TRACKED, at(BARE, D2), D2, is_gapless=True, goes_on=False)
    assert (both.tracked_since, both.exports_from, both.exports_to, is_told_apart) == (BEFORE_ALL, D1, D2, True)


def test_tracking_that_is_switched_on_keeps_the_record_of_the_exports() -> None:
    """History begins after the last export: that once more the difference tells what lies between; from then on history does."""
    exports = replace(at(BARE, D2), tracked_since=D1, exports_from=D1)
    switched_on = replace(at(BARE, D4), tracked_since=D3)
    between, is_told_apart = joined(exports, switched_on, D4, is_gapless=True, goes_on=False)
    assert (between.tracked_since, between.exports_from, between.exports_to, is_told_apart) == (D1, D1, D4, True)
    day = date(2026, 5, 1)
    after, is_told_apart = joined(
        between, replace(switched_on, held_on=day, exports_from=day, exports_to=day), day, is_gapless=True, goes_on=False
    )
    assert (after.tracked_since, after.exports_from, after.exports_to, is_told_apart) == (D1, D1, D4, False)


def test_a_field_that_is_gone_stays_as_it_was_known() -> None:
    """Nothing is told of it, and nothing forgotten; where the history of a part goes on, it is there still."""
    exports = replace(at(BARE, D2), tracked_since=D1, exports_from=D1)
    assert joined(exports, LACKING, D3, is_gapless=True, goes_on=False) == (exports, False)
    of_history = replace(TRACKED, is_column=False)
    assert joined(of_history, LACKING, D2, is_gapless=True, goes_on=True) == (at(of_history, D2), False)
    assert joined(of_history, LACKING, D2, is_gapless=True, goes_on=False) == (of_history, False)


def test_a_field_that_comes_back_begins_anew() -> None:
    """An export between the two lacked it, so nobody knows what it held then."""
    exports = replace(at(BARE, D2), tracked_since=D1, exports_from=D1)
    assert joined(exports, at(BARE, D4), D4, is_gapless=False, goes_on=False) == (at(BARE, D4), True)


def test_a_field_that_is_new_is_known_from_this_load_on() -> None:
    """An earlier load asked for it in vain."""
    assert joined(LACKING, at(BARE, D2), D2, is_gapless=True, goes_on=False) == (at(BARE, D2), False)


@pytest.mark.parametrize("since", [D2, None])
def test_history_in_parts_is_one_history(since: date | None) -> None:
    """With --partial each part goes on from the last one, whenever its own first row is."""
    part = replace(at(BARE, D3), tracked_since=since)
    assert joined(TRACKED, part, D3, is_gapless=True, goes_on=True) == (at(TRACKED, D3), False)


def test_first_values_are_not_looked_for_where_exports_tell() -> None:
    """A CRM that records them does so for fields with history; of others the first export shows what stood there."""
    first = replace(BARE, records_first_value=True)
    both, _ = joined(first, replace(at(BARE, D2), records_first_value=True), D2, is_gapless=True, goes_on=False)
    assert both.records_first_value is False
