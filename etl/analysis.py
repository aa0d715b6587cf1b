"""The worked questions of `sql/analysis`: what analysts ask, how to read the answer, and the query that gives it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from etl.build import SQL_FOLDER


@dataclass(frozen=True, slots=True)
class WorkedQuestion:
    """A file of `sql/analysis`: one question, and one query that answers it in any client that opened a published file."""

    name: str
    sql: str

    @property
    def question(self) -> str:
        """Return the question, the first line of the file."""
        return self._comment[0]

    @property
    def reading(self) -> str:
        """Return how to read the answer, the comment below the question."""
        return " ".join(self._comment[1:])

    @property
    def _comment(self) -> list[str]:
        return [line.removeprefix("-- ") for line in self.sql.splitlines() if line.startswith("-- ")]


@cache
def worked_questions() -> tuple[WorkedQuestion, ...]:
    """Return every worked question, in the order of their names."""
    paths = sorted((SQL_FOLDER / "analysis").glob("*.sql"))
    return tuple(WorkedQuestion(path.stem, path.read_text(encoding="utf-8")) for path in paths)
