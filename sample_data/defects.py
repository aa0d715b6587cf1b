"""The defects that are planted into an export on purpose, each counted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from sample_data.book import Book
from sample_data.clock import HORIZON, LAST_DAY, NEVER, Flags, Ints, calendar_day
from sample_data.stages import UNPRICED

UNREADABLE_AMOUNTS: Final = ("tbc", "ca. 12k", "see offer", "#REF!")
UNREADABLE_DATES: Final = ("2025-02-30 25:61:00", "0000-00-00 00:00:00")
WAIT: Final = 40
"""Most calendar days between the close of a deal and its creation, where the close lies before."""


@dataclass(frozen=True)
class Defects:
    """Which deals of a book have which defect; no deal has two."""

    deleted_deals: Ints
    """Moved to the recycle bin: IsDeleted = 1, in the history too."""
    closed_before_created: Ints
    """Brought over from elsewhere: CreatedDate lies after the close that the history shows."""
    unreadable_amounts: Ints
    unreadable_created_dates: Ints
    duplicated_ids: Ints
    """Two rows with the same id: an older state, still open, and the one that holds."""
    deals_without_owner: Ints
    """An empty look-up where the owner should be."""
    deals_only_in_history: Ints
    """Gone from Opportunity.csv, their history rows are still there."""

    def counts(self) -> dict[str, int]:
        """Return the number of deals with each defect."""
        return {field.name: len(getattr(self, field.name)) for field in fields(self)}


def no_defects() -> Defects:
    """Return that nothing is wrong."""
    nothing = np.empty(0, dtype=np.int64)
    return Defects(*(nothing for _ in fields(Defects)))


ORPHANS: Final = 3
"""Deals simulated on top of those asked for, because they are only in the history."""


def draw_defects(book: Book, rng: np.random.Generator) -> Defects:
    """Return which deals of the book have which defect."""
    _, closed, _ = book.run.ending
    day = np.where(closed < NEVER, calendar_day(np.minimum(closed, HORIZON)), LAST_DAY)
    settled = (day < LAST_DAY - WAIT) & (_last_close_dates(book) == day)
    order = rng.permutation(book.number)
    settled_first = order[np.argsort(~settled[order], kind="stable")]
    closed_ones, rest = settled_first[:4], rng.permutation(settled_first[4:])
    # An amount that is blank anyway could not be made unreadable.
    priced_first = rest[np.argsort(~_priced(book)[rest], kind="stable")]
    amounts, dates, orphans, ownerless, deleted, _ = np.split(priced_first, np.cumsum([4, 2, ORPHANS, 5, 6]))
    return Defects(
        deleted_deals=deleted,
        closed_before_created=closed_ones[:3],
        unreadable_amounts=amounts,
        unreadable_created_dates=dates,
        duplicated_ids=closed_ones[3:],
        deals_without_owner=ownerless,
        deals_only_in_history=orphans,
    )


def _priced(book: Book) -> Flags:
    """Return which deals have an amount today."""
    priced = np.zeros(book.number, dtype=np.bool_)
    priced[book.stage_rows["deal"].to_numpy()] = book.stage_rows["amount"].to_numpy() != UNPRICED
    return priced


def _last_close_dates(book: Book) -> Ints:
    """Return each deal's close date today (calendar days)."""
    dates = np.zeros(book.number, dtype=np.int64)
    dates[book.stage_rows["deal"].to_numpy()] = book.stage_rows["close"].to_numpy()
    return dates
