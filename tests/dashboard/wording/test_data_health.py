"""The words of Data health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from dashboard.wording import data_health
from etl.build import models

Make = Callable[..., Any]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def left_out(**parts: int) -> pl.DataFrame:
    rows = [(name.replace("_", " "), deals, 0) for name, deals in parts.items()]
    return pl.DataFrame(rows, schema={"part": pl.String, "deals": pl.Int64, "won": pl.Int64}, orient="row")


def problem(name: str, found: int, checked: int, deals: int, unit: str = "deals") -> dict[str, Any]:
    return {
        "problem": name,
        "unit": unit,
        "found": found,
        "checked": checked,
        "share": found / checked if checked else None,
        "deals": deals,
    }


def test_fit_data_name_the_main_reason_why_deals_are_left_out(terms: Make) -> None:
    """Young deals are no fault of the data; faults are said apart."""
    said = data_health.answer(left_out(compared=1366, too_young=1290, timing_unknown=276), terms())
    assert said.in_a_word == "Fit for the comparison"
    assert plain(said.sentence) == (
        "1,366 of 2,932 deals (47%) can be compared at equal age. The main reason why others cannot: they are too young (1,290 deals)."
    )
    assert said.note == "Faults of the data keep out 276 deals, 9.4% of those in scope."


@pytest.mark.parametrize(
    ("parts", "in_a_word"),
    [
        ({"compared": 100, "no_creation_date": 11}, "Fit for the comparison"),
        ({"compared": 100, "no_creation_date": 12}, "Fit, with gaps"),
        ({"compared": 29, "too_young": 900}, "Too few deals to compare"),
        ({"compared": 100}, "Fit for the comparison"),
        ({"too_young": 50}, "Not fit for the comparison yet"),
        ({}, "Nothing in scope"),
    ],
)
def test_the_first_words_weigh_the_faults(terms: Make, parts: dict[str, int], in_a_word: str) -> None:
    """From a tenth of the deals on, gaps are said first."""
    assert data_health.answer(left_out(**parts), terms()).in_a_word == in_a_word


def test_no_history_and_no_questions_are_not_fit(terms: Make) -> None:
    """Both say what is missing, and what to do."""
    parts = left_out(timing_unknown=50)
    for given in ({"has_field_history": False}, {"questions": 0}):
        said = data_health.answer(parts, terms(**given))
        assert said.in_a_word == "Not fit for the comparison yet"
        assert said.note


def test_rows_add_up_as_a_sum() -> None:
    """Read = loaded + not usable, over all files."""
    loads = pl.DataFrame({"rows_read": [1000, 60], "rows_loaded": [990, 60], "rows_rejected": [10, 0]})
    assert data_health.adds_up(loads) == "1,060 read = 1,050 loaded + 10 not usable"


def test_the_load_is_told() -> None:
    """When, of which day, and as what it was read."""
    loads = pl.DataFrame(
        {
            "loaded_at": [datetime(2026, 7, 1, 2, 5, tzinfo=UTC)],
            "as_of": [date(2026, 6, 30)],
            "source": ["salesforce"],
            "rows_read": [7],
            "rows_loaded": [7],
            "rows_rejected": [0],
        }
    )
    assert data_health.loaded(loads).startswith("Loaded 1 July 2026 at 02:05 UTC, data as of 30 June 2026, read as salesforce. 7 read")


def test_the_file_of_an_audience_does_not_count_what_loads_did() -> None:
    """It does not know it, and says nothing of it, rather than none."""
    sources = pl.DataFrame([("salesforce", 3, 0, date(2026, 1, 31))], schema=["source", "deals", "missing", "last_seen_on"], orient="row")
    told: dict[str, Any] = {"load_no": 2, "deals_new": 1, "deals_changed": 0, "deals_gone": 0, "changes_told": 4}
    assert [len(data_health.over_time(sources, counts)) for counts in (told, dict.fromkeys(told) | {"load_no": 2})] == [2, 0]


def test_every_fault_of_the_metric_has_words() -> None:
    """No kind is shown by its key alone, and each says what it does to the figures."""
    (model,) = [model for model in models() if model.full_name == "metrics.data_problems"]
    kinds = [line.split("'problem': '")[1].split("'")[0] for line in model.sql.splitlines() if "'problem': '" in line]
    assert len(kinds) == 16
    found = pl.DataFrame([problem(kind, 2, 8, 2) for kind in kinds])
    told = data_health.faults(found)
    assert len({fact.label for fact in told}) == len({fact.text.split(". ", 1)[1] for fact in told}) + 1 == 16
    assert all(plain(fact.text).startswith("2 of 8 (25%) ") for fact in told)


def test_faults_that_were_not_found_are_named_together() -> None:
    """They take a line, not a card each."""
    found = pl.DataFrame([problem("no amount", 0, 8, 0), problem("no owner", 0, 8, 0), problem("junk answer", 3, 9, 2, "answers")])
    assert data_health.not_found(found) == "Looked for and not found: no amount and no rep."
    (fact,) = data_health.faults(found)
    assert plain(fact.text) == "3 of 9 (33%) filled fields of buyer questions, in 2 deals. They count as not answered."


def test_junk_and_duplicates_say_how_many_there_are() -> None:
    """And how many of them are shown."""
    junk = pl.DataFrame({"text": ["tbd"], "texts_in_all": [4], "answers_in_all": [1200]})
    assert data_health.junk_line(junk).startswith("1,200 fields filled with 4 texts that say nothing")
    assert data_health.junk_line(junk).endswith("The 1 most frequent are shown.")
    assert "No filled field" in data_health.junk_line(junk.clear())
    groups = pl.DataFrame({"deals_in_all": [5], "groups_in_all": [1]})
    assert data_health.duplicates_line(groups) == "5 deals in 1 group."
    assert data_health.duplicates_line(groups.clear()) == "No two deals share account, amount and week of creation."


def test_other_settings_are_suggested_once() -> None:
    """Only those that differ; without timing, none."""
    held = {"landmark_day": 30, "answers_needed": 3, "horizon_days": 180}
    said = data_health.suggestion(held | {"landmark_day": 21}, held)
    assert "suggests landmark day 21 in place of 30. Change them before you look" in said
    assert data_health.suggestion(held, held) == "The timing of answers and closings suggests the settings in force."
    assert "no other settings" in data_health.suggestion(held | {"landmark_day": None}, held)
    assert "no other settings" in data_health.suggestion(None, held)


def test_changes_of_settings_are_counted() -> None:
    """The first row of a setting is no change."""
    log = pl.DataFrame({"old_value": [None, "30"]}, schema={"old_value": pl.String})
    assert data_health.log_line(log) == "1 change since the first load."
    assert data_health.log_line(log.head(1)) == "No setting has changed since the first load."


def test_rejects_and_coverage_are_told_in_a_sentence() -> None:
    """Rows and values apart; fields without history named."""
    rejects = pl.DataFrame({"level": ["row", "row", "value"], "occurrences": [3, 4, 1]})
    assert data_health.rejects_line(rejects) == "7 rows and 1 single value could not be used."
    assert data_health.rejects_line(rejects.clear()) == "Every row and every value could be used."
    coverage = pl.DataFrame(
        {
            "is_in_export": [True, True, False],
            "tracked_since": [date(2024, 1, 1), None, None],
            "deals": [9, 9, 9],
            "exports_from": [date(2024, 1, 1), date(2026, 1, 1), None],
            "exports_to": [date(2026, 1, 1), date(2026, 1, 1), None],
        },
    )
    assert plain(data_health.coverage_line(coverage)) == (
        "2 of 3 fields that the settings name are in the export of 9 deals loaded. "
        "Of 1 field of these no history is kept, so nobody can tell when they were filled. "
        "The first export that held them starts the clock: what differs in the next one is known from then on. "
        "Of 1 field the exports tell the changes, each as of the first that shows it; a deal is known from the first export that held it."
    )


def test_a_setting_is_told_in_words_and_a_field_as_the_crm_has_it() -> None:
    """Whole numbers need no decimals."""
    log = pl.DataFrame(
        {
            "loaded_at": [datetime(2026, 6, 30, tzinfo=UTC)] * 2,
            "setting": ["amount_bands", "field of Product_Line__c"],
            "old_value": [None, "Line__c"],
            "new_value": ["[10000.0, 2500.5]", "Product_Line__c"],
        }
    )
    told = data_health.log_table(log).frame
    assert told["Setting"].to_list() == ["amount bands", "field of Product_Line__c"]
    assert told["Value"].to_list() == ["[10000, 2500.5]", "Product_Line__c"]
