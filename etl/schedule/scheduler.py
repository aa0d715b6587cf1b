"""The scheduler: what is due is done, one run at a time, in order; what failed is tried again; what was missed is made up for once.

It knows neither clock nor processes: both are given, so that a week takes a moment in a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from etl.config import Config
from etl.schedule.alerts import Channel, failed, worth_telling
from etl.schedule.due import due, next_due, pause
from etl.schedule.state import JOBS, Found, JobName, JobState, State, Unsent

_LOOK: Final = timedelta(minutes=1)
_MOST_SENDINGS: Final = 8


class Clock(Protocol):
    """What time it is, and waiting for another."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    def wait(self, until: datetime) -> bool:
        """Wait until then, or until all is to end, and return whether it is to go on."""


@dataclass(frozen=True, slots=True)
class Done:
    """A run that succeeded; a load tells what it published."""

    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that failed, by the kind of its error."""

    error: str


class Stopped:
    """A run that was stopped because all is to end."""


Result = Done | Failed | Stopped
Run = Callable[[JobName, Callable[[], None]], Result]
"""Does a job and calls the function it is given now and then, to show that it goes on."""
Log = Callable[..., None]


class Scheduler:
    """Does what is due, and remembers it."""

    def __init__(
        self,
        config: Config,
        state: State | None,
        *,
        clock: Clock,
        run: Run,
        channels: Mapping[str, Channel],
        remember: Callable[[State], None],
        log: Log,
    ) -> None:
        """Go on from a state; without one, and for a job that it does not know, runs count from now on."""
        self._plan, self._shrinks_by = config.schedule, config.alerts.shrinks_by_percent
        self._zone = ZoneInfo(config.organisation.time_zone)
        self._crons: dict[JobName, str] = {"load": config.schedule.load, "export": config.schedule.export}
        self._clock, self._run, self._channels, self._remember, self._log = clock, run, channels, remember, log
        now = clock.now()
        state = state or State(seen_at=now)
        known = {name: state.jobs.get(name, JobState(settled_until=now)) for name in JOBS}
        self._state = state.model_copy(update={"running": None, "jobs": {name: _not_of_tomorrow(job, now) for name, job in known.items()}})
        self._note()

    def forever(self) -> None:
        """Do what is due until the clock, or a run, says that all is to end."""
        self._log("started")
        goes_on = True
        while goes_on:
            goes_on = self.catch_up() and self._clock.wait(self._next_look())
        self._log("ended")

    def catch_up(self) -> bool:
        """Do all that can be done now, and return whether to go on: not where a run was stopped."""
        while turn := self._turn():
            if isinstance(self._take(*turn), Stopped):
                return False
            self._send()
        self._send()
        self._note()
        return True

    def _turn(self) -> tuple[JobName, tuple[datetime, ...]] | None:
        """Return the job whose turn it is with its due runs; a later job waits for an earlier one that is to be tried again."""
        now = self._clock.now()
        for name in JOBS:
            job = self._state.jobs[name]
            if runs := due(self._crons[name], self._zone, job.settled_until, now):
                return None if job.retry_at and now < job.retry_at else (name, runs)
        return None

    def _take(self, name: JobName, runs: tuple[datetime, ...]) -> Result:
        """Do a job once for all its due runs, and settle them unless it is to be tried again."""
        self._note(running=name)
        about = {"job": name, "due": _told(runs[-1]), "made_up_for": len(runs) - 1}
        self._log("run", **about, attempt=self._state.jobs[name].tries + 1)
        result = self._run(name, self._note)
        now = self._clock.now()
        match result:
            case Done(found):
                for text in worth_telling(self._state.found, found, self._shrinks_by):
                    self._alert(text)
                self._note(found=found or self._state.found)
                self._settle(name, settled_until=runs[-1], tries=0, retry_at=None, last_success=now)
                self._log("done", **about, **(_counts(found) if found else {}))
            case Failed(error):
                self._fail(name, runs[-1], error, about)
            case Stopped():
                self._log("stopped", **about)
        self._note(running=None)
        return result

    def _fail(self, name: JobName, run: datetime, error: str, about: dict[str, Any]) -> None:
        """Put a failed run off, or give it up after as many tries as are allowed; the first failure and the last are told."""
        now, tries = self._clock.now(), self._state.jobs[name].tries + 1
        if tries < self._plan.tries:
            retry_at = now + self._pause(tries)
            if tries == 1:
                self._alert(failed(name, error, retry_at))
            self._settle(name, tries=tries, retry_at=retry_at, last_failure=now, last_error=error)
            self._log("failed", **about, error=error, retry_at=_told(retry_at))
        else:
            self._alert(failed(name, error, None))  # first: after a crash it is told twice rather than never
            self._settle(name, settled_until=run, tries=0, retry_at=None, last_failure=now, last_error=error)
            self._log("given up", **about, error=error)

    def _pause(self, tries: int) -> timedelta:
        return pause(tries, timedelta(minutes=self._plan.retry_minutes), timedelta(minutes=self._plan.longest_retry_minutes))

    def _alert(self, text: str) -> None:
        self._note(unsent=(*self._state.unsent, *(Unsent(channel=name, text=text) for name in self._channels)))

    def _send(self) -> None:
        """Send the alerts whose time has come; what a channel does not take stays, and is tried again for some hours."""
        waiting = [left for each in self._state.unsent if (left := self._after_sending(each))]
        self._note(unsent=tuple(waiting))

    def _after_sending(self, alert: Unsent) -> Unsent | None:
        now = self._clock.now()
        if alert.channel not in self._channels or (alert.retry_at and now < alert.retry_at):
            return alert if alert.channel in self._channels else None
        try:
            self._channels[alert.channel](alert.text)
        except OSError as error:
            tries = alert.tries + 1
            is_last = tries >= _MOST_SENDINGS
            self._log("alert lost" if is_last else "alert not sent", channel=alert.channel, error=type(error).__name__)
            return None if is_last else alert.model_copy(update={"tries": tries, "retry_at": now + self._pause(tries)})
        self._log("alert sent", channel=alert.channel)
        return None

    def _settle(self, name: JobName, **change: Any) -> None:
        job = self._state.jobs[name].model_copy(update=change)
        self._note(jobs=self._state.jobs | {name: job})

    def _note(self, **change: Any) -> None:
        """Remember a change, that the clock was looked at, and when each job runs next."""
        now = self._clock.now()
        state = self._state.model_copy(update={"seen_at": now} | change)
        jobs = {name: job.model_copy(update={"next_run": self._next_run(name, job, now)}) for name, job in state.jobs.items()}
        self._state = state.model_copy(update={"jobs": jobs})
        self._remember(self._state)

    def _next_run(self, name: JobName, job: JobState, now: datetime) -> datetime:
        """Return when a job runs next: when its pending run is tried again, else when it is next due; not before now."""
        return max(now, job.retry_at or next_due(self._crons[name], self._zone, job.settled_until))

    def _next_look(self) -> datetime:
        """Return when to look again: at the next run, and at least once a minute, as clocks are set and machines sleep."""
        now = self._clock.now()
        ahead = [job.next_run for job in self._state.jobs.values() if job.next_run and job.next_run > now]
        return min([now + _LOOK, *ahead])


def _not_of_tomorrow(job: JobState, now: datetime) -> JobState:
    """Return a job as it is, or counted from now on where a wrong clock settled runs that are not due yet."""
    horizon = now + timedelta(days=1)
    if job.retry_at and job.retry_at > horizon:
        job = job.model_copy(update={"retry_at": None})
    return job.model_copy(update={"settled_until": now}) if job.settled_until > horizon else job


def _counts(found: Found) -> dict[str, Any]:
    return {"load_id": found.load_id, "deals": found.deals, "verdict": found.verdict}


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
