"""The timeline of a deal: its stages as bars along the days since creation, and when each question was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording.common import Picture

AXIS = "Days since creation"
_TITLE = "Day by day"
_INTRO = "Above, the stages it went through. Below, when each buyer question came to be answered, and whether it stayed so."
_FOREVER = 1_000_000


@dataclass(frozen=True, slots=True)
class Bar:
    """A stay: from which day to which."""

    text: str
    start: int
    end: int
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """A question: the stretches in which it stood answered, and a note on what is not seen in them.

    unknown_until is the day until which nothing is known; None where all is.
    """

    title: str
    stretches: tuple[tuple[int, int], ...]
    note: str
    is_neutral: bool
    unknown_until: int | None = None
    was_cleared: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything drawn: the stages, the tracks, and the days that are marked with their texts."""

    bars: tuple[Bar, ...]
    tracks: tuple[Track, ...]
    days: int
    marks: tuple[tuple[int, str], ...]


def timeline(facts: Mapping[str, Any], stages: pl.DataFrame, questions: pl.DataFrame, terms: Terms) -> Timeline | None:
    """Return what to draw, or None where the deal has no age."""
    end = facts["age_days"]
    if end is None or end < 0:
        return None
    bars = tuple(Bar(row["stage"], max(row["entered_day"], 0), row["until_day"], row["is_last"]) for row in stages.iter_rows(named=True))
    tracks = tuple(_track(row, end) for row in questions.iter_rows(named=True))
    last = max([end, 1, *(bar.end for bar in bars), *(day for track in tracks for pair in track.stretches for day in pair)])
    landmark = facts["day_l"] if facts["day_l"] is not None else terms.landmark_day
    ended = {"won": "won", "lost": "lost", "open": "today"}[facts["outcome"]]
    marks = ((landmark, f"landmark, {rounding.on_day(landmark)}"), (end, f"{ended}, {rounding.on_day(end)}"))
    return Timeline(bars, tracks, max(last, landmark), marks)


def _track(row: Mapping[str, Any], end: int) -> Track:
    ends = [*row["end_days"], max([end, *row["start_days"]])]
    stretches = tuple((start, min(day for day in ends if day >= start)) for start in row["start_days"])
    until = row["unknown_until_day"]
    return Track(
        row["label"],
        stretches,
        _note(row),
        row["is_neutral"],
        None if until is None else min(until, end),
        len(row["end_days"]) >= len(row["start_days"]) > 0,
    )


def _note(row: Mapping[str, Any]) -> str:
    if row["unknown_until_day"] == _FOREVER:
        today = {"answered": "answered today", "junk": "junk today", "blank": "blank today"}[row["state_today"]]
        return f"no history; {today}"
    if row["state_today"] == "junk":
        text = f": “{row['junk_text']}”" if row["junk_text"] else ""
        return f"junk today{text}"
    if not row["start_days"]:
        return "never answered"
    first = f"from {rounding.on_day(row['start_days'][0])}"
    cleared = f", cleared on {rounding.on_day(row['end_days'][-1])}" if row["end_days"] else ""
    about = ", about then" if row["is_approximate"] else ""
    return f"{first}{cleared}{about}"


def picture(made: Timeline | None) -> Picture:
    """Return the words of the timeline."""
    if made is None:
        said: tuple[str, ...] = ("The export does not tell when this deal was created or closed, so it has no timeline.",)
        return Picture("deal_timeline", _TITLE, _INTRO, _TITLE, said, pl.DataFrame())
    said = (*(said_of(bar) for bar in made.bars), *(f"{track.title}: {track.note}." for track in made.tracks))
    rows = [("Stage", bar.text, f"{rounding.on_day(bar.start)} to {rounding.on_day(bar.end)}") for bar in made.bars]
    rows += [("Neutral field" if track.is_neutral else "Question", track.title, track.note) for track in made.tracks]
    table = pl.DataFrame(rows, schema=dict.fromkeys(("What", "Which", "When"), pl.String), orient="row")
    marked = ", ".join(text for _, text in made.marks)
    return Picture("deal_timeline", _TITLE, _INTRO, f"{marked}. {' '.join(said)}", said, table)


def said_of(bar: Bar) -> str:
    """Return a stay in words."""
    if bar.is_last and bar.start == bar.end:
        return f"{bar.text} on {rounding.on_day(bar.start)}."
    return f"{bar.text} from {rounding.on_day(bar.start)} to {rounding.on_day(bar.end)}."
