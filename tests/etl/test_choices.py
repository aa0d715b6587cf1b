"""Choices: what somebody picks in the browser becomes settings that the command line reads alike."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.choices import Asked, Choices, write_settings
from etl.config import load_config
from etl.errors import ConfigError
from etl.mapping import packaged_mappings
from etl.normalise import asked_fields
from etl.tomltext import toml

BASE = """
[organisation]
currency = "CHF"
[questions.pain]
label = "What hurts"
ask = "Where?"
fields.salesforce = ["Pain__c", { name = "Level__c", kind = "choice", answers = ["High"] }]
fields.other = ["schmerz"]
[neutral]
fields.salesforce = [{ name = "Line__c", kind = "choice" }]
[access.people]
"ada@example.com" = { roles = ["leader"] }
"""

PAIN = Asked("pain", "What hurts", "Where?", ("Level__c", "New__c"))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return settings of somebody's own."""
    path = tmp_path / "base.toml"
    path.write_text(BASE, encoding="utf-8")
    return path


def test_choices_lie_over_the_settings_at_hand(base: Path, tmp_path: Path) -> None:
    """What was chosen replaces the columns of this CRM; kinds, answers, other CRMs and all other settings stay."""
    path = tmp_path / "out.toml"
    added = Asked("", "Who else they talk to", "Whom?", ("Rival__c",))
    choices = Choices((PAIN, added), ("Line__c",), {"Signed": "won"}, {"New__c": "flag", "Rival__c": "text"}, "mdy")
    write_settings(choices, base, "salesforce", path)
    config = load_config(path)
    assert config.organisation.currency == "CHF"
    pain, rival = config.questions["pain"], config.questions["who_else_they_talk_to"]
    assert [(each.name, each.kind, each.answers) for each in pain.fields["salesforce"]] == [
        ("Level__c", "choice", ("High",)),
        ("New__c", "flag", ()),
    ]
    assert [each.name for each in pain.fields["other"]] == ["schmerz"]
    assert (rival.label, rival.ask, [each.name for each in rival.fields["salesforce"]]) == ("Who else they talk to", "Whom?", ["Rival__c"])
    assert [(each.name, each.kind) for each in config.neutral.fields["salesforce"]] == [("Line__c", "choice")]
    assert (config.stages, config.dates.order) == ({"Signed": "won"}, "mdy")
    assert config.access == load_config(base).access


def test_choosing_what_is_proposed_changes_no_setting(tmp_path: Path) -> None:
    """The packaged questions, chosen as they are, give the packaged questions."""
    packaged, salesforce = load_config(), packaged_mappings()["salesforce"]
    asked = tuple(
        Asked(topic, each.label, each.ask, tuple(field.name for field in salesforce.fields[topic]))
        for topic, each in packaged.questions.items()
    )
    neutral = tuple(field.name for field in salesforce.neutral)
    write_settings(Choices(asked, neutral), None, "salesforce", tmp_path / "out.toml")
    assert asked_fields(load_config(tmp_path / "out.toml"), salesforce) == asked_fields(packaged, salesforce)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices((PAIN,), ("new__C",)), "New__c stands under What hurts and the neutral columns"),
        (Choices((PAIN, Asked("", "Other", "", ("Level__c",)))), "Level__c stands under What hurts and Other"),
        (Choices((Asked("", " ", "", ("A",)),)), "a question has no label"),
    ],
)
def test_what_cannot_be_is_refused(base: Path, tmp_path: Path, choices: Choices, said: str) -> None:
    """A column answers one thing, and a question has a name."""
    with pytest.raises(ConfigError, match=said):
        write_settings(choices, base, "salesforce", tmp_path / "out.toml")


def test_labels_give_keys_of_their_own(tmp_path: Path) -> None:
    """Whatever a question is called, in any script and also twice, it has a key that the configuration takes."""
    labels = ("Pain", "Pain", "痛み", "1st", "\x7f\"'\\\n]", "pain")
    asked = tuple(Asked("", label, "", (f"C{number}",)) for number, label in enumerate(labels))
    write_settings(Choices(asked), None, "salesforce", tmp_path / "out.toml")
    config = load_config(tmp_path / "out.toml")
    assert [each.label for each in config.questions.values()] == list(labels)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_toml_is_read_back_as_it_was(tables: dict[str, Any]) -> None:
    """Any text, also one with quotes and control characters, survives the way into a file and back."""
    assert tomllib.loads(toml(tables)) == tables


def test_no_load_in_the_browser_changes_who_may_see_what(base: Path, tmp_path: Path) -> None:
    """Grants are those of the file that holds them, whatever the settings say that a load starts from."""
    grants = tmp_path / "grants.toml"
    grants.write_text('[access.people]\n"eve@example.com" = { roles = ["manager"], teams = ["North"] }\n')
    for access, people in ((grants, {"eve@example.com"}), (None, {"ada@example.com"})):
        write_settings(Choices(()), base, "salesforce", tmp_path / "out.toml", access)
        assert set(load_config(tmp_path / "out.toml").access.people) == people
