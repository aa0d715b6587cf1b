"""The clock of the simulated world: working days, five to a week, so that nothing happens at night or on a weekend.

A time is a number of working days since Monday 2024-01-08; day 4.5 is the middle of the first Friday.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ORIGIN = date(2024, 1, 8)
"""Monday on which the clock stands at 0."""
AS_OF = date(2026, 6, 30)
"""Last day of the export; nothing is younger."""
NEVER = 1e9
"""A time that never comes, in working days."""


def seconds(moment: Floats) -> Ints:
    """Return working days as seconds since `ORIGIN`, 07:00 to 18:00 UTC, Monday to Friday."""
    week, rest = np.divmod(moment, 5.0)
    day = np.floor(rest)
    return np.asarray(86_400 * (7 * week + day) + 25_200 + np.floor((rest - day) * 39_600), dtype=np.int64)


def calendar_day(moment: Floats) -> Ints:
    """Return the calendar day on which a moment (working days) falls, counted from `ORIGIN`."""
    week, rest = np.divmod(moment, 5.0)
    return np.asarray(7 * week + np.floor(rest), dtype=np.int64)


def end_of_day(day: Ints) -> Floats:
    """Return the end of a calendar day counted from `ORIGIN`, in working days."""
    week, weekday = np.divmod(day, 7)
    return np.asarray(5 * week + np.minimum(weekday + 1, 5), dtype=np.float64)


LAST_DAY = (AS_OF - ORIGIN).days
HORIZON = float(end_of_day(np.array([LAST_DAY]))[0])
"""End of `AS_OF`, in working days."""
