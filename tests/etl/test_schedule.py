"""The scheduler on a clock that is turned by hand: whatever happens in a week, each due run is done, made up for, or told as given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.config import Config, load_config
from etl.errors import ConfigError, DatabaseError
from etl.schedule.due import due, next_due, pause
from etl.schedule.scheduler import Done, Failed, Result, Scheduler, Stopped
from etl.schedule.state import FILE, Found, JobName, JobState, State, only_one, read_state, write_state

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
FOUND = Found(load_id="2026-06-01-aa", deals=1000, verdict="Won more often", sentence="They won +5 points more often.")


class PowerCut(BaseException):
    """The machine goes down; no handler of the program gets to see it."""


class Machine:
    """A machine with a clock, a disk and a scheduler on it; `cuts` are the hours at which its power goes, and for how many."""

    def __init__(self, config: Config, start: datetime = MONDAY, cuts: dict[datetime, timedelta] | None = None) -> None:
        """Switch it on."""
        self.config, self.time, self.end = config, start, start
        self.cuts = sorted((cuts or {}).items())
        self.disk: State | None = None
        self.events: list[dict[str, Any]] = []
        self.sent: list[str] = []
        self.running: JobName | None = None
        self.outcomes: Iterator[tuple[timedelta, Result]] = iter(())
        self.webhook: Callable[[str], None] = self.sent.append

    def now(self) -> datetime:
        """Return the time on its clock."""
        return self.time

    def wait(self, until: datetime) -> bool:
        """Pass the time until then."""
        assert until > self.time, "it would not rest"
        self._pass(until)
        return self.time < self.end

    def _pass(self, until: datetime) -> None:
        if self.cuts and self.cuts[0][0] <= until:
            cut, hours = self.cuts.pop(0)
            self.time = max(self.time, cut) + hours
            raise PowerCut
        self.time = until

    def run(self, job: JobName, beat: Callable[[], None]) -> Result:
        """Take the time that the next run takes, and come out as it does."""
        assert self.running is None, "two jobs at a time"
        self.running = job
        try:
            takes, result = next(self.outcomes, (MINUTE, Done(FOUND if job == "load" else None)))
            self._pass(self.time + takes / 2)
            beat()
            self._pass(self.time + takes / 2)
        finally:
            self.running = None
        return result

    def remember(self, state: State) -> None:
        """Write to the disk."""
        self.disk = state

    @property
    def state(self) -> State:
        """Return what is on the disk, which keeps texts, not objects."""
        assert self.disk is not None
        return State.model_validate_json(self.disk.model_dump_json())

    def scheduler(self) -> Scheduler:
        """Start a scheduler."""
        return Scheduler(
            self.config,
            self.state if self.disk else None,
            clock=self,
            run=self.run,
            channels={"webhook": self.webhook},
            remember=self.remember,
            log=lambda event, **told: self.events.append({"event": event, "at": self.time} | told),
        )

    def live(self, until: datetime) -> None:
        """Keep a scheduler running until then, starting it anew when power comes back."""
        self.end = until
        while self.time < until:
            try:
                self.scheduler().forever()
            except PowerCut:
                self.events.append({"event": "power is back", "at": self.time})

    def settled(self, job: JobName) -> list[tuple[str, datetime, int]]:
        """Return how runs were settled: done or given up, the last run that was due, and how many earlier ones with it."""
        ends = [each for each in self.events if each["event"] in {"done", "given up"} and each["job"] == job]
        return [(each["event"], datetime.fromisoformat(each["due"]), each["made_up_for"]) for each in ends]

    def named(self, event: str, job: JobName = "load") -> list[dict[str, Any]]:
        """Return the events of a name and a job."""
        return [each for each in self.events if each["event"] == event and each.get("job") == job]


def config_of(tmp: Path, zone: str = "UTC", **changes: Any) -> Config:
    """Return settings with a schedule."""
    told = {"inputs": ["exports"], "load": "0 2 * * *", "export": "0 3 * * *"} | changes
    lines = [f"{name} = {value!r}".replace("'", '"') for name, value in told.items()]
    path = tmp / "sameside.toml"
    path.write_text("\n".join([f'organisation.time_zone = "{zone}"', "[schedule]", *lines]), encoding="utf-8")
    return load_config(path)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine that loads at two and exports at three."""
    return Machine(config_of(tmp_path))


def nights(first: datetime, days: int, at: time, zone: ZoneInfo | None = None) -> list[datetime]:
    """Return the moments of a time of day, worked out without cron."""
    local = [(first.date() + timedelta(days=day)) for day in range(days)]
    return [datetime.combine(day, at, zone or UTC).astimezone(UTC) for day in local]


