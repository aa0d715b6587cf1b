"""What somebody chooses for a load – which column answers which question, and what stages mean – as a sameside.toml of its own."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from etl.config import Config, CrmField, DateOrder, Outcome, load_config, read_toml
from etl.errors import ConfigError
from etl.mapping import folded, neutral_fields, packaged_mappings, question_fields
from etl.tomltext import toml

_HEAD: Final = "# Settings of a load in the browser. On the command line: sameside load EXPORT --config sameside.toml\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A buyer question and the columns that answer it; `topic` is its key in the configuration, empty for a question that is new."""

    topic: str
    label: str
    ask: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The questions, the neutral columns, the outcomes of stages, and the kind of each column that the configuration does not know.

    date_order is how dates are meant that can be read in two ways; None leaves it as the configuration has it.
    """

    questions: tuple[Asked, ...]
    neutral: tuple[str, ...] = ()
    stages: Mapping[str, Outcome] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None


def write_settings(choices: Choices, base: Path | None, crm: str, path: Path, access: Path | None = None) -> None:
    """Write choices for an export of a CRM, laid over the settings at `base`, as a file that `load_config` reads.

    Who may see what is as the settings at `access` have it, where they are others. Raises ConfigError where a column is chosen twice or the
    settings that come of it are not valid.
    """
    _refuse_doubles(choices)
    tables = (read_toml(base) if base else {}) | settings_tables(choices, load_config(base), crm)
    if access:
        tables["access"] = read_toml(access).get("access", {})
    path.write_text(_HEAD + toml(tables), encoding="utf-8")
    load_config(path)


def settings_tables(choices: Choices, config: Config, crm: str) -> dict[str, Any]:
    """Return the tables of the configuration that choices replace; what the configuration says for other CRMs stays."""
    known = {folded(each.name): each for each in _fields(config, crm)}
    topics = _topics(choices.questions)
    questions = {topic: _question(asked, config.questions.get(topic), crm, known, choices) for topic, asked in topics.items()}
    neutral = _entries(config.neutral.fields) | {crm: [_entry(name, known, choices) for name in choices.neutral]}
    tables: dict[str, Any] = {"questions": questions, "neutral": {"fields": neutral}}
    if choices.date_order:
        tables["dates"] = {"order": choices.date_order}
    return tables | ({"stages": {**config.stages, **choices.stages}} if choices.stages or config.stages else {})


def _question(asked: Asked, known_as: Any, crm: str, known: Mapping[str, CrmField], choices: Choices) -> dict[str, Any]:
    fields = _entries(known_as.fields) if known_as else {}
    return {"label": asked.label, "ask": asked.ask, "fields": fields | {crm: [_entry(name, known, choices) for name in asked.columns]}}


def _entry(column: str, known: Mapping[str, CrmField], choices: Choices) -> Any:
    """Return a column as a configuration names it: as the one at hand does, or with the kind that its values speak for."""
    field_at_hand = known.get(folded(column))
    return _written(field_at_hand or CrmField.model_validate({"name": column, "kind": choices.kinds.get(column, "text")}))


def _entries(fields: Mapping[str, Sequence[CrmField]]) -> dict[str, list[Any]]:
    return {crm: [_written(each) for each in of_crm] for crm, of_crm in fields.items()}


def _written(each: CrmField) -> Any:
    if each.kind == "text" and not each.history:
        return each.name
    known = {"kind": each.kind, "answers": list(each.answers), "history": each.history}
    return {"name": each.name} | {key: value for key, value in known.items() if value}


def _fields(config: Config, crm: str) -> Iterator[CrmField]:
    mapping = packaged_mappings().get(crm)
    for topic, question in config.questions.items():
        yield from question_fields(config, mapping, topic) if mapping else question.fields.get(crm, ())
    yield from neutral_fields(config, mapping) if mapping else config.neutral.fields.get(crm, ())


def _topics(questions: Sequence[Asked]) -> dict[str, Asked]:
    """Return the questions by key; a new one gets a key made of its label."""
    keyed = {asked.topic: asked for asked in questions if asked.topic}
    for number, asked in enumerate(questions, start=1):
        if not asked.topic:
            words = re.sub(r"[^a-z0-9]+", "_", asked.label.lower()).strip("_")
            key = words if words[:1] in string.ascii_lowercase and words else f"question_{number}"
            keyed[key if key not in keyed else f"{key}_{number}"] = asked
    return keyed


def _refuse_doubles(choices: Choices) -> None:
    named = [(column, asked.label) for asked in choices.questions for column in asked.columns]
    named += [(column, "the neutral columns") for column in choices.neutral]
    places: dict[str, list[str]] = {}
    for column, place in named:
        places.setdefault(folded(column), []).append(place)
    doubles = [f"{column} stands under {' and '.join(places[folded(column)])}" for column, _ in named if len(places[folded(column)]) > 1]
    if doubles:
        raise ConfigError("; ".join(dict.fromkeys(doubles)), todo="Choose each column once.")
    if not all(asked.label.strip() for asked in choices.questions):
        raise ConfigError("a question has no label", todo="Give each question a label.")
