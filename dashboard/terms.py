"""The definition in force: what a figure on the page was computed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FEW_DEALS = 30
"""With fewer deals in a group, counts are shown and no rate is."""

FEW_OWNERS = 5
"""With fewer owners, a gap has no interval."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What deals share that are compared like for like, and what was let go for want of partners.

    Both hold names of factors, the most important first: stage, owner, team, icp_fit, … Factors that the export tells nothing about are
    in neither.
    """

    held: tuple[str, ...] = ()
    let_go: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """How deals are tagged and counted: the file's settings with the scope's laid over them.

    questions is the number of buyer questions that the export can answer; days are calendar days. denominator (all, decided), no_decision
    (in, out) and count_by (deals, value) are the definitions of etl.queries.Scope.
    """

    landmark_day: int
    answers_needed: int
    questions: int
    horizon_days: int
    currency: str
    as_of: date
    has_field_history: bool
    has_owners: bool
    denominator: str = "all"
    no_decision: str = "in"
    count_by: str = "deals"

    @property
    def is_by_value(self) -> bool:
        """Return whether win rates weigh deals by their amount."""
        return self.count_by == "value"