def nothing_is_lost(settled: list[tuple[str, datetime, int]], expected: list[datetime]) -> bool:
    """Return whether the runs settled are those expected, each once and in order."""
    position = 0
    for _, last, earlier in settled:
        position += earlier + 1
        if position > len(expected) or expected[position - 1] != last:
            return False
    return position == len(expected)


def test_a_quiet_week(machine: Machine) -> None:
    """Seven nights, seven loads and seven exports, each at its time."""
    machine.live(MONDAY + timedelta(days=7))
    assert [(each["at"], each["attempt"]) for each in machine.named("run")] == [(at, 1) for at in nights(MONDAY, 7, time(2))]
    assert [each["at"] for each in machine.named("run", "export")] == nights(MONDAY, 7, time(3))
    assert machine.sent == []
    assert machine.state.jobs["load"].next_run == MONDAY + timedelta(days=7, hours=2)


def test_the_first_start_makes_up_for_nothing(machine: Machine) -> None:
    """Without a state nobody knows that anything was missed."""
    machine.live(MONDAY + HOUR)
    assert machine.named("run") == []


def test_a_load_that_fails_is_tried_again_and_the_export_waits(machine: Machine) -> None:
    """Two failures, then it works: 2:00, 2:06, 2:17; the first is told; the export, due at 3:00, goes on time."""
    machine.outcomes = iter([(MINUTE, Failed("DataError")), (MINUTE, Failed("DataError")), (50 * MINUTE, Done(FOUND))])
    machine.live(MONDAY + 4 * HOUR)
    starts = [each["at"] - MONDAY for each in machine.named("run")]
    assert starts == [2 * HOUR, 2 * HOUR + 6 * MINUTE, 2 * HOUR + 17 * MINUTE]
    assert [each["at"] - MONDAY for each in machine.named("run", "export")] == [3 * HOUR + 7 * MINUTE]
    assert [text.split(" The ", maxsplit=1)[0] for text in machine.sent] == [
        "The scheduled load failed (DataError). It is tried again at 2026-06-01 02:06 UTC."
    ]
    assert machine.state.problem(machine.time) is None


def test_a_load_that_keeps_failing_is_given_up_until_it_is_due_again(machine: Machine) -> None:
    """Five tries, then a second alert, the export of what there is, and a new try the next night."""
    machine.outcomes = iter([(MINUTE, Failed("MissingColumn"))] * 5)
    machine.live(MONDAY + 10 * HOUR)
    assert [each["attempt"] for each in machine.named("run")] == [1, 2, 3, 4, 5]
    given_up = machine.named("given up")[0]["at"]
    assert given_up == MONDAY + 2 * HOUR + (5 + 10 + 20 + 40 + 5) * MINUTE
    assert machine.named("run", "export")[0]["at"] == given_up
    assert ["tried again" in text for text in machine.sent] == [True, False]
    assert machine.state.problem(machine.time) == "failed: load"
    machine.live(MONDAY + 30 * HOUR)
    assert [event for event, *_ in machine.settled("load")] == ["given up", "done"]
    assert machine.state.problem(machine.time) is None


def test_runs_that_overlap_wait_for_each_other(tmp_path: Path) -> None:
    """A load each quarter of an hour that takes forty minutes: one at a time, and one run makes up for those that it held up."""
    machine = Machine(config_of(tmp_path, load="*/15 * * * *", export="*/30 * * * *"))
    machine.outcomes = iter([(40 * MINUTE, Done(FOUND))])
    machine.live(MONDAY + 2 * HOUR)
    assert machine.settled("load")[:3] == [
        ("done", MONDAY + 15 * MINUTE, 0),
        ("done", MONDAY + 45 * MINUTE, 1),
        ("done", MONDAY + 60 * MINUTE, 0),
    ]
    assert machine.settled("export")[0] == ("done", MONDAY + 30 * MINUTE, 0)


def test_nights_that_the_machine_was_down_are_made_up_for_once(tmp_path: Path) -> None:
    """Down from Tuesday noon to Friday noon: on Friday one load and one export for three nights."""
    machine = Machine(config_of(tmp_path), cuts={MONDAY + 36 * HOUR: 72 * HOUR})
    machine.live(MONDAY + timedelta(days=7))
    friday = MONDAY + timedelta(days=4, hours=12)
    made_up = [each for each in machine.named("run") if each["made_up_for"]]
    assert [(each["at"], each["made_up_for"]) for each in made_up] == [(friday, 2)]
    assert nothing_is_lost(machine.settled("load"), nights(MONDAY, 7, time(2)))
    assert nothing_is_lost(machine.settled("export"), nights(MONDAY, 7, time(3)))


