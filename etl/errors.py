"""Everything that can go wrong, as people read it.

SameSideError               a message in four parts; the command ends with exit code 1
├── DataError               the data cannot be used as they are
│   ├── UnreadableFile      a file is not the text table that it seems to be
│   ├── MissingColumn       a column that nothing works without
│   ├── UnknownOutcome      a stage or status that says neither won, lost nor open
│   ├── AmbiguousDates      dates that can be read in two ways
│   └── RowsLost            rows read are not rows loaded plus rows rejected
├── CheckFailed             the built database breaks one of its own rules
├── QueryError              a query of the user's own cannot be answered
│   ├── QueryRefused        it does something else than read the file
│   └── QueryTooLarge       it takes more time or memory, or gives more, than it may
├── DatabaseError           the database is missing, from another version, or busy
│   └── NoFileYet           it has no file for those who see part of the deals
├── NotGranted              what was asked for is not granted to who asks
├── MachineError            the machine does not let it happen
│   ├── DiskFull            no room on the disk, or none that this user may take
│   ├── OutOfMemory         more memory is needed than there is, or may be used
│   ├── NotAllowed          a file or folder is not this user's to read or write
│   └── Damaged             what is on the disk is not what was written there
└── UsageError              the command or the configuration is wrong; exit code 2
    └── ConfigError         sameside.toml or a mapping, with every problem found
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Final

from etl.visible import visible, visible_lines

_MOST_NAMES: Final = 40
_LONGEST_NAME: Final = 200


@dataclass
class SameSideError(Exception):
    """What went wrong, where, what was expected instead, and what to do about it.

    Each part is plain text of one or more sentences; `where` and `expected` may be left empty. `what` has lines of its own only in kinds
    that say so.
    """

    has_lines: ClassVar[bool] = False

    what: str
    where: str = ""
    expected: str = ""
    todo: str = ""

    def __str__(self) -> str:
        """Return the four parts, one to a line, leaving out those that are empty.

        Nothing that they quote commands a terminal, or begins a line that seems to be ours.
        """
        parts = (("where", self.where), ("expected", self.expected), ("what to do", self.todo))
        what = visible_lines(self.what) if self.has_lines else visible(self.what)
        return "\n".join([what, *(f"  {label}: {visible(text)}" for label, text in parts if text)])

    @property
    def parts(self) -> dict[str, Any]:
        """Return the parts by name, with the name of the kind of error as `kind`: what `told` makes the error of again."""
        return {"kind": type(self).__name__} | asdict(self)

    @property
    def exit_code(self) -> int:
        """Return the exit code of a command that ends with this error."""
        return 2 if isinstance(self, UsageError) else 1


class DataError(SameSideError):
    """The data cannot be used as they are."""


class UnreadableFile(DataError):
    """A file is not the text table that it seems to be."""


class MissingColumn(DataError):
    """A column that nothing works without is not in the file."""


@dataclass
class UnknownOutcome(DataError):
    """A stage or status says neither won, lost nor open; `stages` names those that do not."""

    stages: tuple[str, ...] = ()


class AmbiguousDates(DataError):
    """Dates of a column can be read in two ways, and nothing decides which."""


class RowsLost(DataError):
    """Rows read are not rows loaded plus rows rejected: never published."""


class CheckFailed(SameSideError):
    """The database that was built breaks rules of its own: each on a line, with the first row that breaks it."""

    has_lines = True


class DatabaseError(SameSideError):
    """The database is missing, from another version, or busy."""


class QueryError(SameSideError):
    """A query of the user's own cannot be answered, because DuckDB finds fault with it, and shows where."""

    has_lines = True


class QueryRefused(QueryError):
    """A query does something else than read the file, and was not run."""


class QueryTooLarge(QueryError):
    """A query takes more time or memory, or gives more, than it may."""


class NoFileYet(DatabaseError):
    """The database has no file yet for those who see part of the deals: they were granted them after the load."""


class NotGranted(SameSideError):
    """What was asked for is not granted, or not any more."""


class MachineError(SameSideError):
    """The machine does not let it happen."""


class DiskFull(MachineError):
    """There is no room on the disk, or none that this user may take."""


class OutOfMemory(MachineError):
    """More memory is needed than there is, or may be used."""


class NotAllowed(MachineError):
    """A file or folder is not this user's to read or write."""


class Damaged(MachineError):
    """What is on the disk is not what was written there."""


class UsageError(SameSideError):
    """The command was called wrongly."""


class ConfigError(UsageError):
    """The configuration or a mapping is wrong; `what` lists every problem found."""

    has_lines = True


def some(names: Sequence[str]) -> str:
    """Return names that a stranger may have chosen as a line: of many the first, and of long ones the beginning.

    >>> some(["a", "b"]), some(["x"] * 42)[-12:]
    ('a, b', 'x … (2 more)')
    """
    first = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in names[:_MOST_NAMES]]
    return ", ".join(first) + (f" … ({len(names) - _MOST_NAMES:,} more)" if len(names) > _MOST_NAMES else "")


def told(parts: dict[str, Any]) -> SameSideError:
    """Return the error that its `parts` tell of, as another process handed them over."""
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in parts.items()}
    kind: type[SameSideError] = globals()[str(given.pop("kind"))]
    return kind(**given)
