"""What a session is loading: the files that it handed in, the job that works on them, and what came of it. Draws nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, get_args

import streamlit as st

from dashboard import access, data
from etl.choices import Asked, Choices, write_settings
from etl.config import DateOrder, Outcome, Uploads, load_config
from etl.errors import AmbiguousDates, SameSideError, UnknownOutcome
from etl.jobs import Job, Order, load_sample, seconds_allowed, settings_at_hand
from etl.mapfile import mapping_text
from etl.propose import Proposal
from etl.publish import is_loading as is_loading_into
from etl.troubles import told
from etl.uploads import KINDS, Upload

__all__ = ["KINDS", "OUTCOMES", "Asked", "Choices", "DateOrder", "Proposal", "SameSideError", "Stage", "Visit"]

Stage = Literal["choose files", "examining", "choose columns", "loading", "failed", "done"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

MAPPING: Final = "mine"
"""Name of the mapping of a table that no packaged mapping is for; questions name its columns under fields.mine."""

_SWITCH = "SAMESIDE_UPLOADS"
_OFF = ("off", "0", "false", "no", "n", "f")  # what the command line takes for it
_VISIT = "what is being loaded"


@dataclass
class Visit:
    """One way from files to a database: the upload, the job at work or done, the first look at the files, and what was chosen."""

    upload: Upload | None = None
    job: Job | None = None
    proposal: Proposal | None = None
    added: list[Asked] = field(default_factory=list)
    stages: dict[str, Outcome] = field(default_factory=dict)
    date_order: DateOrder | None = None
    choices: Choices | None = None
    columns: dict[str, str] = field(default_factory=dict)
    settings: bytes = b""
    mapping: bytes = b""
    is_partial: bool = False
    anew: bool = False

    @property
    def stage(self) -> Stage:
        """Return how far it is."""
        if self.job is None:
            return "choose columns" if self.proposal else "choose files"
        if self.job.is_running:
            return "loading" if self.job.order.verb == "load" else "examining"
        return "failed" if self.job.error else "done"

    @property
    def error(self) -> SameSideError | None:
        """Return what went wrong, if anything did."""
        return self.job.error if self.job and not self.job.is_running else None

    @property
    def unknown_stages(self) -> tuple[str, ...]:
        """Return the stages of which the load has to be told what they mean."""
        return self.error.stages if isinstance(self.error, UnknownOutcome) else ()

    @property
    def has_ambiguous_dates(self) -> bool:
        """Return whether the load has to be told how dates are meant."""
        return isinstance(self.error, AmbiguousDates)

    @property
    def key(self) -> str:
        """Return what tells the widgets of these files from those of others."""
        return self.upload.folder.name if self.upload else ""

    @property
    def report(self) -> Mapping[str, Any]:
        """Return lines, load_id and is_new of a load that is done."""
        return (self.job.result if self.job else None) or {}

    @property
    def progress(self) -> tuple[Sequence[str], str]:
        """Return the steps of the job, and the one that it is at."""
        return (self.job.steps, self.job.step) if self.job else ((), "")


def are_uploads_on() -> bool:
    """Return whether anything may be loaded in the browser at all."""
    return os.environ.get(_SWITCH, "on").strip().lower() not in _OFF


def may_load() -> bool:
    """Return whether who looks may load."""
    return are_uploads_on() and access.visitor().may("operator")


def is_loading() -> bool:
    """Return whether anybody's load is writing to the data folder."""
    return is_loading_into(data.folder())


def has_earlier() -> bool:
    """Return whether there are loads to go on from."""
    return data.has_file()


def visit() -> Visit:
    """Return what this session is loading; with files that were taken away for want of use, a new start."""
    at: Visit = st.session_state.setdefault(_VISIT, Visit())
    if at.upload and not at.upload.is_open and at.stage not in {"loading", "done"}:
        at = st.session_state[_VISIT] = Visit()
    if at.upload:
        at.upload.touch()
    if at.job and at.stage == "done" and at.job.order.verb == "examine":
        at.proposal, at.job = Proposal.of_parts(at.job.result or {}), None
    return at