def test_a_load_that_a_power_cut_broke_is_done_again(tmp_path: Path) -> None:
    """Nobody knows what came of it, so it is made up for."""
    machine = Machine(config_of(tmp_path), cuts={MONDAY + 2 * HOUR + 5 * MINUTE: HOUR})
    machine.outcomes = iter([(10 * MINUTE, Done(FOUND))])
    machine.live(MONDAY + 5 * HOUR)
    assert [each["at"] - MONDAY for each in machine.named("run")] == [2 * HOUR, 3 * HOUR + 5 * MINUTE]
    assert machine.settled("load") == [("done", MONDAY + 2 * HOUR, 0)]


def test_a_run_that_was_stopped_is_made_up_for(machine: Machine) -> None:
    """On a signal the scheduler ends and settles nothing; the next one begins with it."""
    machine.outcomes = iter([(MINUTE, Stopped())])
    machine.end = MONDAY + timedelta(days=1)
    machine.scheduler().forever()
    assert (machine.events[-1]["event"], machine.state.running, machine.settled("load")) == ("ended", None, [])
    machine.live(MONDAY + 5 * HOUR)
    assert machine.settled("load") == [("done", MONDAY + 2 * HOUR, 0)]


@pytest.mark.parametrize(
    ("sunday", "expected_utc"),
    [(datetime(2026, 3, 29, tzinfo=UTC), "01:00"), (datetime(2026, 10, 25, tzinfo=UTC), "00:30")],
    ids=["forward", "back"],
)
def test_a_week_in_which_clocks_change(tmp_path: Path, sunday: datetime, expected_utc: str) -> None:
    """Half past two, which does not exist or exists twice, is one load all the same: at three, or at the first of the two."""
    config = config_of(tmp_path, "Europe/Berlin", load="30 2 * * *", export="0 4 * * *")
    thursday = sunday - timedelta(days=3)
    machine = Machine(config, thursday)
    machine.live(thursday + timedelta(days=7))
    starts = [each["at"] for each in machine.named("run")]
    assert f"{starts[3]:%H:%M}" == expected_utc
    usual = nights(thursday, 7, time(2, 30), BERLIN)
    assert starts[:3] + starts[4:] == usual[:3] + usual[4:]
    assert [each["at"] for each in machine.named("run", "export")] == nights(thursday, 7, time(4), BERLIN)


WEEK = 12  # days: seven on which things happen, and then as many as it takes to settle them
SPAN = st.integers(1, 60 * 30).map(lambda minutes: minutes * MINUTE)
RUN = st.tuples(st.integers(1, 300).map(lambda minutes: minutes * MINUTE), st.sampled_from([Done(FOUND), Failed("DataError")]))


@pytest.mark.thorough
@settings(max_examples=15, deadline=None)
@given(
    runs=st.lists(RUN, max_size=40),
    cuts=st.dictionaries(st.integers(1, 7 * 24 * 60), SPAN, max_size=6),
    begins=st.sampled_from([datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)]),
)
def test_no_week_loses_a_run(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[timedelta, Result]], cuts: dict[int, timedelta], begins: datetime
) -> None:
    """Loads that fail and overlap, power that goes, clocks that change: each run is settled once, and nothing is told twice."""
    config = config_of(tmp_path_factory.getbasetemp(), "Europe/Berlin", load="0 */4 * * *", export="15 5 * * *")
    machine = Machine(config, begins, {begins + at * MINUTE: span for at, span in cuts.items()})
    machine.outcomes = iter(runs)
    machine.live(begins + timedelta(days=WEEK))
    every = [begins + hours * HOUR for hours in range(1, WEEK * 24)]
    loads = [at for at in every if at.astimezone(BERLIN).hour % 4 == 0]
    assert nothing_is_lost(machine.settled("load"), [at for at in loads if at.astimezone(BERLIN).fold == 0])
    assert nothing_is_lost(machine.settled("export"), nights(begins, WEEK, time(5, 15), BERLIN))
    failures = [each for each in machine.events if each["event"] == "failed"]
    assert all(each["retry_at"] > each["at"].isoformat(timespec="seconds") for each in failures)


