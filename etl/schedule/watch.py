"""`sameside schedule`: the scheduler on this machine's clock, processes and folders, with its log on stderr."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from etl.config import Config, find_config, load_config
from etl.errors import ConfigError, DatabaseError
from etl.schedule.alerts import channels
from etl.schedule.runner import Runner, Stop, WallClock
from etl.schedule.scheduler import Scheduler
from etl.schedule.state import State, only_one, read_state, utc_now, write_state


def schedule(folder: Path, settings: Path | None, *, once: bool) -> None:
    """Load and export as the settings say until SIGTERM or SIGINT; with `once`, do what is due now and return.

    Raises ConfigError where nothing is named to load, and DatabaseError where another scheduler has the folder; with `once` that one
    is left to it.
    """
    config = _config(settings or find_config(Path.cwd(), folder))
    ways = channels(config.alerts, os.environ)
    with only_one(folder) as is_ours:
        if not is_ours:
            if once:
                return
            raise DatabaseError("another scheduler works on this folder", where=str(folder), todo="Stop that one first.")
        stop = Stop()
        stop.listen()
        scheduler = Scheduler(
            config,
            read_state(folder),
            clock=WallClock(stop),
            run=Runner(config.schedule, folder, settings, stop),
            channels=ways,
            remember=lambda state: _remember(folder, state),
            log=_log,
        )
        if once:
            scheduler.catch_up()
        else:
            scheduler.forever()


def health(folder: Path) -> tuple[str, bool]:
    """Return what the scheduler of a data folder remembers, as JSON with the `problem` it has, and whether it has none.

    Raises DatabaseError where no scheduler has run yet.
    """
    state = read_state(folder)
    if state is None:
        raise DatabaseError("no scheduler has run yet", where=str(folder), todo="Start it with `sameside schedule`.")
    problem = state.problem(utc_now())
    return json.dumps({"problem": problem} | state.model_dump(mode="json"), indent=2), problem is None


def _config(settings: Path | None) -> Config:
    config = load_config(settings)
    if not config.schedule.inputs:
        raise ConfigError(
            "schedule.inputs names nothing to load",
            where=str(settings or "the defaults"),
            expected='[schedule] with inputs = ["exports"]',
            todo="Name the folder that the exports of your CRM are put in.",
        )
    return config


def _remember(folder: Path, state: State) -> None:
    """Remember a state, as far as the disk lets it: a scheduler goes on where it is full, and what it does is safe to be done again."""
    try:
        write_state(folder, state)
    except OSError as error:
        _log("not remembered", error=error.strerror)


def _log(event: str, **told: Any) -> None:
    """Write a line of JSON to the log."""
    at = utc_now().isoformat(timespec="seconds")
    click.echo(json.dumps({"at": at, "event": event} | told), err=True)
