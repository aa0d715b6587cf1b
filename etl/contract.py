"""What analysts may build on: the public names of a published file, their columns and parameters, under a version of its own.

`sql/contract.toml` names what is public and tells the changes of each version; `sql/contract.json` records what those names give.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb

_FOLDER = Path(__file__).parent.parent / "sql"
RECORD = _FOLDER / "contract.json"
Kind = Literal["table", "metric", "macro"]
Change = Literal["none", "minor", "major"]
_KINDS: dict[str, Kind] = {"metrics": "metric", "macros": "macro"}
_ENUM = re.compile(r"ENUM\((?:'(?:[^']|'')*'(?:, )?)+\)")
_PARAMETERS = re.compile(r"\A[^(]*\((.*?)\)\s+as\b", flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Public:
    """What a public name gives: columns to their types, parameters to their defaults, None for one that must be given."""

    kind: Kind
    parameters: dict[str, str | None] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)


Surface = dict[str, Public]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the contract, such as 1.0.0, and what changed with it, for those who build on it."""

    version: str
    changes: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the three numbers."""
        return tuple(int(number) for number in self.version.split("."))


@cache
def versions() -> tuple[Version, ...]:
    """Return the versions of the contract, newest first."""
    return tuple(Version(each["version"], tuple(each["changes"])) for each in _told()["versions"])


@cache
def names(part: Literal["public", "inner"] = "public") -> tuple[str, ...]:
    """Return what is public, or what metrics are made of and is not: schema.name."""
    return tuple(f"{schema}.{name}" for schema, listed in _told()[part].items() for name in listed)


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "contract.toml").read_text(encoding="utf-8"))


def recorded() -> tuple[str, Surface]:
    """Return the version of the contract that is recorded, and what its names give."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    return record["version"], {name: Public(**public) for name, public in record["public"].items()}


def record(surface: Surface) -> None:
    """Record what the names give under the newest version; raises ValueError where that version does not rise as the change asks."""
    old_version, old = recorded()
    newest = versions()[0]
    change = change_between(old, surface)
    if not rises_enough(Version(old_version, ()), newest, change):
        raise ValueError(f"a {change} change needs a new version at the top of sql/contract.toml: {newest.version} follows {old_version}")
    _write(newest.version, surface)


def _write(version: str, surface: Surface) -> None:
    content = {"version": version, "public": {name: asdict(public) for name, public in surface.items()}}
    RECORD.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def rows() -> list[dict[str, str | int | None]]:
    """Return the recorded contract as the rows of raw.contract."""
    version, surface = recorded()
    return [_row(version, name, public, *each) for name, public in surface.items() for each in _items(public)]


def _items(public: Public) -> Iterator[tuple[str | None, str | None, int | None, str | None]]:
    """Yield part, item, position and detail of each parameter and column; of a macro that takes nothing, none of them once."""
    for part, items in (("parameter", public.parameters), ("column", public.columns)):
        for position, (item, detail) in enumerate(items.items(), start=1):
            yield part, item, position, detail
    if not public.parameters and not public.columns:
        yield None, None, None, None


def _row(
    version: str, name: str, public: Public, part: str | None, item: str | None, position: int | None, detail: str | None
) -> dict[str, str | int | None]:
    return {
        "contract_version": version,
        "name": name,
        "kind": public.kind,
        "part": part,
        "item": item,
        "position": position,
        "detail": detail,
    }


def surface_of(con: duckdb.DuckDBPyConnection) -> Surface:
    """Return what the public names give in the file that a connection has opened; raises KeyError or duckdb.Error where one is missing."""
    formulas = dict(con.execute("select formula, sql from raw.formulas").fetchall())
    return {name: _public(con, name, formulas) for name in names()}


def _public(con: duckdb.DuckDBPyConnection, name: str, formulas: dict[str, str]) -> Public:
    kind = _KINDS.get(name.partition(".")[0], "table")
    parameters = {} if kind == "table" else _parameters(formulas[name])
    columns = {} if kind == "macro" else _columns(con, f"{name}()" if kind == "metric" else name)
    return Public(kind, parameters, columns)


def _parameters(sql: str) -> dict[str, str | None]:
    """Return the parameters of a macro with their defaults.

    >>> _parameters("create or replace macro macros.f(x, days := [1, 2], scope := map([], [])) as x")
    {'x': None, 'days': '[1, 2]', 'scope': 'map([], [])'}
    """
    header = _PARAMETERS.match(sql)
    listed = " ".join(header[1].split()) if header else ""
    pairs = [each.partition(" := ") for each in re.split(r", (?=[a-z_]\w*(?: :=|,|$))", listed) if each]
    return {name: default or None for name, _, default in pairs}


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return columns with their types; a type of known names is text, since the names are those of the data."""
    described = con.execute(f"describe from {relation}").fetchall()
    return {row[0]: _ENUM.sub("VARCHAR", row[1]) for row in described}


def change_between(old: Surface, new: Surface) -> Change:
    """Return major where something that was there is gone or differs, minor where something came, else none."""
    if any(name not in new or _breaks(public, new[name]) for name, public in old.items()):
        return "major"
    return "none" if old == new else "minor"


def _breaks(old: Public, new: Public) -> bool:
    return (
        old.kind != new.kind
        or not old.columns.items() <= new.columns.items()
        or not old.parameters.items() <= new.parameters.items()
        or any(default is None and name not in old.parameters for name, default in new.parameters.items())
    )


def rises_enough(old: Version, new: Version, change: Change) -> bool:
    """Return whether the step from one version to the next is as large as a change asks."""
    match change:
        case "major":
            return new.numbers[0] > old.numbers[0]
        case "minor":
            return new.numbers[:2] > old.numbers[:2]
        case _:
            return new.numbers >= old.numbers