def test_alerts_that_cannot_be_sent_are_tried_again(machine: Machine) -> None:
    """Nobody at the other end for a quarter of an hour: tried at 2:01, 2:07 (after the run that was due before) and 2:17."""

    def busy(text: str) -> None:
        if machine.time < MONDAY + 2 * HOUR + 15 * MINUTE:
            raise ConnectionRefusedError
        machine.sent.append(text)

    machine.webhook = busy
    machine.outcomes = iter([(MINUTE, Failed("DataError"))])
    machine.live(MONDAY + 3 * HOUR)
    assert [each["at"] - MONDAY for each in machine.events if each["event"] == "alert sent"] == [2 * HOUR + 17 * MINUTE]
    assert len(machine.sent) == 1
    assert machine.state.unsent == ()


def test_alerts_that_nobody_takes_are_lost_with_a_word(machine: Machine) -> None:
    """After some hours; and no alert holds up a run."""

    def broken(_: str) -> None:
        raise TimeoutError

    machine.webhook = broken
    machine.outcomes = iter([(MINUTE, Failed("DataError"))])
    machine.live(MONDAY + timedelta(days=2))
    assert [each["error"] for each in machine.events if each["event"] == "alert lost"] == ["TimeoutError"]
    assert len(machine.settled("load")) == 2


def test_a_load_that_shrinks_or_changes_the_verdict_is_told(machine: Machine) -> None:
    """Of two nights, the second brings half the deals and another verdict: two alerts, with counts and the sentence."""
    after = Found(load_id="b", deals=500, verdict="Cannot tell yet", sentence="There is no clear difference.")
    machine.outcomes = iter([(MINUTE, Done(FOUND)), (MINUTE, Done()), (MINUTE, Done(after))])
    machine.live(MONDAY + timedelta(days=3))
    assert machine.sent == [
        "The load shrank by 50%: 500 deals, 1,000 before. Is the export whole?",
        "The verdict changed from “Won more often” to “Cannot tell yet”. There is no clear difference.",
        "The verdict changed from “Cannot tell yet” to “Won more often”. They won +5 points more often.",
    ]


def test_a_state_of_a_clock_that_was_wrong_stops_nothing(machine: Machine) -> None:
    """Settled until next year: counted from now on instead."""
    wrong = JobState(settled_until=MONDAY + timedelta(days=300), retry_at=MONDAY + timedelta(days=300))
    machine.remember(State(seen_at=MONDAY, jobs={"load": wrong}))
    machine.live(MONDAY + 3 * HOUR)
    assert len(machine.settled("load")) == 1


def test_due_and_pause() -> None:
    """Moments after one and up to another; pauses double up to the longest."""
    assert due("0 2 * * *", BERLIN, MONDAY, MONDAY) == ()
    assert due("*/30 * * * *", BERLIN, MONDAY, MONDAY + HOUR) == (MONDAY + 30 * MINUTE, MONDAY + HOUR)
    assert next_due("0 2 * * *", BERLIN, MONDAY) == MONDAY + timedelta(days=1)
    assert [pause(tries, 5 * MINUTE, HOUR) // MINUTE for tries in (1, 2, 3, 4, 5, 19)] == [5, 10, 20, 40, 60, 60]


def test_the_state_survives_on_disk_and_says_when_it_cannot_be_read(tmp_path: Path) -> None:
    """Written whole; nothing is left beside it; a damaged one is told."""
    assert read_state(tmp_path) is None
    state = State(seen_at=MONDAY, running="load", jobs={"load": JobState(settled_until=MONDAY, tries=2)}, found=FOUND)
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(DatabaseError, match="remembers"):
        read_state(tmp_path)


def test_a_scheduler_that_is_gone_is_a_problem() -> None:
    """Not seen for more than a quarter of an hour."""
    state = State(seen_at=MONDAY)
    assert state.problem(MONDAY + 15 * MINUTE) is None
    assert "not been seen since 2026-06-01T00:00:00+00:00" in str(state.problem(MONDAY + 16 * MINUTE))


def test_only_one_scheduler_has_a_folder(tmp_path: Path) -> None:
    """The second is refused, until the first has ended."""
    with only_one(tmp_path) as first, only_one(tmp_path) as second:
        assert (first, second) == (True, False)
    with only_one(tmp_path) as third:
        assert third


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("load", "0 2 * *", "five fields"),
        ("load", "0 25 * * *", "never due"),
        ("load", "0 0 30 2 *", "never due"),
        ("export", "0 0 2 * * *", "has not five fields"),
        ("tries", 0, "greater than or equal to 1"),
        ("lod", "0 2 * * *", "did you mean 'load'"),
    ],
)
def test_mistakes_in_the_schedule_are_told(tmp_path: Path, name: str, value: Any, said: str) -> None:
    """By their key, before anything runs."""
    with pytest.raises(ConfigError, match=f"schedule.{name}.*{said}"):
        config_of(tmp_path, **{name: value})
