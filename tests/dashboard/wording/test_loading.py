"""What is said where data are loaded."""

from __future__ import annotations

import polars as pl
import pytest

from dashboard.wording import loading


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (["deals"], "no history of fields"),
        (["deals", "stage_history", None], "no history of fields"),
        (["deals", "field_history"], "no history of stages"),
        (["deals", "field_history", "stage_history"], ""),
    ],
)
def test_what_is_wanting_is_named(roles: list[str | None], said: str) -> None:
    """The file that matters most is named first, and nothing where all are there."""
    assert said in loading.missing(roles)
    assert bool(loading.missing(roles)) == bool(said)


def test_what_was_found() -> None:
    """One file is one file, and the article fits."""
    assert loading.found("Salesforce", 1, 1) == "A Salesforce export: 1 file with 1 deal."
    assert loading.found("Our CRM", 6, 4001) == "An Our CRM export: 6 files with 4,001 deals."
    assert loading.limits(500, 20) == "Up to 20 files, together 500 MB."


def test_steps_are_done_at_work_or_to_come() -> None:
    """Those before the current one are done, and a step that nobody knows is the first."""
    assert loading.steps(("reading deals", "building", "publishing"), "building") == [
        ("Reading deals", "done"),
        ("Building", "now"),
        ("Publishing", "later"),
    ]
    assert loading.steps(("a", "b"), "?")[0] == ("A", "now")


def test_errors_read_as_sentences() -> None:
    """The first part ends as a sentence does, the others bear their names, and those that are empty are left out."""
    assert loading.sentence("another load is writing") == "Another load is writing."
    assert loading.sentence("two problems:") == "Two problems:"
    assert loading.error_lines("here", "", "wait") == ["Where: here", "What to do: wait"]


def test_tables_are_read_as_people_speak() -> None:
    """Roles and kinds in words, shares in per cent, and what a column is used for."""
    files = pl.DataFrame({"name": ["a", "b"], "role": ["deals", None], "rows": [3, None]})
    assert loading.files_table(files).rows() == [("a", "Deals", 3), ("b", "Not used", None)]
    columns = pl.DataFrame(
        {
            "header": ["Pain__c", "Amount", "Other"],
            "filled": [0.5, 1.0, 0.0],
            "distinct": [0.254, 1.0, 0.0],
            "kind": ["text", "number", "empty"],
            "examples": ["a · b", "1", ""],
            "feeds": ["", "loss_reason", ""],
        }
    )
    assert loading.columns_table(columns, {"Pain__c": "What hurts"}).rows() == [
        ("Pain__c", 50, 25, "Text", "What hurts", "a · b"),
        ("Amount", 100, 100, "Number", "loss reason", "1"),
        ("Other", 0, 0, "Empty", "", ""),
    ]
    assert loading.column_label("Pain__c", 0.551) == "Pain__c · 55% filled"
