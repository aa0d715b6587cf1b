"""The shape of a CRM mapping: data, no code, that says which file and header feeds which canonical column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from etl.config import Config, CrmField, DateOrder, Outcome, named_field, read_toml, validated
from etl.patterns import groups
from etl.records import ROLES, Role, column_names
from etl.shape import Shape, Texts

NAME = r"^[a-z][a-z0-9_]*$"
"""What a mapping may be called: a file and keys of the settings are called so too."""

CRM_FOLDER = Path(__file__).with_name("crm")
VOCABULARY = Path(__file__).with_name("vocabulary.toml")

Headers = Annotated[Texts, BeforeValidator(lambda entry: (entry,) if isinstance(entry, str) else entry)]
Fields = tuple[Annotated[CrmField, BeforeValidator(named_field)], ...]


def _pattern(text: str) -> str:
    groups(text)  # raises ValueError where it is none
    return text


def _pattern_of_stage(text: str) -> str:
    if groups(text) != 1:
        raise ValueError(f"{text!r} must have one group in brackets: the name of the stage")
    return text


class FileShape(Shape):
    """How the file of a role is recognised, and which headers feed its columns.

    `names` are file names without ending; one with * counts only where the columns fit too. `unless` are headers that rule the role out.
    `layout` is long, one row per change, or wide: a row may hold the changes of a field side by side, a value and its time again and again.
    `entered` are patterns of headers of deals that hold when a stage was reached, with the stage's name as the group.
    """

    names: Headers = ()
    unless: Texts = ()
    object: str | None = None
    layout: Literal["long", "wide"] = "long"
    entered: tuple[Annotated[str, AfterValidator(_pattern_of_stage)], ...] = ()
    columns: dict[str, Headers]


class History(Shape):
    """What the CRM's field history holds, and what it leaves out."""

    records_first_value: bool = True
    keeps_months: Annotated[int, Field(ge=1)] | None = None
    owner_fields: Texts = ()
    automatic_sources: Texts = ()  # values of change_source that mean an import or automation, capitals aside


class Signal(Shape):
    """A column that tells the outcome of a deal whatever its stage: values, in any case, and what they say. Others say nothing."""

    column: str
    values: dict[str, Outcome]

    @model_validator(mode="after")
    def _column_is_canonical(self) -> Self:
        if self.column not in column_names("deals"):
            raise ValueError(f"there is no such column: {self.column}{_near(self.column, column_names('deals'))}")
        return self


class CrmMapping(Shape):
    """A CRM: how its files, columns, empty cells, outcomes and history are to be understood.

    A deal's outcome is told by its flags is_won and is_closed, else by the first of `tells_outcome` that speaks, else by its stage.
    `telling` are headers of which a file of deals must have one to be taken for this CRM's. `fields` are what the CRM ships to answer the
    buyer questions, by question; `neutral` and `icp_fields` likewise. `opaque_stages` is a pattern of ids that only a table of stages can
    name.
    """

    name: Annotated[str, Field(pattern=NAME)]
    label: str
    telling: Texts = ()
    time_zone: str = "UTC"
    date_order: DateOrder | None = None
    empty: Texts = ()
    outcome: dict[str, Outcome] = Field(default_factory=dict)
    opaque_stages: Annotated[str, AfterValidator(_pattern)] | None = None
    tells_outcome: tuple[Signal, ...] = ()
    fields: dict[str, Fields] = Field(default_factory=dict)
    neutral: Fields = ()
    icp_fields: Texts = ()
    history: History = History()
    files: dict[Role, FileShape]

    @model_validator(mode="after")
    def _columns_are_canonical(self) -> Self:
        unknown = [
            f"files.{role}.columns.{name}{_near(name, column_names(role))}"
            for role, shape in self.files.items()
            for name in shape.columns
            if name not in column_names(role)
        ]
        if unknown:
            raise ValueError(f"there is no such column: {'; '.join(unknown)}")
        if "deals" not in self.files:
            raise ValueError("files.deals is missing")
        return self


class Vocabulary(Shape):
    """What deals' columns and outcomes are called in the languages that exports come in, for what a mapping does not name itself.

    columns: canonical column of deals → language → headers. outcome: outcome → stages or states, in any language.
    """

    columns: dict[str, dict[str, Texts]]
    outcome: dict[Outcome, Texts]

    @model_validator(mode="after")
    def _columns_are_canonical(self) -> Self:
        unknown = [name for name in self.columns if name not in column_names("deals")]
        if unknown:
            raise ValueError(f"there is no such column: {', '.join(unknown)}")
        return self

    def headers(self, column: str) -> tuple[str, ...]:
        """Return what a canonical column of deals may be called."""
        return tuple(header for of_language in self.columns.get(column, {}).values() for header in of_language)


def load_mapping(path: Path) -> CrmMapping:
    """Return the mapping in a TOML file; raises ConfigError that lists every problem."""
    return validated(CrmMapping, read_toml(path), path)


@cache
def packaged_mappings() -> dict[str, CrmMapping]:
    """Return the mappings that ship with Same Side, by name."""
    mappings = (load_mapping(path) for path in sorted(CRM_FOLDER.glob("*.toml")))
    return {mapping.name: mapping for mapping in mappings}


@cache
def vocabulary() -> Vocabulary:
    """Return the packaged vocabulary."""
    return validated(Vocabulary, read_toml(VOCABULARY), VOCABULARY)


def is_packaged(mapping: CrmMapping) -> bool:
    """Tell whether a mapping ships with Same Side, so that a column which it names may be missing from an export."""
    return mapping.name in packaged_mappings()


def question_fields(config: Config, mapping: CrmMapping, topic: str) -> tuple[CrmField, ...]:
    """Return the fields that answer a question in a CRM: as configured for it, else as the mapping says."""
    configured = config.questions[topic].fields.get(mapping.name)
    return mapping.fields.get(topic, ()) if configured is None else configured


def neutral_fields(config: Config, mapping: CrmMapping) -> tuple[CrmField, ...]:
    """Return the neutral fields of a CRM: as configured for it, else as the mapping says."""
    return config.neutral.fields.get(mapping.name, mapping.neutral)


def icp_fields(config: Config, mapping: CrmMapping) -> tuple[str, ...]:
    """Return the fields of a CRM that tell whether a deal fits: as configured for it, else as the mapping says."""
    return config.icp.fields.get(mapping.name, mapping.icp_fields)


def in_zone(mapping: CrmMapping, zones: Mapping[str, str]) -> CrmMapping:
    """Return a mapping with the zone that the configuration gives its times, if it gives one."""
    return mapping.model_copy(update={"time_zone": zones.get(mapping.name, mapping.time_zone)})


def folded(header: str) -> str:
    """Return a header as it is compared: letters and digits alone, in lower case.

    >>> folded("Close Date") == folded("close_date") == folded("CloseDate")
    True
    """
    return re.sub(r"[\W_]+", "", header).lower()


def position_of(names: Iterable[str], headers: Sequence[str]) -> int | None:
    """Return the position of the first of `names` that is among `headers`, or None."""
    places = {folded(header): place for place, header in reversed(list(enumerate(headers)))}
    return next((places[folded(name)] for name in names if folded(name) in places), None)


def columns_of(mapping: CrmMapping, role: Role) -> list[str]:
    """Return the canonical columns of a role that a mapping names, in order."""
    return [column.name for column in ROLES[role] if column.name in mapping.files[role].columns]


def _near(name: str, valid: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, valid, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f" (valid: {', '.join(valid)})"
