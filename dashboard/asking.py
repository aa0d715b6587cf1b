"""Queries of a visitor's own: whether they may be asked, what was asked last, and what came of it. Draws nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import streamlit as st

from dashboard import access, data
from etl.analysis import worked_questions
from etl.ask import ask as ask_through_guard
from etl.config import load_config
from etl.csvtext import to_csv
from etl.errors import SameSideError
from etl.guard import Limits
from etl.jobs import settings_at_hand

__all__ = ["Asked", "SameSideError", "ask", "is_on", "last", "limits", "saved"]

_SWITCH = "SAMESIDE_SQL"
_OFF = ("off", "0", "false", "no", "n", "f")  # what the command line takes for it
_ASKED = "what was asked last"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of one version of the database, and its rows or what went wrong with it; is_cut where it has more rows than that."""

    version: str
    text: str
    frame: pl.DataFrame | None = None
    is_cut: bool = False
    error: SameSideError | None = None

    @property
    def csv(self) -> bytes:
        """Return the rows as CSV that a spreadsheet opens safely."""
        return to_csv(pl.DataFrame() if self.frame is None else self.frame)


def is_on() -> bool:
    """Return whether who looks may ask queries of their own."""
    return os.environ.get(_SWITCH, "on").strip().lower() not in _OFF and access.visitor().may("analyst")


def limits() -> Limits:
    """Return how much a query may take; raises ConfigError where the settings at hand are wrong."""
    return Limits.of(load_config(settings_at_hand(data.folder())).sql)


def saved() -> Mapping[str, str]:
    """Return the worked questions, each with its query."""
    return {each.question: each.sql for each in worked_questions()}


def ask(version: str, text: str) -> None:
    """Ask a query of a version's file, and keep what comes of it for this session."""
    try:
        access.allow("analyst")
        access.record("asked_sql", sql=text, audience=data.current().audience.key)
        answer = ask_through_guard(Path(version), text, limits())
    except SameSideError as error:
        st.session_state[_ASKED] = Asked(version, text, error=error)
    else:
        st.session_state[_ASKED] = Asked(version, text, answer.frame, answer.is_cut)


def last(version: str) -> Asked | None:
    """Return what this session asked last, unless that was of another version."""
    asked: Asked | None = st.session_state.get(_ASKED)
    return asked if asked and asked.version == version else None
