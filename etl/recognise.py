"""Whose export it is, and what each of its files is for: told by names and headers."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase

from etl.errors import DataError, MissingColumn, UsageError, some
from etl.mapping import CrmMapping, FileShape, folded, is_packaged, packaged_mappings, position_of, vocabulary
from etl.patterns import extracted
from etl.read import TextTable
from etl.records import ROLES, Column, Role
from etl.shape import Texts

GENERIC = "generic"
"""Name of the packaged mapping that takes any table whose headers the vocabulary knows."""

_NO_FIT = (0, 0)
_FEWEST_COLUMNS = 3  # that a file must share with a mapping to be taken for its deals
# Roles whose columns tell them apart, so that a file may bear any name; most specific first.
_TELLING_ROLES: tuple[Role, ...] = ("field_history", "stage_history", "merged_deals", "deals")
_OUTCOMES = ("stage", "status", "is_won")  # columns of which deals need one


@dataclass(frozen=True, slots=True)
class Matched:
    """A file, the role it plays, and the position of each canonical column that it holds.

    `entered` are the columns that hold when a stage was reached: a name of our own for each, which has a position too, and the stage.
    """

    table: TextTable
    role: Role
    positions: dict[str, int]
    entered: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns that the file holds: the canonical ones of its role, then the moments at which stages were entered."""
        canonical = (column for column in ROLES[self.role] if column.name in self.positions)
        return (*canonical, *(Column(name, "timestamp") for name, _ in self.entered))

    def header(self, column: str) -> str:
        """Return the header, as written in the file, that feeds a canonical column."""
        return self.table.headers[self.positions[column]]


def match(mapping: CrmMapping, tables: Sequence[TextTable], renamed: dict[str, Texts]) -> tuple[list[Matched], list[TextTable]]:
    """Give each file its role: by its name where that tells, else by its headers.

    `renamed` holds the user's own headers per canonical column. Returns the files that play a role, and those that play none.
    Raises MissingColumn where a file lacks a column that its role needs, DataError where no file holds deals.
    """
    roles = [_role_of(mapping, table, renamed) for table in tables]
    if "deals" not in roles and is_packaged(mapping):
        roles = _with_deals_by_vocabulary(mapping, tables, roles)
    matched = [_matched(mapping, role, table, renamed) for table, role in zip(tables, roles, strict=True) if role]
    unused = [table for table, role in zip(tables, roles, strict=True) if not role]
    if "deals" not in roles:
        raise DataError(
            f"none of the files holds deals: {some([table.name for table in tables]) or 'no table was found'}",
            expected=f"a file with columns such as {', '.join(_examples(mapping))}",
            todo="Name the right folder, or describe the file in a mapping, which `sameside map FILE` writes for you.",
        )
    return [_without_needless_key(each, matched) for each in matched], unused


def match_others(mapping: CrmMapping, tables: Sequence[TextTable]) -> list[Matched]:
    """Return the files that play another role than deals, as far as a mapping tells."""
    found = []
    for table in tables:
        role = _role_of(mapping, table, {})
        if role and role != "deals":
            with suppress(MissingColumn):  # a name alone says little of a file that nobody knows
                found.append(_matched(mapping, role, table, {}))
    return found


def choose_mapping(tables: Sequence[TextTable], mappings: dict[str, CrmMapping]) -> CrmMapping:
    """Return the packaged mapping whose deal columns the files know best, else the generic one; raises UsageError where none fits."""
    named = {name: mapping for name, mapping in mappings.items() if name != GENERIC}
    scores = {name: max((_fit(mapping, table) for table in tables), default=_NO_FIT) for name, mapping in named.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] > _NO_FIT:
        return mappings[best]
    if any(_is_known(mappings[GENERIC], table) for table in tables):
        return mappings[GENERIC]
    raise UsageError(
        "neither a packaged mapping nor the vocabulary knows these files",
        where=some([table.name for table in tables]),
        expected=f"exports of {', '.join(mapping.label for mapping in mappings.values() if mapping.name != GENERIC)}, or a table whose "
        "columns say what they hold, such as Deal, Stage and Created",
        todo="Run `sameside map FILE`: it writes a mapping to start from; then load with --mapping FILE.",
    )


