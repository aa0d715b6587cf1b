"""Which runs of a cron expression are due, in a zone whose clocks may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim


@lru_cache(maxsize=64)  # asked each minute
def next_due(expression: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first moment after another at which an expression is due; both are UTC.

    Where clocks go forward, a run of a set time in the gap is due right after it; where they go back, it is due once. That is how
    Debian's cron does it: https://manpages.debian.org/stable/cron/cron.8.en.html
    """
    return next(CronSim(expression, after.astimezone(zone))).astimezone(UTC)


def due(expression: str, zone: ZoneInfo, after: datetime, until: datetime) -> tuple[datetime, ...]:
    """Return every moment after one and up to another, both UTC, at which an expression is due."""
    moments = []
    moment = next_due(expression, zone, after)
    while moment <= until:
        moments.append(moment)
        moment = next_due(expression, zone, moment)
    return tuple(moments)


def pause(tries: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after so many failed tries: the first pause, each twice the one before, up to the longest."""
    return min(first * (1 << (tries - 1)), longest)
