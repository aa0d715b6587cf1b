"""Reasons why a text is no answer, in words."""

from __future__ import annotations

import pytest

from dashboard.wording import junk
from etl.states import STATES

ROW = {"label": "Pain", "state_today": "junk", "junk_reason": "imported", "junk_text": None, "unknown_until_day": None}


def test_every_state_that_is_no_answer_has_a_reason_of_its_own() -> None:
    """A name and a meaning each, none twice; an answer and an empty field need none."""
    assert set(junk.REASONS) == set(STATES) - {"answered", "blank"}
    told = junk.reasons()
    assert len({fact.label for fact in told}) == len({fact.text for fact in told}) == len(STATES) - 2
    assert all(fact.label[0].isupper() and fact.text.endswith(".") for fact in told)


def test_import_is_said_to_be_perhaps_true() -> None:
    """A move to a new CRM brings true texts, and the setting that lets them count is named."""
    meaning = junk.REASONS["imported"].meaning
    assert "may well be true" in meaning
    assert "count_imported = true" in meaning


@pytest.mark.parametrize(
    ("row", "said", "today"),
    [
        (ROW, "is no answer (imported)", "imported, not edited since"),
        (ROW | {"junk_reason": "copied", "junk_text": "Acme"}, "is no answer (copied from the deal): “Acme”", "junk today: “Acme”"),
        (ROW | {"junk_reason": "too short"}, "is no answer (too short)", "junk today"),
        (ROW | {"junk_reason": "some day’s reason"}, "is no answer (some day’s reason)", "junk today"),
    ],
)
def test_reason_is_said_with_the_text_where_it_is_kept(row: dict[str, object], said: str, today: str) -> None:
    """In a sentence, and beside the timeline."""
    assert junk.said(row) == said
    assert junk.today(row) == today
