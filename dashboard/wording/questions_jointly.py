"""Each buyer question alone beside all of them at once, a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.wording.common import Picture
from dashboard.wording.questions import Studied, gap, is_clear, why_none
from dashboard.wording.rows import Dot, Row, alt

TITLE = "Each alone, and all at once"
_INTRO = (
    "Deals with one answer tend to have others. Hollow: the difference in win rate that goes with a question by itself. Filled: the same "
    "with the other questions held equal."
)
_NONE = "–"


def rows(all_studied: Sequence[Studied]) -> list[Row]:
    """Return a row for each question that all are told of at once; none where they cannot be told apart, or there is one only."""
    told = [each for each in all_studied if each.jointly and each.jointly["difference"] is not None and each.won and not why_none(each.won)]
    return [_row(each) for each in told] if len(told) > 1 else []


def _row(each: Studied) -> Row:
    alone, jointly = each.won or {}, each.jointly or {}
    dots = (
        Dot(
            100 * alone["difference"],
            "before",
            behind=f"alone {gap(alone, 'win_rate')}",
            low=_points(alone, "low"),
            high=_points(alone, "high"),
            hover=_hover(each, "Alone", alone),
        ),
        Dot(
            100 * jointly["difference"],
            "strong" if is_clear(jointly) else "quiet",
            text=gap(jointly, "win_rate"),
            low=_points(jointly, "low"),
            high=_points(jointly, "high"),
            hover=_hover(each, "With the others held equal", jointly),
        ),
    )
    return Row(each.label, dots, key=each.label)


def _points(row: Mapping[str, Any], name: str) -> float | None:
    return None if row[name] is None else 100 * row[name]


def _hover(each: Studied, how: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    ends = () if row["low"] is None else (f"95% interval: {_ends(row)}",)
    return (each.label, f"{how}: {rounding.points(row['difference'], 0.1, signed=True)}", *ends, rounding.count(row["deals"], "deal"))


def _ends(row: Mapping[str, Any]) -> str:
    return _NONE if row["low"] is None else rounding.between(*(rounding.number(100 * row[end], 0.1) for end in ("low", "high")))


def picture(all_studied: Sequence[Studied]) -> Picture:
    """Return the words of the rows."""
    made = rows(all_studied)
    told = [each for each in all_studied if each.label in {row.title for row in made} and each.won and each.jointly]
    sentences = tuple(f"{row.title}: {row.dots[0].behind}, {row.dots[1].text} with the others held equal." for row in made)
    if not made:
        sentences = (
            "There is no telling: it takes two questions of which both known and not known are frequent, and not always together.",
        )
    table = [
        {
            "Question": each.label,
            "Alone": rounding.points((each.won or {})["difference"], 0.1, signed=True),
            "Its 95% interval": _ends(each.won or {}),
            "Others held equal": rounding.points((each.jointly or {})["difference"], 0.1, signed=True),
            "95% interval": _ends(each.jointly or {}),
            "Deals": rounding.whole((each.jointly or {})["deals"]),
        }
        for each in told
    ]
    return Picture("questions_jointly", TITLE, _INTRO, alt(TITLE, made), sentences, pl.DataFrame(table))
