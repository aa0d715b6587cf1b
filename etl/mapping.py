"""The shape of a CRM mapping: data, no code, that says which file and header feeds which canonical column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from etl.config import DateOrder, Outcome, Shape, Texts, read_toml, validated
from etl.errors import DataError, MissingColumn, UsageError
from etl.read import TextTable
from etl.records import ROLES, Role, column_names

CRM_FOLDER = Path(__file__).with_name("crm")
_FEWEST_COLUMNS = 3  # that a file must share with a mapping to be taken for its deals
# Roles whose columns tell them apart, so that a file may bear any name; most specific first.
_TELLING_ROLES: tuple[Role, ...] = ("field_history", "stage_history", "deals")

Headers = Annotated[Texts, BeforeValidator(lambda entry: (entry,) if isinstance(entry, str) else entry)]


class FileShape(Shape):
    """How the file of a role is recognised, and which headers feed its columns."""

    names: Headers = ()
    unless: Texts = ()
    object: str | None = None
    columns: dict[str, Headers]


class History(Shape):
    """What the CRM's field history holds, and what it leaves out."""

    records_first_value: bool = True
    keeps_months: Annotated[int, Field(ge=1)] | None = None
    owner_fields: Texts = ()


class CrmMapping(Shape):
    """A CRM: how its files, columns, empty cells, outcomes and history are to be understood."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: str
    time_zone: str = "UTC"
    date_order: DateOrder | None = None
    empty: Texts = ()
    outcome: dict[str, Outcome] = Field(default_factory=dict)
    forecast_outcome: dict[str, Outcome] = Field(default_factory=dict)
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


@dataclass(frozen=True, slots=True)
class Matched:
    """A file, the role it plays, and the position of each canonical column that it holds."""

    table: TextTable
    role: Role
    positions: dict[str, int]

    def header(self, column: str) -> str:
        """Return the header, as written in the file, that feeds a canonical column."""
        return self.table.headers[self.positions[column]]


def load_mapping(path: Path) -> CrmMapping:
    """Return the mapping in a TOML file; raises ConfigError that lists every problem."""
    return validated(CrmMapping, read_toml(path), path)


def packaged_mappings() -> dict[str, CrmMapping]:
    """Return the mappings that ship with Same Side, by name."""
    mappings = (load_mapping(path) for path in sorted(CRM_FOLDER.glob("*.toml")))
    return {mapping.name: mapping for mapping in mappings}


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


def match(mapping: CrmMapping, tables: Sequence[TextTable], renamed: dict[str, Texts]) -> tuple[list[Matched], list[TextTable]]:
    """Give each file its role: by its name where that tells, else by its headers.

    `renamed` holds the user's own headers per canonical column. Returns the files that play a role, and those that play none.
    Raises MissingColumn where a file lacks a column that its role needs, DataError where no file holds deals.
    """
    matched, unused = [], []
    for table in tables:
        role = _role_of(mapping, table)
        if role:
            matched.append(Matched(table, role, _positions(mapping, role, table, renamed)))
        else:
            unused.append(table)
    if not any(each.role == "deals" for each in matched):
        raise DataError(
            f"none of the files holds deals: {', '.join(table.name for table in tables) or 'no CSV file was found'}",
            expected=f"a file with columns such as {', '.join(names[0] for names in mapping.files['deals'].columns.values())}",
            todo="Name the right folder, or describe the file in a mapping of your own and give it with --mapping.",
        )
    return matched, unused


def choose_mapping(tables: Sequence[TextTable], mappings: dict[str, CrmMapping]) -> CrmMapping:
    """Return the packaged mapping whose deal columns the files know best; raises UsageError where none fits."""
    scores = {name: max((_fit(mapping, table) for table in tables), default=0) for name, mapping in mappings.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] == 0:
        raise UsageError(
            "no packaged mapping knows these files",
            where=", ".join(table.name for table in tables),
            expected=f"exports of {', '.join(mapping.label for mapping in mappings.values())}",
            todo="Describe your columns in a mapping (README, “Any other CRM”) and give it with --mapping FILE.",
        )
    return mappings[best]


def _fit(mapping: CrmMapping, table: TextTable) -> int:
    known = mapping.files["deals"].columns
    found = sum(position_of(headers, table.headers) is not None for headers in known.values())
    return 0 if _excluded(mapping.files["deals"], table) or found < _FEWEST_COLUMNS else found


def _role_of(mapping: CrmMapping, table: TextTable) -> Role | None:
    stem = folded(table.stem)
    by_name = {folded(name): role for role, shape in mapping.files.items() for name in shape.names}
    if stem in by_name:
        return by_name[stem]
    fitting = [role for role in _TELLING_ROLES if role in mapping.files and _holds_all(mapping.files[role], role, table)]
    return fitting[0] if fitting else None


def _holds_all(shape: FileShape, role: Role, table: TextTable) -> bool:
    """Tell whether a file has each column that its role cannot do without; for deals, the id and the stage or an outcome."""
    needed = [column.name for column in ROLES[role] if column.required]
    if role == "deals":
        needed = [name for name in ("deal_id", "stage") if name in shape.columns]
    return (
        bool(needed)
        and not _excluded(shape, table)
        and all(position_of(shape.columns.get(name, ()), table.headers) is not None for name in needed)
    )


def _excluded(shape: FileShape, table: TextTable) -> bool:
    return position_of(shape.unless, table.headers) is not None


def _positions(mapping: CrmMapping, role: Role, table: TextTable, renamed: dict[str, Texts]) -> dict[str, int]:
    shape = mapping.files[role]
    positions = {}
    for column in ROLES[role]:
        names = (*(renamed.get(column.name, ()) if role == "deals" else ()), *shape.columns.get(column.name, ()))
        place = position_of(names, table.headers)
        if place is not None:
            positions[column.name] = place
        elif column.required or (names and _named_by_user(mapping, column.name)):
            raise _missing(table, column.name, names)
    if role == "deals" and not {"stage", "is_won"} & positions.keys():
        raise _missing(table, "stage", shape.columns.get("stage", ()))
    return positions


def _named_by_user(mapping: CrmMapping, column: str) -> bool:
    """Tell whether a mapping of the user's own names this column, so that its absence is a mistake rather than a variant."""
    return mapping.name not in {path.stem for path in CRM_FOLDER.glob("*.toml")} and column != "is_deleted"


def _missing(table: TextTable, column: str, names: Sequence[str]) -> MissingColumn:
    near = [close for name in names for close in difflib.get_close_matches(name, table.headers, n=2, cutoff=0.5)]
    return MissingColumn(
        f"{table.name} has no column for {column}",
        where=f"its columns are {', '.join(table.headers)}",
        expected=f"one of {', '.join(names) or 'the headers named in the mapping'}",
        todo=f"Nearest: {', '.join(dict.fromkeys(near)) or 'none'}. Name yours in sameside.toml under [columns], or in the mapping.",
    )


def _near(name: str, valid: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, valid, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f" (valid: {', '.join(valid)})"