def mapping_named(name: str) -> CrmMapping:
    """Return a packaged mapping; raises UsageError that names them all where there is none of that name."""
    mappings = packaged_mappings()
    if name not in mappings:
        near = difflib.get_close_matches(name, mappings, n=1)
        raise UsageError(
            f"there is no packaged mapping {name!r}{f'; did you mean {near[0]!r}?' if near else ''}",
            expected=f"one of {', '.join(mappings)}",
        )
    return mappings[name]


def _fit(mapping: CrmMapping, table: TextTable) -> tuple[int, int]:
    """Return how many columns of deals a file shares with a mapping, and with the vocabulary beside it; _NO_FIT where it is not this CRM's.

    Where several headers tell the CRM, the vocabulary counts: then the file may be in any of its languages.
    """
    shape = mapping.files["deals"]
    telling = {folded(header) for header in mapping.telling} & {folded(header) for header in table.headers}
    if _excluded(shape, table) or not (telling or _is_named(shape, table) or not mapping.telling):
        return _NO_FIT
    own = sum(position_of(headers, table.headers) is not None for headers in shape.columns.values())
    known = len(_positions_of_deals(mapping, table, {})) if len(telling) > 1 else own
    return (own, known) if known >= _FEWEST_COLUMNS else _NO_FIT


def _is_known(mapping: CrmMapping, table: TextTable) -> bool:
    """Tell whether the vocabulary knows enough of a file's columns to take it for deals."""
    positions = _positions_of_deals(mapping, table, {})
    return len(positions) >= _FEWEST_COLUMNS and not positions.keys().isdisjoint(_OUTCOMES)


def _role_of(mapping: CrmMapping, table: TextTable, renamed: dict[str, Texts]) -> Role | None:
    for role, shape in mapping.files.items():
        if _is_named(shape, table):
            return role
    fitting = [role for role in _TELLING_ROLES if role in mapping.files and _holds_all(mapping.files[role], role, table, renamed)]
    by_pattern = [role for role in fitting if any(fnmatchcase(table.stem.lower(), name.lower()) for name in mapping.files[role].names)]
    if not by_pattern and "deals" in fitting and _names_and_dates(mapping.files["deals"], table):
        return "deals"
    return next(iter(by_pattern or fitting), None)


def _names_and_dates(shape: FileShape, table: TextTable) -> bool:
    """Tell whether a file has columns for the name of a deal and for its creation: a history of deals has neither."""
    return all(position_of(shape.columns.get(name, ()), table.headers) is not None for name in ("deal_name", "created_at"))


def _holds_all(shape: FileShape, role: Role, table: TextTable, renamed: dict[str, Texts]) -> bool:
    """Tell whether a file has each column that its role cannot do without; for deals, the id and what tells an outcome."""
    names = {name: (*(renamed.get(name, ()) if role == "deals" else ()), *headers) for name, headers in shape.columns.items()}
    held = {name for name, headers in names.items() if position_of(headers, table.headers) is not None}
    if role == "deals":
        return ("deal_id" in held or "deal_id" not in names) and not held.isdisjoint(_OUTCOMES) and not _excluded(shape, table)
    return held.issuperset(column.name for column in ROLES[role] if column.required) and not _excluded(shape, table)


def _with_deals_by_vocabulary(mapping: CrmMapping, tables: Sequence[TextTable], roles: list[Role | None]) -> list[Role | None]:
    """Give the files without a role that the vocabulary knows best, and the same columns of, the role of deals."""
    sizes = [
        len(_positions_of_deals(mapping, table, {})) if role is None and _is_known(mapping, table) else 0
        for table, role in zip(tables, roles, strict=True)
    ]
    most = max(sizes, default=0)
    return ["deals" if most and size == most else role for size, role in zip(sizes, roles, strict=True)]