def limits() -> Uploads:
    """Return how much may be handed in; raises ConfigError where the settings at hand are wrong."""
    return load_config(settings_at_hand(data.folder())).uploads


def hand_in(files: Sequence[tuple[str, BinaryIO]]) -> None:
    """Keep files and begin to look at them; raises SameSideError for what is not taken."""
    access.allow("operator")
    start_over()
    settings = settings_at_hand(data.folder())
    upload = Upload(data.folder(), load_config(settings).uploads)
    try:
        upload.keep(files)
    except SameSideError:
        upload.close()
        raise
    access.record("uploaded", files=_named(upload))
    order = Order("examine", upload.exports, data.folder(), settings, work=upload.folder / "look")
    st.session_state[_VISIT] = Visit(upload, Job(order, seconds_allowed(settings)))


def load(choices: Choices) -> None:
    """Begin to load with what was chosen; raises ConfigError where that is no valid configuration."""
    access.allow("operator")
    at = visit()
    if at.upload is None or at.proposal is None:
        raise RuntimeError("there are no files to load")
    base, settings = settings_at_hand(data.folder()), at.upload.folder / "settings.toml"
    with told("the choices cannot be kept", at.upload.folder):
        write_settings(choices, base, MAPPING if at.proposal.is_guess else at.proposal.crm, settings, access.settings())
        mapping = _mapping(at.proposal, at.columns, at.upload.folder) if at.proposal.is_guess else None
    at.choices, at.settings = choices, settings.read_bytes()
    at.mapping = mapping.read_bytes() if mapping else b""
    more: dict[str, Any] = {"mapping": mapping, "is_partial": at.is_partial, "anew": at.anew}
    order = Order("load", at.upload.exports, data.folder(), settings, keeps_settings=True, **more)
    access.record("loaded", files=_named(at.upload))
    at.job = Job(order, seconds_allowed(base), then=lambda: _clear_away(at))


def _named(upload: Upload) -> str:
    return ", ".join(each.name for each in upload.exports)


def _mapping(proposal: Proposal, columns: Mapping[str, str], folder: Path) -> Path:
    """Write the mapping that says which column holds what; raises UsageError where none tells the outcome."""
    path = folder / "mapping.toml"
    path.write_text(mapping_text(proposal, load_config(), columns, MAPPING), encoding="utf-8")
    return path


def choices_of(at: Visit, columns: Mapping[str, Sequence[str]], neutral: Sequence[str]) -> Choices:
    """Return what was chosen: `columns` by the place of their question among those proposed and added."""
    questions = [Asked(each.topic, each.label, each.ask, tuple(columns[str(place)])) for place, each in enumerate(questions_of(at))]
    facts = at.proposal.columns if at.proposal else ()
    kinds = {each.header: "choice" if each.kind == "id" else each.kind for each in facts if each.may_answer}
    return Choices(tuple(questions), tuple(neutral), {**at.stages}, kinds, at.date_order)


def questions_of(at: Visit) -> list[Asked]:
    """Return the questions of the configuration, and those that were added."""
    proposed = at.proposal.questions if at.proposal else ()
    return [*proposed, *at.added]


def with_answers(at: Visit) -> Choices:
    """Return what was chosen before, with what stages and dates mean as it was said since."""
    return replace(at.choices or Choices(()), stages={**at.stages}, date_order=at.date_order)


def begin_sample() -> None:
    """Begin to load the sample, if who looks still may load."""
    if not may_load():
        return
    access.record("loaded", files="the sample")
    start_over()
    st.session_state[_VISIT] = Visit(job=load_sample(data.folder()))


def back() -> None:
    """Go back to the choice of columns."""
    visit().job = None


def start_over() -> None:
    """Stop what this session is at, and take its files away."""
    at: Visit = st.session_state.pop(_VISIT, Visit())
    if at.job:
        at.job.stop()
    if at.upload:
        at.upload.close()


def _clear_away(at: Visit) -> None:
    """Take the files away once they are loaded; after a failure they are wanted again."""
    if at.upload and at.job and at.job.result is not None:
        at.upload.close()
