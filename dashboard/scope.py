"""The sidebar and the URL ↔ one frozen Scope.

Every widget is bound to a query parameter of its key, so that a link reopens what was seen. Streamlit drops values that
are no choice, and leaves a parameter out while its widget stands at its default.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard.data import DEFINITIONS, DIMENSIONS, KEPT_DAYS, SCOPED, Data, Dimension, Scope
from dashboard.escape import one_line
from dashboard.wording import frame as wording

CREATED, LANDMARK, ANSWERS = "created", "landmark", "answers"
_IN_FORCE = "scope in force"
_OWN_WIDTH = 420  # pixels, of a filter in a page


@dataclass(frozen=True, slots=True)
class Quarter:
    """A fiscal quarter: its name, its first day and its last."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: two values or more of each dimension, quarters, landmark days, numbers of answers.

    landmark_day and answers_needed are those of the file, and the defaults.
    """

    dimensions: Mapping[str, Sequence[str]]
    quarters: Sequence[Quarter]
    landmark_day: int
    answers_needed: int
    questions: int

    @property
    def defaults(self) -> dict[str, Any]:
        """Return what the widgets that are shown stand at when nothing is narrowed, by their keys."""
        defaults: dict[str, Any] = {name: [] for name in self.dimensions} | {LANDMARK: self.landmark_day}
        if len(self.quarters) > 1:
            defaults[CREATED] = (self.quarters[0].name, self.quarters[-1].name)
        if self.questions > 1:
            defaults[ANSWERS] = min(self.answers_needed, self.questions)
        return defaults | {name: words[0] for name, words in DEFINITIONS.items()}


def current() -> Scope:
    """Return the scope that the sidebar of this run asks for."""
    scope: Scope = st.session_state[_IN_FORCE]
    return scope


def sidebar(data: Data) -> Scope:
    """Draw the sidebar, and return the scope that it, or the URL, asks for."""
    choices = choices_of(data)
    with st.sidebar:
        scope = scope_of(choices, _widgets(choices))
        st.button(
            wording.RESET,
            on_click=_reset,
            args=(choices.defaults,),
            icon=":material/restart_alt:",
            width="stretch",
            disabled=scope == Scope(),
        )
    st.session_state[_IN_FORCE] = scope
    return scope


def choices_of(data: Data) -> Choices:
    """Return what a version of the database gives to choose from."""
    settings = data.settings()
    values = {dimension: data.choices(dimension) for dimension in SCOPED}
    values["amount_band"].sort(key=size_of_band)
    return Choices(
        dimensions={name: each for name, each in values.items() if len(each) > 1},
        quarters=fiscal_quarters(data.created_between(), settings["fiscal_year_start_month"], settings["fiscal_year_named_for"]),
        landmark_day=settings["landmark_day"],
        answers_needed=settings["answers_needed"],
        questions=data.questions_mapped(),
    )


def dimensions(data: Data) -> list[Dimension]:
    """Return the dimensions in which deals have two values or more."""
    return [dimension for dimension in DIMENSIONS if len(data.choices(dimension)) > 1]


def size_of_band(band: str) -> tuple[bool, int, bool]:
    """Return what puts bands of amounts, as macros.band_names names them, in order of size; deals without an amount come last."""
    edges = [int(edge.replace(",", "")) for edge in re.findall(r"[\d,]+", band)]
    return not edges, edges[0] if edges else 0, not band.startswith("under")


def scope_of(choices: Choices, chosen: Mapping[str, Any]) -> Scope:
    """Return what was chosen, by the keys of the widgets, as a scope; a default narrows nothing."""
    narrowed = {key: value for key, value in chosen.items() if value != choices.defaults.get(key)}
    created_from, created_to = days_of(choices.quarters, narrowed[CREATED]) if CREATED in narrowed else (None, None)
    named: dict[str, Any] = {name: tuple(narrowed[name]) for name in choices.dimensions if name in narrowed}
    named |= {name: narrowed.get(name) for name in DEFINITIONS}
    return Scope(
        **named,
        created_from=created_from,
        created_to=created_to,
        landmark_day=narrowed.get(LANDMARK),
        answers_needed=narrowed.get(ANSWERS),
    )


def fiscal_quarters(between: tuple[date, date] | None, start_month: int, named_for: str = "end") -> list[Quarter]:
    """Return the fiscal quarters that two days span. A fiscal year other than the calendar's is named for its end, or its start."""
    if between is None:
        return []
    first, last = (day.year * 12 + day.month - start_month for day in between)
    return [_quarter(start, start_month, named_for) for start in range(first // 3 * 3, last + 1, 3)]


def _quarter(months: int, start_month: int, named_for: str) -> Quarter:
    """Return the quarter that begins a number of months after the start of the fiscal year 0."""
    year = months // 12 + (start_month > 1 and named_for == "end")
    prefix = "" if start_month == 1 else "FY"
    first, last = months + start_month - 1, months + start_month + 1
    days = calendar.monthrange(last // 12, last % 12 + 1)[1]
    name = f"Q{months % 12 // 3 + 1} {prefix}{year}"
    return Quarter(name, date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, days))


def days_of(quarters: Sequence[Quarter], chosen: tuple[str, str]) -> tuple[date | None, date | None]:
    """Return first and last day of a range of quarters, None for an end that narrows nothing."""
    named = {quarter.name: quarter for quarter in quarters}
    first, last = (named[name] for name in chosen)
    return (None if first == quarters[0] else first.first, None if last == quarters[-1] else last.last)


def choose(label: str, values: Sequence[str], key: str) -> tuple[str, ...]:
    """Draw a filter of a page's own, bound to the URL like those of the sidebar, and return what was chosen; nothing for all."""
    return tuple(
        st.multiselect(
            label, list(values), format_func=one_line, key=key, placeholder=wording.ANYTHING, bind="query-params", width=_OWN_WIDTH
        )
    )


def _several(label: str, values: Sequence[str], key: str, **how: Any) -> tuple[str, ...]:
    """Draw a choice of several names, bound to the URL, and return those that were chosen."""
    return tuple(
        st.multiselect(label, list(values), format_func=one_line, key=key, placeholder=wording.ANYTHING, bind="query-params", **how)
    )


def choose_one(label: str, values: Sequence[str], key: str, first: str) -> str:
    """Draw a choice of one value, bound to the URL, and return it; it stands at `first` until another is chosen."""
    return str(st.selectbox(label, list(values), index=list(values).index(first), key=key, bind="query-params", width=_OWN_WIDTH))


def _widgets(choices: Choices) -> dict[str, Any]:
    """Draw the widgets, and return what they stand at by their keys."""
    defaults = choices.defaults
    chosen: dict[str, Any] = {}
    st.subheader(wording.FILTERS, anchor=False)
    for name, values in choices.dimensions.items():
        label = wording.DIMENSIONS[name]
        chosen[name] = list(_several(label, values, name))
    if CREATED in defaults:
        names = [quarter.name for quarter in choices.quarters]
        chosen[CREATED] = st.select_slider(wording.CREATED, names, value=defaults[CREATED], key=CREATED, bind="query-params")
    st.subheader(wording.TAGGING, anchor=False)
    chosen[LANDMARK] = st.segmented_control(
        wording.LANDMARK,
        sorted({*KEPT_DAYS, choices.landmark_day}),
        default=choices.landmark_day,
        required=True,
        key=LANDMARK,
        help=wording.LANDMARK_HELP,
        width="stretch",
        bind="query-params",
    )
    if ANSWERS in defaults:
        chosen[ANSWERS] = st.slider(
            wording.ANSWERS_NEEDED,
            1,
            choices.questions,
            defaults[ANSWERS],
            key=ANSWERS,
            help=wording.ANSWERS_HELP,
            bind="query-params",
        )
    return chosen | _definition_widgets()


def _definition_widgets() -> dict[str, Any]:
    """Draw the switches between definitions, and return what they stand at by their keys."""
    st.subheader(wording.COUNTING, anchor=False)
    chosen = {}
    for name, words in DEFINITIONS.items():
        chosen[name] = st.segmented_control(
            wording.COUNTED[name],
            words,
            default=words[0],
            required=True,
            key=name,
            help=wording.COUNTED_HELP[name],
            width="stretch",
            bind="query-params",
        )
    return chosen


def _reset(defaults: Mapping[str, Any]) -> None:
    """Put the widgets back to their defaults; the URL follows, and must not be cleared while they are bound to it."""
    for key, value in defaults.items():
        st.session_state[key] = value