def _is_named(shape: FileShape, table: TextTable) -> bool:
    return any(folded(name) == folded(table.stem) for name in shape.names if "*" not in name)


def _excluded(shape: FileShape, table: TextTable) -> bool:
    return position_of(shape.unless, table.headers) is not None


def _matched(mapping: CrmMapping, role: Role, table: TextTable, renamed: dict[str, Texts]) -> Matched:
    if role == "deals":
        return _matched_deals(mapping, table, renamed)
    shape = mapping.files[role]
    positions = {}
    for column in ROLES[role]:
        names = shape.columns.get(column.name, ())
        place = position_of(names, table.headers)
        if place is not None:
            positions[column.name] = place
        elif column.required or (names and _must_be_there(mapping, column.name)):
            raise _missing(table, column.name, names)
    return Matched(table, role, positions)


def _matched_deals(mapping: CrmMapping, table: TextTable, renamed: dict[str, Texts]) -> Matched:
    positions = _positions_of_deals(mapping, table, renamed)
    shape = mapping.files["deals"]
    lacking = [name for name in shape.columns if name not in positions and _must_be_there(mapping, name)]
    if not lacking and positions.keys().isdisjoint(_OUTCOMES):
        lacking = ["stage"]
    if lacking:
        raise _missing(table, lacking[0], (*renamed.get(lacking[0], ()), *shape.columns.get(lacking[0], ())))
    taken = set(positions.values())
    entered = []
    for place, stages in enumerate(zip(*(extracted(pattern, table.headers) for pattern in shape.entered), strict=True)):
        stage = next(filter(None, stages), None)
        if stage and place not in taken:
            entered.append((f"entered_{place}", stage))
            positions[f"entered_{place}"] = place
    return Matched(table, "deals", positions, tuple(entered))


def _positions_of_deals(mapping: CrmMapping, table: TextTable, renamed: dict[str, Texts]) -> dict[str, int]:
    """Return the positions of the canonical columns: by the user's own headers, the mapping's, or for packaged ones the vocabulary."""
    own = mapping.files["deals"].columns
    positions = {}
    for column in ROLES["deals"]:
        place = position_of((*renamed.get(column.name, ()), *own.get(column.name, ())), table.headers)
        if place is not None:
            positions[column.name] = place
    for name in own if is_packaged(mapping) else ():
        free = ["" if place in positions.values() else header for place, header in enumerate(table.headers)]
        place = None if name in positions else position_of(vocabulary().headers(name), free)
        if place is not None:
            positions[name] = place
    return positions


def _must_be_there(mapping: CrmMapping, column: str) -> bool:
    """Tell whether a mapping of the user's own names this column, so that its absence is a mistake rather than a variant."""
    return not is_packaged(mapping) and column != "is_deleted"


def _without_needless_key(each: Matched, matched: Sequence[Matched]) -> Matched:
    """Return a file of deals without its key for history, where no history knows deals by a column of that name."""
    if "history_id" not in each.positions:
        return each
    keys = {folded(other.header("deal_id")) for other in matched if other.role in ("field_history", "stage_history")}
    if folded(each.header("history_id")) in keys:
        return each
    return Matched(each.table, each.role, {name: place for name, place in each.positions.items() if name != "history_id"}, each.entered)


def _missing(table: TextTable, column: str, names: Sequence[str]) -> MissingColumn:
    near = [close for name in names for close in difflib.get_close_matches(name, table.headers, n=2, cutoff=0.5)]
    return MissingColumn(
        f"{table.name} has no column for {column}",
        where=f"its columns are {some(table.headers)}",
        expected=f"one of {', '.join(names) or 'the headers named in the mapping'}",
        todo=f"Nearest: {', '.join(dict.fromkeys(near)) or 'none'}. Name yours in sameside.toml under [columns], or in the mapping.",
    )


def _examples(mapping: CrmMapping) -> list[str]:
    """Return a header of each canonical column of deals."""
    named = ((*headers, *vocabulary().headers(name)) for name, headers in mapping.files["deals"].columns.items())
    return [names[0] for names in named if names]
